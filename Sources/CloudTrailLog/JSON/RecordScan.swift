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
  /// Among all records of the text, from 1; 0 where they are not counted.
  var number = 0
  var isObject: Bool
  var source: Source
  var time: Timestamp?
  var readOnly: Bool?
  var region: String?
  var accountID: String?
  /// Whether a span has its time.
  var isInSpan = false
}

/// A GitPush or GitPull in the plainest form, told by numbers for what other records share with it.
struct PlainRecord {
  /// `nil` where the record's id is no UUID in small letters.
  var id: EventID?
  /// `nil` where it is written in an unusual form.
  var time: Timestamp?
  /// Among all records of the text, from 1.
  var number: Int
  var isPush: Bool
  var readOnly: Bool
  /// `nil` where the push is an advertisement.
  var references: Range<Int>?
  /// Stands for `isPush`, `readOnly` and the numbers below together.
  var origin: UInt32
  /// Who it was; UInt32.max where `session` tells it.
  var identity: UInt32
  /// Among the scan's sessions; `nil` where `identity` tells who it was.
  var session: Int?
  var setting: UInt32
  var nested: (UInt32, UInt32)
  var agent: UInt32
  var recipient: UInt32
  /// Among the scan's addresses; UInt32.max where there is none.
  var address: UInt32
  /// Whether a span has its time.
  var isInSpan: Bool
}

/// What a scan gathered of the times of one account and region.
struct ScannedSpan {
  var region: String?
  var accountID: String?
  var first: Timestamp
  var last: Timestamp
  var days: [Int64]
  var hasReadOnlyRecords: Bool
}

/// The fast scan's result; its texts belong to the parser and die with the parser's next scan.
///
/// It has heads only of records that matter one by one: CodeCommit's, unreadable ones, those whose time is in no span.
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

  /// Records of every service.
  var records: Int { unsafe result.records }
  /// Heads.
  var count: Int { unsafe result.count }
  /// Whether an export's records lie beside those of a log file.
  var hasExport: Bool { unsafe result.has_export }
  /// Where the first JSON text of the file ends.
  var end: Int { unsafe result.end }

  func head(_ index: Int, times: inout TimeReader) -> RecordHead {
    precondition(index >= 0 && index < count)
    let head = unsafe result.heads[index]
    return unsafe RecordHead(
      range: head.offset..<head.offset + head.length, number: head.number, isObject: head.is_object,
      source: head.source == PT_SOURCE_CODECOMMIT
        ? .codecommit : head.source == PT_SOURCE_OTHER ? .other : .unreadable,
      time: head.has_seconds ? Timestamp(seconds: head.seconds) : times.time(head.time),
      readOnly: head.read_only < 0 ? nil : head.read_only == 1,
      region: Self.text(head.region), accountID: Self.text(head.account), isInSpan: head.is_in_span)
  }

  /// What the scan read of a record beyond its head; `nil` where the record must be parsed.
  func plainRecord(_ index: Int) -> PlainRecord? {
    precondition(index >= 0 && index < count)
    let head = unsafe result.heads + index
    guard unsafe head.pointee.is_plain else { return nil }
    let first = unsafe Int(head.pointee.first_reference)
    return unsafe PlainRecord(
      id: head.pointee.has_uuid ? EventID(uuid: head.pointee.uuid.0, head.pointee.uuid.1) : nil,
      time: head.pointee.has_seconds ? Timestamp(seconds: head.pointee.seconds) : nil, number: head.pointee.number,
      isPush: head.pointee.is_push, readOnly: head.pointee.read_only == 1,
      references: head.pointee.has_references ? first..<first + Int(head.pointee.reference_count) : nil,
      origin: head.pointee.origin, identity: head.pointee.identity,
      session: head.pointee.session == PT_NO_INDEX ? nil : Int(head.pointee.session), setting: head.pointee.setting,
      nested: head.pointee.nested, agent: head.pointee.agent, recipient: head.pointee.recipient,
      address: head.pointee.address_number, isInSpan: head.pointee.is_in_span)
  }

  func eventID(_ index: Int) -> String {
    precondition(index >= 0 && index < count)
    return unsafe (result.heads + index).pointee.event_id.text
  }

  /// Where a record lies in the text.
  func range(_ index: Int) -> Range<Int> {
    precondition(index >= 0 && index < count)
    let head = unsafe result.heads + index
    return unsafe head.pointee.offset..<head.pointee.offset + head.pointee.length
  }

  /// Where a plain record's `userIdentity` lies in the text.
  func identity(_ index: Int) -> Range<Int> {
    precondition(index >= 0 && index < count)
    let head = unsafe result.heads[index]
    return unsafe head.identity_offset..<head.identity_offset + head.identity_length
  }

  /// How many sessions plain records have, and how many bytes the texts of these.
  var sessions: (count: Int, bytes: Int) { unsafe (result.session_count, result.session_bytes) }

  /// One of the sessions that plain records have.
  func session(_ index: Int) -> ScannedSession { unsafe ScannedSession(result.sessions[index]) }

  /// Empty where there is none.
  func address(_ index: Int) -> String {
    precondition(index >= 0 && index < count)
    return unsafe result.heads[index].address.text
  }

  /// The commit of an entry of `PlainRecord.references`, and the number of its ref.
  func reference(_ index: Int) -> (commit: ObjectID, ref: UInt32) {
    let reference = unsafe result.references + index
    let commit = unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(start: reference, count: 20))
    return unsafe (commit ?? .zero, reference.pointee.ref)
  }

  var spans: [ScannedSpan] {
    let dates = unsafe UnsafeBufferPointer(start: result.days, count: result.day_count)
    var days: [[Int64]] = unsafe Array(repeating: [], count: result.span_count)
    for index in 0..<dates.count {
      let date = unsafe dates[index]
      if let day = Self.time(date.date)?.day { days[date.span].append(day) }
    }
    var spans: [ScannedSpan] = []
    for index in unsafe 0..<result.span_count {
      let span = unsafe result.spans[index]
      guard let first = unsafe Self.time(span.first), let last = unsafe Self.time(span.last) else { continue }
      unsafe spans.append(
        ScannedSpan(
          region: Self.text(span.region), accountID: Self.text(span.account), first: first, last: last,
          days: days[index], hasReadOnlyRecords: span.has_read_only))
    }
    return spans
  }

  /// A time or a date in an array of C's, which Swift sees as a tuple.
  private static func time<Characters>(_ characters: Characters) -> Timestamp? {
    unsafe withUnsafeBytes(of: characters) { bytes in unsafe Timestamp(iso8601Bytes: Array(bytes)) }
  }

  private static func text(_ slice: pt_slice) -> String? {
    unsafe slice.bytes == nil || slice.length == 0 ? nil : slice.text
  }
}

/// A session of an assumed role, as a scan saw it.
@safe struct ScannedSession {
  /// Sessions of one number differ in nothing but name and key.
  let role: UInt32
  private let texts: pt_session

  init(_ session: pt_session) {
    unsafe texts = session
    unsafe role = session.role
  }

  var name: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: texts.name.bytes, count: texts.name.length) }
  var accessKeyID: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: texts.access_key.bytes, count: texts.access_key.length)
  }

  /// The session of the role that another principal was in.
  func principal(like other: Principal) -> Principal {
    unsafe other.inSession(named: texts.name.text, accessKeyID: texts.access_key.text)
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
