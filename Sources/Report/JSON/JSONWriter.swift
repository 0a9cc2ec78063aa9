/// Writes JSON (RFC 8259) piece by piece to a sink: two spaces of indentation, small objects on one line.
///
/// It holds one buffer's worth of text, however large the document. Characters that are not seen or that move what is
/// seen are written as `\uXXXX`, so that a document opened on a terminal is safe.
struct JSONWriter<Failure: Error>: ~Copyable {
  private var buffer = ""
  private let sink: (borrowing String) throws(Failure) -> Void
  private var open: [Container] = []
  private static var bufferSize: Int { 1 << 16 }

  private struct Container {
    var isArray: Bool
    /// All on one line.
    var isInline: Bool
    var isEmpty = true
  }

  init(sink: @escaping (borrowing String) throws(Failure) -> Void) {
    self.sink = sink
    buffer.reserveCapacity(Self.bufferSize + 4096)
  }

  // MARK: Containers

  mutating func beginObject(_ name: StaticString? = nil, inline: Bool = false) throws(Failure) {
    try begin(name, isArray: false, inline: inline)
  }

  mutating func beginArray(_ name: StaticString? = nil, inline: Bool = false) throws(Failure) {
    try begin(name, isArray: true, inline: inline)
  }

  /// Ends what was begun last.
  mutating func end() {
    guard let container = open.popLast() else { return }
    if !container.isEmpty {
      if container.isInline { if !container.isArray { buffer += " " } } else { breakLine() }
    }
    buffer += container.isArray ? "]" : "}"
  }

  /// Writes what is still held; the document ends with a line feed.
  mutating func finish() throws(Failure) {
    buffer += "\n"
    try sink(buffer)
    buffer = ""
  }

  private mutating func begin(_ name: StaticString?, isArray: Bool, inline: Bool) throws(Failure) {
    try prepare(name)
    buffer += isArray ? "[" : "{"
    open.append(Container(isArray: isArray, isInline: inline || (open.last?.isInline ?? false)))
  }

  // MARK: Values

  mutating func string(_ name: StaticString? = nil, _ value: String) throws(Failure) {
    try prepare(name)
    appendEscaped(value)
  }

  mutating func string(_ name: StaticString, ifPresent value: String?) throws(Failure) {
    if let value { try string(name, value) }
  }

  mutating func number(_ name: StaticString? = nil, _ value: some BinaryInteger) throws(Failure) {
    try prepare(name)
    buffer += String(value)
  }

  mutating func flag(_ name: StaticString, _ value: Bool) throws(Failure) {
    try prepare(name)
    buffer += value ? "true" : "false"
  }

  mutating func null() throws(Failure) {
    try prepare(nil)
    buffer += "null"
  }

  /// A member whose name is data.
  mutating func count(named name: String, _ value: Int) throws(Failure) {
    try prepare(nil)
    appendEscaped(name)
    buffer += ": "
    buffer += String(value)
  }

  private mutating func prepare(_ name: StaticString?) throws(Failure) {
    if buffer.utf8.count >= Self.bufferSize {
      try sink(buffer)
      buffer.removeAll(keepingCapacity: true)
    }
    if let last = open.indices.last {
      if !open[last].isEmpty { buffer += "," }
      if open[last].isInline {
        if !open[last].isArray || !open[last].isEmpty { buffer += " " }
      } else {
        breakLine()
      }
      open[last].isEmpty = false
    }
    if let name {
      buffer += "\""
      buffer += name.description
      buffer += "\": "
    }
  }

  private mutating func breakLine() {
    buffer += "\n"
    for _ in open { buffer += "  " }
  }

  private mutating func appendEscaped(_ text: String) {
    buffer += "\""
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
      buffer += text
    } else {
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": buffer += "\\\""
        case "\\": buffer += "\\\\"
        case "\n": buffer += "\\n"
        case "\r": buffer += "\\r"
        case "\t": buffer += "\\t"
        default:
          if scalar.isDeceptive {
            for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() { appendUnit(unit) }
          } else {
            buffer.unicodeScalars.append(scalar)
          }
        }
      }
    }
    buffer += "\""
  }

  private mutating func appendUnit(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    buffer += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
