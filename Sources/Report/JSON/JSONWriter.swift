/// Writes JSON (RFC 8259) piece by piece to a sink: two spaces of indentation, small objects on one line.
///
/// It holds one buffer's worth of text, however large the document. Characters that are not seen or that move what is
/// seen are written as `\uXXXX`, so that a document opened on a terminal is safe.
///
/// Not generic, which would cost several times as much where the compiler cannot see whom it writes for.
struct JSONWriter: ~Copyable {
  /// The sink failed; it knows why.
  struct Failure: Error {}

  /// UTF-8: appending to a string costs several times as much.
  private var buffer: [UInt8] = []
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

  /// Writes a document to a sink that fails in its own way.
  static func write<Reason: Error>(
    to sink: @escaping (borrowing String) throws(Reason) -> Void, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Reason) {
    let trouble = Trouble<Reason>()
    var json = JSONWriter { (text: borrowing String) throws(Failure) in
      do throws(Reason) {
        try sink(text)
      } catch {
        trouble.reason = error
        throw Failure()
      }
    }
    do throws(Failure) {
      try body(&json)
    } catch {
      if let reason = trouble.reason { throw reason }
    }
  }

  /// A whole small document.
  static func text(_ body: (inout JSONWriter) throws(Failure) -> Void) -> String {
    let pieces = Pieces()
    write(to: { (piece: borrowing String) in pieces.text += copy piece }, body)
    return pieces.text
  }

  private final class Pieces {
    var text = ""
  }

  private final class Trouble<Reason: Error> {
    var reason: Reason?
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
      if container.isInline { if !container.isArray { append(" ") } } else { breakLine() }
    }
    append(container.isArray ? "]" : "}")
  }

  /// Writes what is still held; the document ends with a line feed.
  mutating func finish() throws(Failure) {
    append("\n")
    try flush()
  }

  private mutating func begin(_ name: StaticString?, isArray: Bool, inline: Bool) throws(Failure) {
    try prepare(name)
    append(isArray ? "[" : "{")
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
    append(text: String(value))
  }

  mutating func flag(_ name: StaticString, _ value: Bool) throws(Failure) {
    try prepare(name)
    append(value ? "true" : "false")
  }

  mutating func null() throws(Failure) {
    try prepare(nil)
    append("null")
  }

  /// A member whose name is data.
  mutating func count(named name: String, _ value: Int) throws(Failure) {
    try prepare(nil)
    appendEscaped(name)
    append(": ")
    append(text: String(value))
  }

  private mutating func prepare(_ name: StaticString?) throws(Failure) {
    if buffer.count >= Self.bufferSize {
      try flush()
    }
    if let last = open.indices.last {
      if !open[last].isEmpty { append(",") }
      if open[last].isInline {
        if !open[last].isArray || !open[last].isEmpty { append(" ") }
      } else {
        breakLine()
      }
      open[last].isEmpty = false
    }
    if let name {
      append("\"")
      append(name)
      append("\": ")
    }
  }

  private mutating func flush() throws(Failure) {
    try sink(String(decoding: buffer, as: UTF8.self))
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ text: StaticString) {
    unsafe buffer += UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  private mutating func append(text: String) { buffer += text.utf8 }

  private mutating func breakLine() {
    append("\n")
    for _ in open { append("  ") }
  }

  private mutating func appendEscaped(_ text: String) {
    append("\"")
    if !appendPlain(text) {
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        default:
          if scalar.isDeceptive {
            for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() { appendUnit(unit) }
          } else {
            buffer += UTF8.encode(scalar) ?? UTF8.EncodedScalar()
          }
        }
      }
    }
    append("\"")
  }

  /// Appends text that needs no escapes, as nearly all does, and says whether it did.
  private mutating func appendPlain(_ text: String) -> Bool {
    let bytes = text.utf8.span
    for index in bytes.indices {
      let byte = bytes[index]
      if byte < 0x20 || byte >= 0x7F || byte == 0x22 || byte == 0x5C { return false }
    }
    append(text: text)
    return true
  }

  private mutating func appendUnit(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    append(text: "\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}
