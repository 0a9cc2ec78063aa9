internal import CLibdeflate
internal import Crypto
internal import FoundationEssentials

/// A file's content, inflated if it is gzip: what CloudTrail's hashes are of.
struct FileContent {
  var bytes: Data
  /// SHA-256 of the file as it lies on disk.
  let storedHash: [UInt8]
  /// SHA-256 in lower-case hex.
  var hash: String { Self.hex(SHA256.hash(data: bytes)) }

  enum Failure: Error {
    case unreadable(String)
  }

  /// Bytes, inflated, beyond which a file is refused.
  static let limit = 3 << 30

  init(path: String) throws(Failure) {
    let raw: Data
    do {
      raw = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .unreadable("cannot be read")
    }
    storedHash = Array(SHA256.hash(data: raw))
    guard raw.count >= 2, raw[raw.startIndex] == 0x1f, raw[raw.startIndex + 1] == 0x8b else {
      bytes = raw
      return
    }
    bytes = try Self.inflate(raw)
  }

  /// All members; what follows the last must be zeros.
  private static func inflate(_ raw: Data) throws(Failure) -> Data {
    guard let decompressor = unsafe libdeflate_alloc_decompressor() else {
      throw .unreadable("no memory to inflate it")
    }
    defer { unsafe libdeflate_free_decompressor(decompressor) }
    let input = [UInt8](raw)
    var output: [UInt8] = []
    var position = 0
    while position < input.count {
      if input[position] != 0x1f {
        guard input[position...].allSatisfy({ $0 == 0 }) else { throw .unreadable("is followed by other bytes") }
        break
      }
      // Deflate never shrinks more than 1032 times; the room grows only as far as that needs.
      var room = max(65_536, (input.count - position) * 16)
      while true {
        var consumed = 0
        var produced = 0
        var result = LIBDEFLATE_BAD_DATA
        let member = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
          unsafe input.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            result = unsafe libdeflate_gzip_decompress_ex(
              decompressor, start + position, source.count - position, buffer.baseAddress, buffer.count, &consumed,
              &produced)
          }
          count = result == LIBDEFLATE_SUCCESS ? produced : 0
        }
        if result == LIBDEFLATE_SUCCESS {
          output += member
          position += consumed
          break
        }
        guard result == LIBDEFLATE_INSUFFICIENT_SPACE, output.count + room < limit else {
          throw .unreadable(
            result == LIBDEFLATE_INSUFFICIENT_SPACE ? "inflates to more than \(limit) bytes" : "is damaged or cut short"
          )
        }
        room *= 4
      }
      guard output.count <= limit else { throw .unreadable("inflates to more than \(limit) bytes") }
    }
    return Data(output)
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func bytes(hex text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var result: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      result.append(high << 4 | low)
    }
    return result
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x57
    case 0x41...0x46: digit - 0x37
    default: nil
    }
  }
}
