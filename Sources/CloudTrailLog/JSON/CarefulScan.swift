/// Finds the records of a text that is broken somewhere, or that holds several JSON texts one after the other.
///
/// It trusts nothing but quotes and brackets, so that one damaged record does not hide its neighbours. Each range it
/// gives is still to be parsed.
struct CarefulScan {
  enum Item {
    /// An element of an array; `inLogFile` if that is the `Records` of a log file.
    case element(Range<Int>, inLogFile: Bool)
    /// A JSON text without `Records`: a single record, a digest, or anything else.
    case text(Range<Int>)
    /// A JSON text whose `Records` were given, with an export beside them.
    case export(Range<Int>)
    /// From here on nothing can be told apart. `inRecords` if it is within an array of records.
    case broken(Int, reason: String, inRecords: Bool)
    /// An array of records began; there may be none in it.
    case logFile
  }

  private static let namesOfExports: Set<String> = ["Events", "events", "logEvents", "QueryResultRows"]

  private let text: ByteBuffer
  private var position: Int

  init(_ text: ByteBuffer, from position: Int) {
    self.text = text
    self.position = position
  }

  mutating func run(_ visit: (Item) -> Void) {
    while true {
      skipSpace()
      guard position < text.count else { return }
      let isReadable =
        switch text[position] {
        case UInt8(ascii: "["): elements(inLogFile: false, visit)
        case UInt8(ascii: "{"): object(visit)
        default: fail(position, "is no JSON", false, visit)
        }
      guard isReadable else { return }
    }
  }

  private func fail(_ offset: Int, _ reason: String, _ inRecords: Bool, _ visit: (Item) -> Void) -> Bool {
    visit(.broken(offset, reason: reason, inRecords: inRecords))
    return false
  }

  /// An array whose `[` is next.
  private mutating func elements(inLogFile: Bool, _ visit: (Item) -> Void) -> Bool {
    if inLogFile { visit(.logFile) }
    position += 1
    skipSpace()
    if next(is: "]") { return true }
    while true {
      skipSpace()
      let start = position
      guard start < text.count else { return fail(start, "the JSON ends within its records", true, visit) }
      guard skipValue() else { return fail(start, "the JSON is cut short or broken from here on", true, visit) }
      visit(.element(start..<position, inLogFile: inLogFile))
      skipSpace()
      if next(is: ",") { continue }
      if next(is: "]") { return true }
      guard position < text.count else { return fail(position, "the JSON ends within its records", true, visit) }
      return fail(position, "the JSON is broken between two records", true, visit)
    }
  }

  /// An object whose `{` is next.
  private mutating func object(_ visit: (Item) -> Void) -> Bool {
    let start = position
    position += 1
    var hasRecords = false
    var hasExport = false
    skipSpace()
    if next(is: "}") {
      visit(.text(start..<position))
      return true
    }
    while true {
      skipSpace()
      let key = position
      guard position < text.count, text[position] == UInt8(ascii: "\""), skipText() else {
        return fail(key, "the JSON is cut short or broken from here on", hasRecords, visit)
      }
      let name = String(decoding: text.bytes(key + 1..<position - 1), as: UTF8.self)
      let isRecords = name == "Records"
      if Self.namesOfExports.contains(name) { hasExport = true }
      skipSpace()
      guard next(is: ":") else {
        return fail(position, "the JSON is cut short or broken from here on", hasRecords, visit)
      }
      skipSpace()
      if isRecords, position < text.count, text[position] == UInt8(ascii: "[") {
        hasRecords = true
        guard elements(inLogFile: true, visit) else { return false }
      } else {
        let value = position
        guard position < text.count, skipValue() else {
          return fail(value, "the JSON is cut short or broken from here on", hasRecords, visit)
        }
      }
      skipSpace()
      if next(is: ",") { continue }
      guard next(is: "}") else {
        return fail(position, "the JSON is cut short or broken from here on", hasRecords, visit)
      }
      if !hasRecords {
        visit(.text(start..<position))
      } else if hasExport {
        visit(.export(start..<position))
      }
      return true
    }
  }

  // MARK: - Tokens

  private mutating func skipSpace() {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  private mutating func next(is byte: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// Skips one value; `false` if it does not end, or is none.
  private mutating func skipValue() -> Bool {
    switch text[position] {
    case UInt8(ascii: "\""): return skipText()
    case UInt8(ascii: "{"), UInt8(ascii: "["): return skipNested()
    default:
      let start = position
      while position < text.count {
        switch text[position] {
        case 0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return position > start
        default: position += 1
        }
      }
      return position > start
    }
  }

  private mutating func skipText() -> Bool {
    position += 1
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""):
        position += 1
        return true
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    position = text.count
    return false
  }

  private mutating func skipNested() -> Bool {
    var depth = 0
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""):
        guard skipText() else { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 {
          position += 1
          return true
        }
      default: break
      }
      position += 1
    }
    return false
  }
}

extension ByteBuffer {
  /// The text of a member that occurs once in a damaged range, read without parsing; `nil` where that is not certain.
  func looseText(_ quotedName: StaticString, in range: Range<Int>) -> String? {
    let name = Array(0..<quotedName.utf8CodeUnitCount).map { unsafe quotedName.utf8Start[$0] }
    guard let found = firstIndex(of: name, in: range),
      firstIndex(of: name, in: found + name.count..<range.upperBound) == nil
    else { return nil }
    var position = found + name.count
    func skipSpace() {
      while position < range.upperBound, [0x20, 0x09, 0x0a, 0x0d].contains(self[position]) { position += 1 }
    }
    skipSpace()
    guard position < range.upperBound, self[position] == UInt8(ascii: ":") else { return nil }
    position += 1
    skipSpace()
    guard position < range.upperBound, self[position] == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    guard let end = firstIndex(of: [UInt8(ascii: "\"")], in: start..<range.upperBound) else { return nil }
    let value = bytes(start..<end)
    return value.contains(UInt8(ascii: "\\")) ? nil : String(decoding: value, as: UTF8.self)
  }
}
