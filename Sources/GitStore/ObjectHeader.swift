internal import Glibc
internal import PushModel

/// The lines of a commit's or tag's header, up to its empty line.
///
/// A million commits pass through here: lines are bounds into libgit2's own buffer, and nothing is copied out of them but
/// ids and times. Not to be kept longer than that buffer.
@unsafe struct ObjectHeader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  mutating func next() -> Line? {
    guard unsafe position < bytes.count, let start = unsafe bytes.baseAddress.map({ unsafe $0 + position }) else {
      return nil
    }
    let newline = unsafe memchr(start, 10, bytes.count - position)
    let end = unsafe newline.map { unsafe position + ($0 - UnsafeMutableRawPointer(mutating: start)) } ?? bytes.count
    let line = unsafe Line(bytes: UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
    guard unsafe !line.bytes.isEmpty else { return nil }
    unsafe position = min(end + 1, bytes.count)
    return unsafe line
  }

  /// The id that 40 hexadecimal digits spell.
  static func id(_ digits: UnsafeRawBufferPointer) -> ObjectID? {
    guard digits.count == 40 else { return nil }
    return unsafe withUnsafeTemporaryAllocation(byteCount: 20, alignment: 8) { id in
      for index in 0..<20 {
        guard let high = unsafe digit(digits[2 * index]), let low = unsafe digit(digits[2 * index + 1]) else {
          return nil
        }
        unsafe id[index] = high << 4 | low
      }
      return unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(id))
    }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  @unsafe struct Line {
    let bytes: UnsafeRawBufferPointer

    func has(_ prefix: StaticString) -> Bool {
      let length = prefix.utf8CodeUnitCount
      guard unsafe bytes.count >= length else { return false }
      for index in 0..<length where unsafe bytes[index] != prefix.utf8Start[index] { return false }
      return true
    }

    func reads(_ text: StaticString) -> Bool { unsafe bytes.count == text.utf8CodeUnitCount && has(text) }

    /// The id that the line ends with, from an offset on.
    func id(from start: Int) -> ObjectID? {
      guard unsafe bytes.count == start + 40 else { return nil }
      return unsafe ObjectHeader.id(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    /// `NAME <MAIL> SECONDS ZONE`: the number after the last `>`. What is not a number counts as 0, as in git.
    var timeOfSignature: Int64 {
      var position = unsafe bytes.count
      while position > 0, unsafe bytes[position - 1] != UInt8(ascii: ">") { position -= 1 }
      guard position > 0 else { return 0 }
      while unsafe position < bytes.count, unsafe bytes[position] == UInt8(ascii: " ") { position += 1 }
      var seconds: Int64 = 0
      while unsafe position < bytes.count, unsafe (0x30...0x39).contains(bytes[position]) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 10)
        guard !overflow, product < .max - 9 else { return 0 }
        seconds = unsafe product + Int64(bytes[position] - 0x30)
        position += 1
      }
      return seconds
    }
  }
}
