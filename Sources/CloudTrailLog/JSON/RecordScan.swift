internal import CSimdjson
internal import PushModel

/// The shapes that a JSON text of a trail comes in, told apart by content.
enum TrailShape {
  /// `{"Records": [...]}`: CloudTrail's own log file, the only shape that proves what it lacks.
  case logFile
  case array
  case record
  case digest
  case other
}

/// What is read of every record, whatever its service.
struct RecordHead {
  enum Source {
    case codecommit, other
    /// Absent, empty or no text: the record may be anybody's.
    case unreadable
  }

  /// Where the record lies in the text.
  var range: Range<Int>
  var isObject: Bool
  var source: Source
  var time: Timestamp?
  var readOnly: Bool?
  var region: String?
  var accountID: String?
}

/// The fast scan's result; its texts belong to the parser and die with the parser's next scan.
@safe struct RecordScan {
  private let result: pt_scan_result

  init(_ result: pt_scan_result) { unsafe self.result = result }

  var shape: TrailShape {
    switch unsafe result.shape {
    case PT_SHAPE_LOG_FILE: .logFile
    case PT_SHAPE_ARRAY: .array
    case PT_SHAPE_RECORD: .record
    case PT_SHAPE_DIGEST: .digest
    default: .other
    }
  }

  var count: Int { unsafe result.count }
  /// Where the first JSON text of the file ends.
  var end: Int { unsafe result.end }

  func head(_ index: Int, times: inout TimeReader) -> RecordHead {
    precondition(index >= 0 && index < count)
    let head = unsafe result.heads[index]
    return unsafe RecordHead(
      range: head.offset..<head.offset + head.length, isObject: head.is_object,
      source: head.source == PT_SOURCE_CODECOMMIT
        ? .codecommit : head.source == PT_SOURCE_OTHER ? .other : .unreadable,
      time: times.time(head.time), readOnly: head.read_only < 0 ? nil : head.read_only == 1,
      region: Self.text(head.region), accountID: Self.text(head.account))
  }

  private static func text(_ slice: pt_slice) -> String? {
    guard let bytes = unsafe slice.bytes, unsafe slice.length > 0 else { return nil }
    return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: slice.length), as: UTF8.self)
  }
}

/// Reads `eventTime`, remembering the last day: the records of a file share it.
struct TimeReader {
  private var date: UInt64 = 0
  private var dateTail: UInt16 = 0
  private var midnight: Timestamp?

  mutating func time(_ slice: pt_slice) -> Timestamp? {
    guard let bytes = unsafe slice.bytes else { return nil }
    let text = unsafe UnsafeRawBufferPointer(start: bytes, count: slice.length)
    // The usual form, `YYYY-MM-DDTHH:MM:SSZ`, of which only the clock is new.
    if text.count == 20, unsafe text[10] == 0x54, unsafe text[13] == 0x3a, unsafe text[16] == 0x3a,
      unsafe text[19] == 0x5a
    {
      let head = unsafe text.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
      let tail = unsafe text.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
      if head != date || tail != dateTail {
        (date, dateTail) = (head, tail)
        unsafe midnight = Timestamp(iso8601Bytes: Array(text.prefix(10)))
      }
      func pair(_ position: Int) -> Int64? {
        let (tens, ones) = unsafe (text[position] &- 0x30, text[position + 1] &- 0x30)
        return tens < 10 && ones < 10 ? Int64(tens * 10 + ones) : nil
      }
      if let midnight, let hour = pair(11), hour < 24, let minute = pair(14), minute < 60, let second = pair(17),
        second < 60
      {
        return midnight + (hour * 3600 + minute * 60 + second)
      }
    }
    return unsafe Timestamp(iso8601Bytes: Array(text))
  }
}
