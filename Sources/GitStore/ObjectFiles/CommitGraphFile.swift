internal import Crypto
internal import PushModel

/// One commit-graph file of git: a whole graph, or one layer of a split chain.
///
/// The format is git's `Documentation/gitformat-commit-graph.txt`. Chunks that hold nothing that is needed here (changed
/// paths, generation numbers of either version) are passed over, as are unknown ones. Every number in it is checked before
/// it is used as an index. Committer times have 34 bits in it: those after the year 2514 come out too early, in git too.
@safe struct CommitGraphFile: Sendable {
  let ids: SortedIDs
  /// 36 bytes a commit: tree, two parents, generation and time.
  nonisolated(unsafe) private let commits: UnsafeRawBufferPointer
  /// Parents beyond the first of commits with more than two.
  nonisolated(unsafe) private let extraEdges: UnsafeRawBufferPointer
  /// Of the layers that it lies upon, in their order.
  let baseHashes: [ObjectID]
  /// The checksum over the rest of the file; also its name in a chain.
  let hash: ObjectID
  private let file: MappedFile

  private static let commitSize = 36
  /// The bits of a committer's time that there is room for.
  static let timeMask: Int64 = 0x3_ffff_ffff

  enum Failure: Error {
    case absent
    case damaged(String)
  }

  init(path: String) throws(Failure) {
    guard let file = MappedFile(path: path) else { throw .absent }
    let bytes = unsafe file.bytes
    guard bytes.count >= 8 + 12 + SortedIDs.idSize, unsafe bytes.bigEndian(at: 0, as: UInt32.self) == 0x4347_5048
    else { throw .damaged("it is not a commit-graph") }
    guard unsafe bytes[4] == 1, unsafe bytes[5] == 1 else { throw .damaged("its version is not known") }
    do throws(Failure) {
      try self.init(file)
    } catch {
      throw Self.checksumHolds(file) ? error : Self.unsound
    }
  }

  private init(_ file: MappedFile) throws(Failure) {
    let bytes = unsafe file.bytes
    let end = bytes.count - SortedIDs.idSize
    guard let sum = unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(rebasing: bytes[end...])) else { throw .absent }
    let chunks = try unsafe Self.chunks(of: bytes, until: end)
    guard let fanout = unsafe chunks["OIDF"], let table = unsafe chunks["OIDL"], let commits = unsafe chunks["CDAT"],
      let ids = unsafe SortedIDs(fanout: fanout, ids: table), commits.count == ids.count * Self.commitSize
    else { throw .damaged("its tables do not fit each other") }
    let bases = unsafe chunks["BASE"] ?? UnsafeRawBufferPointer(start: nil, count: 0)
    guard unsafe bases.count == Int(bytes[7]) * SortedIDs.idSize else {
      throw .damaged("its list of layers is not as long as it says")
    }
    self.ids = ids
    unsafe self.commits = commits
    unsafe extraEdges = chunks["EDGE"] ?? UnsafeRawBufferPointer(start: nil, count: 0)
    baseHashes = stride(from: 0, to: bases.count, by: SortedIDs.idSize).compactMap {
      unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(rebasing: bases[$0...]))
    }
    hash = sum
    self.file = file
  }

  /// The table of contents: where each chunk lies; the next one's start is its end.
  private static func chunks(
    of bytes: UnsafeRawBufferPointer, until end: Int
  ) throws(Failure) -> [String: UnsafeRawBufferPointer] {
    let count = unsafe Int(bytes[6])
    let contents = 8
    let first = contents + 12 * (count + 1)
    guard first <= end else { throw .damaged("its table of contents is cut short") }
    var chunks: [String: UnsafeRawBufferPointer] = unsafe [:]
    var start = unsafe bytes.bigEndian(at: contents + 4, as: UInt64.self)
    guard start >= UInt64(first) else { throw .damaged("its chunks lie outside it") }
    for index in 0..<count {
      let entry = contents + 12 * index
      let next = unsafe bytes.bigEndian(at: entry + 16, as: UInt64.self)
      guard start <= next, next <= UInt64(end) else { throw .damaged("its chunks lie outside it") }
      let name = unsafe String(decoding: bytes[entry..<entry + 4], as: UTF8.self)
      guard unsafe chunks[name] == nil else { throw .damaged("it holds a chunk twice") }
      unsafe chunks[name] = UnsafeRawBufferPointer(rebasing: bytes[Int(start)..<Int(next)])
      start = next
    }
    return unsafe chunks
  }

  var count: Int { ids.count }

  static let unsound = Failure.damaged("its checksum does not hold")

  /// Whether the file's own checksum holds. That takes as long as reading its commits does, and is for whoever reads them
  /// to ask before any of it is believed.
  var isSound: Bool { Self.checksumHolds(file) }

  private static func checksumHolds(_ file: MappedFile) -> Bool {
    let end = file.size - SortedIDs.idSize
    var digest = Insecure.SHA1()
    unsafe digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: file.bytes[..<end]))
    let sum = unsafe digest.finalize().withUnsafeBytes { unsafe ObjectID(rawBytes: $0) }
    return unsafe sum == ObjectID(rawBytes: UnsafeRawBufferPointer(rebasing: file.bytes[end...]))
  }

  /// Puts the parents of its commits, whose positions count over all layers of a chain, behind those of the layers below.
  func addParents(to table: inout ParentTable) {
    let base = table.otherCount
    for index in 0..<count {
      let start = index * Self.commitSize + SortedIDs.idSize
      unsafe table.append(
        first: commits.bigEndian(at: start, as: UInt32.self), second: commits.bigEndian(at: start + 4, as: UInt32.self),
        base: base)
    }
    for edge in unsafe stride(from: 0, to: extraEdges.count / 4 * 4, by: 4) {
      unsafe table.append(other: extraEdges.bigEndian(at: edge, as: UInt32.self))
    }
  }

  /// The committer's time.
  func time(_ index: Int) -> Int64 {
    precondition(index >= 0 && index < count)
    let start = index * Self.commitSize + SortedIDs.idSize + 8
    return unsafe Int64(truncatingIfNeeded: commits.bigEndian(at: start, as: UInt64.self)) & Self.timeMask
  }
}
