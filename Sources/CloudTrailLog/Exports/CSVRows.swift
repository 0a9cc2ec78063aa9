/// Reads the rows of a CSV text (RFC 4180): quoted fields may hold commas, line breaks and doubled quotes.
struct CSVRows {
  private let text: ByteBuffer
  private(set) var position = 0

  init(_ text: ByteBuffer) {
    self.text = text
  }

  /// The next row's fields; `nil` at the end. A quote that is never closed ends with the text, and `isCut` says so.
  mutating func next() -> [String]? {
    while position < text.count, text[position] == 0x0a || text[position] == 0x0d { position += 1 }
    guard position < text.count else { return nil }
    var row: [String] = []
    isInvalid = false
    while true {
      row.append(field())
      guard position < text.count else { return row }
      let byte = text[position]
      position += 1
      if byte == 0x0a { return row }
      if byte == 0x0d {
        if position < text.count, text[position] == 0x0a { position += 1 }
        return row
      }
    }
  }

  private(set) var isCut = false
  /// Whether a field of the last row was no UTF-8.
  private(set) var isInvalid = false

  /// One field; `position` is then at the comma or line break after it.
  private mutating func field() -> String {
    guard position < text.count, text[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < text.count, ![UInt8(ascii: ","), 0x0a, 0x0d].contains(text[position]) { position += 1 }
      return string(text.bytes(start..<position))
    }
    position += 1
    var bytes: [UInt8] = []
    while position < text.count {
      guard let quote = text.firstIndex(of: [UInt8(ascii: "\"")], in: position..<text.count) else {
        bytes += text.bytes(position..<text.count)
        position = text.count
        isCut = true
        break
      }
      bytes += text.bytes(position..<quote)
      position = quote + 1
      guard position < text.count, text[position] == UInt8(ascii: "\"") else { break }
      bytes.append(UInt8(ascii: "\""))
      position += 1
    }
    // What stands between a closing quote and the comma belongs to the field.
    let start = position
    while position < text.count, ![UInt8(ascii: ","), 0x0a, 0x0d].contains(text[position]) { position += 1 }
    bytes += text.bytes(start..<position)
    return string(bytes)
  }

  private mutating func string(_ bytes: [UInt8]) -> String {
    if let string = String(validating: bytes, as: UTF8.self) { return string }
    isInvalid = true
    return String(decoding: bytes, as: UTF8.self)
  }
}
