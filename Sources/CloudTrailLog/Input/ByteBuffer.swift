internal import CSimdjson
internal import Glibc

/// Growing bytes that a file is read or inflated into, reused from file to file.
///
/// `PT_PADDING` bytes after the end may be read too, as simdjson demands.
@safe final class ByteBuffer {
  private(set) var start: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  /// Bytes in use.
  var count = 0 {
    didSet { precondition(count <= capacity) }
  }

  /// `nil` where there is no memory.
  init?(capacity: Int) {
    let size = Self.size(capacity)
    guard let memory = unsafe Self.memory(size) else { return nil }
    unsafe start = memory
    self.capacity = size - Int(PT_PADDING)
    unsafe memset(start, 0, Int(PT_PADDING))
  }

  deinit { unsafe free(start) }

  /// Makes room for `wanted` bytes in all, keeping those in use; `false` where there is no memory.
  func reserve(_ wanted: Int) -> Bool {
    if wanted <= capacity { return true }
    let size = Self.size(wanted)
    guard let memory = unsafe Self.memory(size) else { return false }
    unsafe memcpy(memory, start, count)
    unsafe free(start)
    unsafe start = memory
    capacity = size - Int(PT_PADDING)
    return true
  }

  /// Bytes of a page of the larger kind. On such, inflating and scanning take a tenth less: they go through more memory
  /// than the processor knows the small pages of.
  private static let hugePage = 2 << 20

  /// Bytes to ask for; whole pages of the larger kind, where at least one would be full.
  private static func size(_ capacity: Int) -> Int {
    let wanted = capacity + Int(PT_PADDING)
    return wanted < hugePage ? wanted : (wanted + hugePage - 1) / hugePage * hugePage
  }

  private static func memory(_ size: Int) -> UnsafeMutablePointer<UInt8>? {
    guard size >= hugePage else { return unsafe malloc(size)?.assumingMemoryBound(to: UInt8.self) }
    guard let memory = unsafe aligned_alloc(hugePage, size) else { return nil }
    // Where the system has none to give, it stays with small ones.
    unsafe madvise(memory, size, MADV_HUGEPAGE)
    return unsafe memory.assumingMemoryBound(to: UInt8.self)
  }

  /// Zeroes the padding after the bytes in use.
  func pad() { unsafe memset(start + count, 0, Int(PT_PADDING)) }

  subscript(position: Int) -> UInt8 {
    precondition(position >= 0 && position < count)
    return unsafe start[position]
  }

  func bytes(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe Array(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
  }

  func overwrite(_ range: Range<Int>, with byte: UInt8) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    unsafe memset(start + range.lowerBound, CInt(byte), range.count)
  }

  func firstIndex(of needle: [UInt8], in range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    guard let found = unsafe pt_find(start + range.lowerBound, range.count, needle, needle.count) else { return nil }
    return unsafe found - UnsafePointer(start)
  }

  /// Whether `needle` occurs within the range.
  func contains(_ needle: StaticString, in range: Range<Int>) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe pt_find(start + range.lowerBound, range.count, needle.utf8Start, needle.utf8CodeUnitCount) != nil
  }

  /// Replaces the content by a text; `false` where there is no memory.
  func fill(from text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard reserve(bytes.count) else { return false }
      if let base = bytes.baseAddress { unsafe memcpy(start, base, bytes.count) }
      count = bytes.count
      pad()
      return true
    }
  }

  /// Replaces the content; `false` where there is no memory.
  func fill(from bytes: [UInt8]) -> Bool {
    guard reserve(bytes.count) else { return false }
    unsafe bytes.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { unsafe memcpy(start, base, bytes.count) }
    }
    count = bytes.count
    pad()
    return true
  }

  /// Appends a part to an array.
  func append(_ range: Range<Int>, to array: inout [UInt8]) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    unsafe array.append(contentsOf: UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
  }

  /// Replaces the content by all that a descriptor gives: `nil` on success, else what went wrong.
  func fill(from descriptor: CInt, limit: Int64) -> String? {
    count = 0
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 {
      guard status.st_size <= limit else { return "is larger than \(limit) bytes" }
      guard reserve(Int(status.st_size) + 1) else { return "is too large for the memory" }
    }
    while true {
      if count == capacity, !reserve(max(65_536, capacity * 2)) { return "is too large for the memory" }
      let got = unsafe read(descriptor, start + count, capacity - count)
      if got == 0 {
        pad()
        return nil
      }
      if got < 0 {
        if errno == EINTR { continue }
        return "could not be read: \(TrailInputs.lastError())"
      }
      count += got
      if Int64(count) > limit { return "is larger than \(limit) bytes" }
    }
  }
}
