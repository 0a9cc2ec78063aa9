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
    guard let memory = unsafe malloc(capacity + Int(PT_PADDING)) else { return nil }
    unsafe start = memory.assumingMemoryBound(to: UInt8.self)
    self.capacity = capacity
    unsafe memset(start, 0, Int(PT_PADDING))
  }

  deinit { unsafe free(start) }

  /// Makes room for `wanted` bytes in all, keeping those in use; `false` where there is no memory.
  func reserve(_ wanted: Int) -> Bool {
    if wanted <= capacity { return true }
    guard let memory = unsafe realloc(start, wanted + Int(PT_PADDING)) else { return false }
    unsafe start = memory.assumingMemoryBound(to: UInt8.self)
    capacity = wanted
    return true
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
