internal import PushModel

/// The lines of a CloudWatch Logs export to S3: a time, a space, and the log event's message, which is a record.
struct ExportedLines: Sequence, IteratorProtocol {
  enum Line {
    case record(Range<Int>)
    /// A line without a time or a record, from this offset on.
    case other(Int)
  }

  private let text: ByteBuffer
  private var position = 0

  /// `nil` where the text does not begin with such a line.
  init?(_ text: ByteBuffer) {
    self.text = text
    guard case .record? = next() else { return nil }
    position = 0
  }

  mutating func next() -> Line? {
    while position < text.count {
      let start = position
      let end = text.firstIndex(of: [0x0a], in: start..<text.count) ?? text.count
      position = Swift.min(end + 1, text.count)
      if start == end || text.bytes(start..<end).allSatisfy({ $0 == 0x20 || $0 == 0x0d }) { continue }
      // The longest time has a fraction of nine digits and an offset.
      guard let space = text.firstIndex(of: [0x20], in: start..<Swift.min(end, start + 40)),
        Timestamp(iso8601Bytes: text.bytes(start..<space)) != nil, space + 1 < end,
        text[space + 1] == UInt8(ascii: "{")
      else { return .other(start) }
      return .record(space + 1..<end)
    }
    return nil
  }
}
