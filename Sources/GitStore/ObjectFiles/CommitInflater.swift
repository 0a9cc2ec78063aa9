internal import CLibdeflate
internal import Crypto
internal import PushModel

/// Reads commits straight from packs, for one thread: several times faster than through libgit2, to whom everything
/// unusual is left.
///
/// A commit is believed only if its content hashes to its id, as libgit2 does it.
@safe final class CommitInflater {
  private let decompressor: OpaquePointer
  /// `commit SIZE NUL` before `contentStart`, the content after it: hashed in one go.
  private var buffer = [UInt8](repeating: 0, count: 4096)
  private static let contentStart = 32
  /// Contents that were put together from differences, which others build upon.
  private var rebuilt: [Int: [UInt8]] = [:]
  private static let rebuiltLimit = 1024

  /// Larger ones are left to libgit2, as are longer chains of differences.
  private static let largest = 1 << 20
  private static let longestChain = 64

  init?() {
    guard let decompressor = unsafe libdeflate_alloc_decompressor() else { return nil }
    unsafe self.decompressor = decompressor
  }

  deinit { unsafe libdeflate_free_decompressor(decompressor) }

  /// Starts on another pack: places in it say nothing of those in the last one.
  func forget() { rebuilt.removeAll(keepingCapacity: true) }

  /// Appends a commit's parents and returns its committer's time; `nil` for whatever is not a sound commit.
  func read(_ offset: Int, of pack: PackFile, id: ObjectID, parents: inout [ObjectID]) -> Int64? {
    guard let size = inflateCommit(at: offset, of: pack) else { return nil }
    let header = writeHeader(size)
    return unsafe buffer.withUnsafeBytes { buffer in
      let object = unsafe UnsafeRawBufferPointer(rebasing: buffer[header..<Self.contentStart + size])
      var digest = Insecure.SHA1()
      unsafe digest.update(bufferPointer: object)
      guard unsafe digest.finalize().withUnsafeBytes({ unsafe ObjectID(rawBytes: $0) }) == id else { return nil }
      return unsafe ObjectDatabase.parseCommit(
        UnsafeRawBufferPointer(rebasing: buffer[Self.contentStart..<Self.contentStart + size]), parents: &parents)
    }
  }

  /// Returns where it begins.
  private func writeHeader(_ size: Int) -> Int {
    var position = Self.contentStart - 1
    buffer[position] = 0
    var rest = size
    repeat {
      position -= 1
      buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    for byte in "commit ".utf8.reversed() {
      position -= 1
      buffer[position] = byte
    }
    return position
  }

  /// Brings a commit's content into the buffer and returns its size.
  private func inflateCommit(at offset: Int, of pack: PackFile) -> Int? {
    guard let entry = pack.entry(at: offset) else { return nil }
    if entry.kind == 1 {
      guard entry.size <= Self.largest else { return nil }
      makeRoom(entry.size)
      return unsafe buffer.withUnsafeMutableBytes { buffer in
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[Self.contentStart...])
        return unsafe inflate(entry, of: pack, into: room) ? entry.size : nil
      }
    }
    guard let content = content(at: offset, of: pack, depth: 0) else { return nil }
    makeRoom(content.count)
    buffer.replaceSubrange(Self.contentStart..<Self.contentStart + content.count, with: content)
    return content.count
  }

  private func makeRoom(_ size: Int) {
    let needed = Self.contentStart + size
    if buffer.count < needed { buffer = Array(repeating: 0, count: needed * 2) }
  }

  /// Whether exactly the size that the entry tells came out.
  private func inflate(_ entry: PackFile.Entry, of pack: PackFile, into room: UnsafeMutableRawBufferPointer) -> Bool {
    guard let input = unsafe pack.bytes(from: entry.start) else { return false }
    var used = 0
    var written = 0
    let result = unsafe libdeflate_zlib_decompress_ex(
      decompressor, input.baseAddress, input.count, room.baseAddress, entry.size, &used, &written)
    return result == LIBDEFLATE_SUCCESS && written == entry.size
  }

  private func inflated(_ entry: PackFile.Entry, of pack: PackFile) -> [UInt8]? {
    guard entry.size <= Self.largest else { return nil }
    var bytes = [UInt8](repeating: 0, count: max(1, entry.size))
    guard unsafe bytes.withUnsafeMutableBytes({ unsafe inflate(entry, of: pack, into: $0) }) else { return nil }
    return Array(bytes.prefix(entry.size))
  }

  /// A commit's content, which may be told as the difference to another one's.
  private func content(at offset: Int, of pack: PackFile, depth: Int) -> [UInt8]? {
    if let known = rebuilt[offset] { return known }
    guard depth < Self.longestChain, let entry = pack.entry(at: offset), let bytes = inflated(entry, of: pack) else {
      return nil
    }
    if entry.kind == 1 { return bytes }
    guard entry.kind == 6, let base = content(at: entry.base, of: pack, depth: depth + 1),
      let content = PackDelta.applied(bytes, to: base, limit: Self.largest)
    else { return nil }
    if rebuilt.count >= Self.rebuiltLimit { rebuilt.removeAll(keepingCapacity: true) }
    rebuilt[offset] = content
    return content
  }
}
