internal import PushModel

/// A clone's packs, as their indexes describe them: which objects they hold, and which of those are commits.
///
/// What it has is there. What it lacks may be loose, or in a pack whose index is of an old kind: others know that.
struct Packs {
  /// The largest first.
  private let packs: [Pack]

  /// - Parameter directories: `objects` directories.
  init(_ directories: [String]) {
    var packs: [Pack] = []
    for directory in directories {
      for name in Files.entries(directory + "/pack") where name.hasSuffix(".idx") {
        if let pack = Pack("\(directory)/pack/\(name.dropLast(".idx".count))") { packs.append(pack) }
      }
    }
    self.packs = packs.sorted { $0.ids.count > $1.ids.count }
  }

  func contains(_ id: ObjectID) -> Bool { packs.contains { $0.ids.index(of: id) != nil } }

  /// Those of some positions in a table, which ascend, whose ids are in no pack: one pass over both for each pack.
  func missing(_ positions: [UInt32], of table: SortedIDs) -> [UInt32] {
    var left = positions
    for pack in packs where !left.isEmpty { pack.ids.removeOwn(from: &left, of: table) }
    return left
  }

  /// The commits of all packs, pack by pack, in the order in which they lie there.
  func commits() -> [ObjectID] { packs.flatMap { $0.commits() } }
}

/// A pack with an index of version 2, whose end is the one that the index names.
@safe private struct Pack {
  let ids: SortedIDs
  /// Four bytes for each id: where its object lies; with the highest bit, which of the long offsets says that.
  private let offsets: UnsafeRawBufferPointer
  private let longOffsets: UnsafeRawBufferPointer
  private let index: MappedFile
  private let pack: MappedFile

  init?(_ name: String) {
    let header = 8
    let idStart = header + SortedIDs.fanoutSize
    let trailer = 2 * SortedIDs.idSize
    guard let index = MappedFile(path: name + ".idx"), let pack = MappedFile(path: name + ".pack"),
      index.size >= idStart + trailer, pack.size >= SortedIDs.idSize,
      unsafe index.bytes.bigEndian(at: 0, as: UInt64.self) == 0xff74_4f63_0000_0002
    else { return nil }
    let bytes = unsafe index.bytes
    guard
      unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - trailer)...]))
        == ObjectID(rawBytes: UnsafeRawBufferPointer(rebasing: pack.bytes[(pack.size - SortedIDs.idSize)...]))
    else { return nil }
    let count = unsafe Int(bytes.bigEndian(at: idStart - 4, as: UInt32.self))
    let offsetStart = idStart + count * (SortedIDs.idSize + 4)
    let offsetEnd = offsetStart + 4 * count
    guard offsetEnd + trailer <= bytes.count,
      let ids = unsafe SortedIDs(
        fanout: UnsafeRawBufferPointer(rebasing: bytes[header..<idStart]),
        ids: UnsafeRawBufferPointer(rebasing: bytes[idStart..<idStart + count * SortedIDs.idSize]))
    else { return nil }
    self.ids = ids
    unsafe offsets = UnsafeRawBufferPointer(rebasing: bytes[offsetStart..<offsetEnd])
    unsafe longOffsets = UnsafeRawBufferPointer(rebasing: bytes[offsetEnd..<(bytes.count - trailer)])
    self.index = index
    self.pack = pack
  }

  func commits() -> [ObjectID] {
    // Offset and index in one number, which sorts fast; what lies beyond 64 GiB is left for others to find.
    let indexBits = 28
    guard ids.count < 1 << indexBits else { return [] }
    var found: [UInt64] = []
    for index in 0..<ids.count {
      guard let offset = offset(index), offset < 1 << (64 - indexBits), isCommit(at: offset) else { continue }
      found.append(UInt64(offset) << UInt64(indexBits) | UInt64(index))
    }
    found.sort()
    return found.map { ids[Int($0 & (1 << UInt64(indexBits) - 1))] }
  }

  private func offset(_ index: Int) -> Int? {
    let short = unsafe offsets.bigEndian(at: 4 * index, as: UInt32.self)
    guard short & 0x8000_0000 != 0 else { return Int(short) }
    let long = 8 * Int(short & 0x7fff_ffff)
    guard unsafe long + 8 <= longOffsets.count else { return nil }
    return unsafe Int(exactly: longOffsets.bigEndian(at: long, as: UInt64.self))
  }

  /// Whether the object at an offset is a commit, or a delta whose base in the same pack is one. (Deltas that name their
  /// base by its id are of packs in transfer.)
  private func isCommit(at offset: Int) -> Bool {
    var offset = offset
    for _ in 0..<4096 {
      guard unsafe offset >= 0 && offset + 20 < pack.bytes.count else { return false }
      var byte = unsafe pack.bytes[offset]
      let kind = byte >> 4 & 7
      guard kind == 6 else { return kind == 1 }
      var position = offset + 1
      func next() -> UInt8 {
        defer { position += 1 }
        return unsafe position < pack.bytes.count ? pack.bytes[position] : 0
      }
      while byte & 0x80 != 0 { byte = next() }
      byte = next()
      var distance = Int(byte & 0x7f)
      while byte & 0x80 != 0, distance < 1 << 48 {
        byte = next()
        distance = (distance + 1) << 7 | Int(byte & 0x7f)
      }
      guard distance > 0 else { return false }
      offset -= distance
    }
    return false
  }
}
