internal import AllCores
internal import PushModel

/// Writes JSON (RFC 8259) piece by piece to a sink: two spaces of indentation, small objects on one line; or one value a
/// line, without spaces.
///
/// It holds one buffer's worth of text, however large the document. Characters that are not seen or that move what is
/// seen are written as `\uXXXX`, so that a document opened on a terminal is safe.
///
/// Not generic, which would cost several times as much where the compiler cannot see whom it writes for.
struct JSONWriter: ~Copyable {
  /// The sink failed; it knows why.
  struct Failure: Error {}

  enum Layout {
    /// One document for people and programs.
    case page
    /// One value a line, for programs that read line by line.
    case lines
  }

  private var buffer = TextBuffer(capacity: Self.pieceSize + 4096)
  private let sink: (Span<UInt8>) throws(Failure) -> Void
  private let isCompact: Bool
  /// What was begun last, and what that lies in.
  private var current: Container
  private var outer: [Container]
  /// `YYYY-MM-DDT` of the day that was written last: neighbours share it.
  private var date: (day: Int64, text: String)?
  private static var pieceSize: Int { 1 << 16 }

  private struct Container: Sendable {
    var isArray: Bool
    /// All on one line.
    var isInline: Bool
    var isEmpty = true
  }

  /// Where in a document a writer stands.
  private struct Spot: Sendable {
    var isCompact: Bool
    var current = Container(isArray: true, isInline: false)
    var outer: [Container] = []
  }

  private init(at spot: Spot, sink: @escaping (Span<UInt8>) throws(Failure) -> Void) {
    self.sink = sink
    isCompact = spot.isCompact
    current = spot.current
    outer = spot.outer
  }

  /// Writes a document to a sink that fails in its own way.
  static func write<Reason: Error>(
    _ layout: Layout = .page, to sink: @escaping (Span<UInt8>) throws(Reason) -> Void,
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Reason) {
    try write(at: Spot(isCompact: layout == .lines), to: sink, body)
  }

  private static func write<Reason: Error>(
    at spot: Spot, to sink: @escaping (Span<UInt8>) throws(Reason) -> Void,
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Reason) {
    let trouble = Trouble<Reason>()
    var json = JSONWriter(at: spot) { (text: Span<UInt8>) throws(Failure) in
      do throws(Reason) {
        try sink(text)
      } catch {
        trouble.reason = error
        throw Failure()
      }
    }
    do throws(Failure) {
      try body(&json)
      try json.flush()
    } catch {
      if let reason = trouble.reason { throw reason }
    }
  }

  /// A whole small document.
  static func text(_ layout: Layout = .page, _ body: (inout JSONWriter) throws(Failure) -> Void) -> String {
    String(decoding: text(at: Spot(isCompact: layout == .lines), body), as: UTF8.self)
  }

  private static func text(at spot: Spot, _ body: (inout JSONWriter) throws(Failure) -> Void) -> [UInt8] {
    let text = Text()
    text.bytes.reserveCapacity(2 * pieceSize)
    write(
      at: spot, to: { (piece: Span<UInt8>) in unsafe piece.withUnsafeBufferPointer { unsafe text.bytes += $0 } }, body)
    return text.bytes
  }

  private final class Text {
    var bytes: [UInt8] = []
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

