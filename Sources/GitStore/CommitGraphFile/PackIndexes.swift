internal import PushModel

/// The ids of the objects in a clone's packs: whether many commits are still there is answered in one pass.
///
/// What it has is there. What it lacks may be loose, or in a pack whose index is of an old kind: others know that.
struct PackIndexes {
  private struct Index {
    var ids: SortedIDs
    var file: MappedFile
  }

  /// The largest first.
  private let indexes: [Index]

  /// - Parameter directories: `objects` directories.
  init(_ directories: [String]) {
    var indexes: [Index] = []
    for directory in directories {
      let names = Files.entries(directory + "/pack").filter { $0.hasSuffix(".idx") }
      for name in names.map({ "\(directory)/pack/\($0.dropLast(".idx".count))" }) {
        if let index = Self.index(name) { indexes.append(index) }
      }
    }
    self.indexes = indexes.sorted { $0.ids.count > $1.ids.count }
  }

  /// Of version 2, for a pack that is as it was when it was indexed.
  private static func index(_ name: String) -> Index? {
    let header = 8
    let idStart = header + SortedIDs.fanoutSize
    guard let file = MappedFile(path: name + ".idx"), let pack = MappedFile(path: name + ".pack"),
      file.size >= idStart + 2 * SortedIDs.idSize, pack.size >= SortedIDs.idSize,
      unsafe file.bytes.bigEndian(at: 0, as: UInt64.self) == 0xff74_4f63_0000_0002
    else { return nil }
    let size = file.size
    let packSum = unsafe UnsafeRawBufferPointer(rebasing: file.bytes[(size - 2 * SortedIDs.idSize)...])
    guard unsafe ObjectID(rawBytes: packSum) == ObjectID(rawBytes: pack.bytes.suffix(SortedIDs.idSize).rebased)
    else { return nil }
    let count = unsafe Int(file.bytes.bigEndian(at: idStart - 4, as: UInt32.self))
    guard idStart + count * (SortedIDs.idSize + 8) + 2 * SortedIDs.idSize <= size,
      let ids = unsafe SortedIDs(
        fanout: UnsafeRawBufferPointer(rebasing: file.bytes[header..<idStart]),
        ids: UnsafeRawBufferPointer(rebasing: file.bytes[idStart..<idStart + count * SortedIDs.idSize]))
    else { return nil }
    return Index(ids: ids, file: file)
  }

  func contains(_ id: ObjectID) -> Bool { indexes.contains { $0.ids.index(of: id) != nil } }

  /// Those of some positions in a table, which ascend, whose ids are in no pack.
  func missing(_ positions: [UInt32], of table: SortedIDs) -> [UInt32] {
    var left = positions
    for index in indexes where !left.isEmpty { index.ids.removeOwn(from: &left, of: table) }
    return left
  }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate var rebased: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: self) }
}
