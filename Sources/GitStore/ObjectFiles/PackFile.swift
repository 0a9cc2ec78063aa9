internal import PushModel

/// A pack with an index of version 2, whose end is the one that the index names.
@safe struct PackFile: Sendable {
  let ids: SortedIDs
  let indexPath: String
  /// Four bytes for each id: where its object lies; with the highest bit, which of the long offsets says that.
  nonisolated(unsafe) private let offsets: UnsafeRawBufferPointer
  nonisolated(unsafe) private let longOffsets: UnsafeRawBufferPointer
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
    indexPath = name + ".idx"
    unsafe offsets = UnsafeRawBufferPointer(rebasing: bytes[offsetStart..<offsetEnd])
    unsafe longOffsets = UnsafeRawBufferPointer(rebasing: bytes[offsetEnd..<(bytes.count - trailer)])
    self.index = index
    self.pack = pack
  }

  /// Its commits, in the order in which they lie in it.
  func commits() -> [(index: Int, offset: Int)] {
    // Offset and index in one number, which sorts fast; what lies beyond 64 GiB is left for others to find.
    let indexBits = 28
    guard ids.count < 1 << indexBits else { return [] }
    var found: [UInt64] = []
    found.reserveCapacity(ids.count)
    for index in 0..<ids.count {
      guard let offset = offset(index), offset < 1 << (64 - indexBits) else { continue }
      found.append(UInt64(offset) << UInt64(indexBits) | UInt64(index))
    }
    // Sorted first: then the pack is looked through from its beginning to its end.
    found.sort()
    return found.compactMap { number in
      let offset = Int(number >> UInt64(indexBits))
      return isCommit(at: offset) ? (Int(number & (1 << UInt64(indexBits) - 1)), offset) : nil
    }
  }

  func offset(_ index: Int) -> Int? {
    let short = unsafe offsets.bigEndian(at: 4 * index, as: UInt32.self)
    guard short & 0x8000_0000 != 0 else { return Int(short) }
    let long = 8 * Int(short & 0x7fff_ffff)
    guard unsafe long + 8 <= longOffsets.count else { return nil }
    return unsafe Int(exactly: longOffsets.bigEndian(at: long, as: UInt64.self))
  }

  /// What an object's entry says of itself.
  struct Entry {
    /// 1 for a commit, 6 for a difference to the object at `base`.
    var kind: UInt8
    var size: Int
    var base: Int
    /// Where its compressed content begins.
    var start: Int
  }

  /// `nil` for what no pack on disk holds. (Differences that name their base by its id are of packs in transfer.)
  func entry(at offset: Int) -> Entry? {
    let bytes = unsafe pack.bytes
    guard offset >= 0, offset + SortedIDs.idSize < bytes.count else { return nil }
    var byte = unsafe bytes[offset]
    var entry = Entry(kind: byte >> 4 & 7, size: Int(byte & 15), base: offset, start: offset + 1)
    func next() -> UInt8 {
      defer { entry.start += 1 }
      return unsafe entry.start < bytes.count ? bytes[entry.start] : 0
    }
    var shift = 4
    while byte & 0x80 != 0 {
      byte = next()
      guard shift < 48 else { return nil }
      entry.size |= Int(byte & 0x7f) << shift
      shift += 7
    }
    guard entry.kind == 6 else { return entry }
    byte = next()
    var distance = Int(byte & 0x7f)
    while byte & 0x80 != 0, distance < 1 << 48 {
      byte = next()
      distance = (distance + 1) << 7 | Int(byte & 0x7f)
    }
    entry.base = offset - distance
    return distance > 0 ? entry : nil
  }

  /// The pack from an offset on, without its checksum.
  func bytes(from start: Int) -> UnsafeRawBufferPointer? {
    let end = pack.size - SortedIDs.idSize
    return unsafe start < end ? UnsafeRawBufferPointer(rebasing: pack.bytes[start..<end]) : nil
  }

  /// Whether the object at an offset is a commit, or a difference whose base in the same pack is one.
  private func isCommit(at offset: Int) -> Bool {
    var offset = offset
    for _ in 0..<4096 {
      guard let entry = entry(at: offset) else { return false }
      guard entry.kind == 6 else { return entry.kind == 1 }
      offset = entry.base
    }
    return false
  }
}
