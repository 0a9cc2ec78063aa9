internal import Glibc

/// Finds files that are copies of others: of one name and size, in the same place of CloudTrail's layout, and with the same
/// bytes. A name that no other file has costs a look in a table, and only what may be a copy is opened.
struct FileCopies {
  private struct Key: Hashable {
    var base: ArraySlice<UInt8>
    var size: Int64
  }

  private var known: [Key: [TrailFile]] = [:]

  init(capacity: Int) { known.reserveCapacity(capacity) }

  /// Whether a file is a copy of one that was asked for before.
  mutating func isCopy(_ file: TrailFile) -> Bool {
    guard let size = file.stamp?.size, size > 0 else { return false }
    let start = file.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let key = Key(base: file.bytes[start...], size: size)
    guard let others = known[key] else {
      known[key] = [file]
      return false
    }
    let place = LogFilePlace(path: file.name)
    if others.contains(where: { LogFilePlace(path: $0.name) == place && Self.haveSameBytes($0, file) }) { return true }
    known[key]?.append(file)
    return false
  }

  private static func haveSameBytes(_ left: TrailFile, _ right: TrailFile) -> Bool {
    guard let left = OpenFile(left.bytes), let right = OpenFile(right.bytes) else { return false }
    var (ours, theirs) = (OpenFile.emptyPart, OpenFile.emptyPart)
    while let count = left.read(into: &ours), let other = right.read(into: &theirs), count == other {
      if count == 0 { return true }
      guard ours[..<count] == theirs[..<count] else { return false }
    }
    return false
  }
}

/// A file that is read part by part.
private struct OpenFile: ~Copyable {
  private let descriptor: CInt

  static let emptyPart = [UInt8](repeating: 0, count: 1 << 18)

  init?(_ path: [UInt8]) {
    descriptor = unsafe open(path.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// How many bytes of `part` are the file's next; less than all at its end alone. `nil` where it cannot be read.
  func read(into part: inout [UInt8]) -> Int? {
    var filled = 0
    while filled < part.count {
      let count = unsafe part.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(descriptor, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
      }
      if count < 0 { return nil }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