  /// Ends what was begun last. A document, or a line, ends with a line feed.
  mutating func end() {
    guard let container = outer.popLast() else { return }
    let ended = current
    current = container
    if !ended.isEmpty, !isCompact {
      if ended.isInline { if !ended.isArray { append(" ") } } else { breakLine() }
    }
    buffer.append(ended.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    if outer.isEmpty { append("\n") }
  }

  private mutating func begin(_ name: StaticString?, isArray: Bool, inline: Bool) throws(Failure) {
    try prepare(name)
    buffer.append(isArray ? UInt8(ascii: "[") : UInt8(ascii: "{"))
    let isInline = inline || current.isInline
    outer.append(current)
    current = Container(isArray: isArray, isInline: isInline)
  }

  // MARK: Many values

  /// So many values are written by one core before it takes up others.
  private static var shareSize: Int { 64 }

  /// Writes many values, each with `write`, in their order; on all cores, some megabytes of text at a time.
  mutating func each<Value: Sendable>(
    of values: [Value], _ write: @Sendable (inout JSONWriter, Value) throws(Failure) -> Void
  ) throws(Failure) {
    let round = 16 * AllCores.count
    for start in stride(from: 0, to: values.count, by: round * Self.shareSize) {
      let spot = Spot(isCompact: isCompact, current: current, outer: outer)
      let shares = min(round, (values.count - start + Self.shareSize - 1) / Self.shareSize)
      let texts = AllCores.map(shares, with: {}) { _, share in
        let first = start + share * Self.shareSize
        var own = spot
        if share > 0 { own.current.isEmpty = false }
        return Self.text(at: own) { (json: inout JSONWriter) throws(Failure) in
          for index in first..<min(first + Self.shareSize, values.count) { try write(&json, values[index]) }
        }
      }
      try flush()
      for text in texts { try sink(text.span) }
      current.isEmpty = false
    }
  }

  // MARK: Values

  mutating func string(_ name: StaticString? = nil, _ value: String) throws(Failure) {
    try prepare(name)
    appendEscaped(value)
  }

  mutating func string(_ name: StaticString, ifPresent value: String?) throws(Failure) {
    if let value { try string(name, value) }
  }

  mutating func id(_ name: StaticString? = nil, _ value: ObjectID) throws(Failure) {
    try prepare(name)
    buffer.append(UInt8(ascii: "\""))
    let digits = value.hexDigits
    buffer.append(eight: digits.0)
    buffer.append(eight: digits.1)
    buffer.append(eight: digits.2)
    buffer.append(eight: digits.3)
    buffer.append(eight: digits.4)
    buffer.append(UInt8(ascii: "\""))
  }

  mutating func id(_ name: StaticString, ifPresent value: ObjectID?) throws(Failure) {
    if let value { try id(name, value) }
  }

  mutating func time(_ name: StaticString, _ value: Timestamp) throws(Failure) {
    try prepare(name)
    let day = value.day
    let text: String
    if let date, date.day == day {
      text = date.text
    } else {
      text = String(Timestamp(seconds: day * 86_400).description.dropLast("00:00:00Z".utf8.count))
      date = (day, text)
    }
    buffer.append(UInt8(ascii: "\""))
    buffer.append(text)
    let second = UInt64(value.seconds - day * 86_400)
    func twoDigits(_ number: UInt64) -> UInt64 { 0x3030 | number / 10 | (number % 10) << 8 }
    buffer.append(
      eight: twoDigits(second / 3600) | 0x3A << 16 | twoDigits(second / 60 % 60) << 24 | 0x3A << 40 | twoDigits(
        second % 60)
        << 48)
    append("Z\"")
  }

  mutating func time(_ name: StaticString, ifPresent value: Timestamp?) throws(Failure) {
    if let value { try time(name, value) }
  }

  mutating func number(_ name: StaticString? = nil, _ value: Int) throws(Failure) {
    try prepare(name)
    buffer.append(String(value))
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
    append(isCompact ? ":" : ": ")
    buffer.append(String(value))
  }

  private mutating func prepare(_ name: StaticString?) throws(Failure) {
    if buffer.count >= Self.pieceSize { try flush() }
    guard !outer.isEmpty else { return }
    if !current.isEmpty { buffer.append(UInt8(ascii: ",")) }
    if !isCompact {
      if current.isInline {
        if !current.isArray || !current.isEmpty { append(" ") }
      } else {
        breakLine()
      }
    }
    current.isEmpty = false
    if let name {
      buffer.append(UInt8(ascii: "\""))
      append(name)
      append(isCompact ? "\":" : "\": ")
    }
  }

  private mutating func flush() throws(Failure) {
    let sink = sink
    try buffer.empty(into: sink)
  }

  @inline(__always) private mutating func append(_ text: StaticString) { buffer.append(text) }

  private mutating func breakLine() {
    buffer.append(UInt8(ascii: "\n"))
    buffer.append(spaces: 2 * outer.count)
  }

  private mutating func appendEscaped(_ text: String) {
    buffer.append(UInt8(ascii: "\""))
    if !buffer.appendPlain(text) {
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
            for byte in UTF8.encode(scalar) ?? UTF8.EncodedScalar() { buffer.append(byte) }
          }
        }
      }
    }
    buffer.append(UInt8(ascii: "\""))
  }

  private mutating func appendUnit(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    buffer.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}
