internal import PushModel

/// What one file gave.
struct FileReading: Sendable {
  var events = EventBatchBuilder(file: "").events()
  var bytes: Int64 = 0
  var records = 0
  var codecommitRecords = 0
  var unreadable: [UnreadablePlace] = []
  var spans = SpanBuilder()
  /// The texts of CodeCommit's records, where they are wanted.
  var kept: KeptRecords?
  /// What the file is known by, where that is wanted and it could be opened.
  var fingerprint: [UInt8] = []
  var stamp: FileStamp?
  /// Whether some text in it has the shape of CloudTrail's own log files.
  var hasLogShape = false
  /// Set where a file that the user named is no trail at all.
  var refusal: TrailError?
}

/// Reads one log file after the other, reusing its buffers. One thread at a time.
@safe final class LogFileReader {
  private let deliveryLag: Int64
  private let source: FileText
  private let parser: JSONParser
  /// The record that was last taken out of an export.
  private let unwrapped: ByteBuffer
  private var events = EventCache()
  /// Where set, the records' texts are kept, and this tells what a file's bytes are known by.
  private let fingerprint: (@Sendable (UnsafeRawBufferPointer) -> [UInt8])?

  /// `nil` where there is no memory.
  init?(
    limit: Int64, deliveryLag: Int64, standardInput: CInt,
    fingerprint: (@Sendable (UnsafeRawBufferPointer) -> [UInt8])? = nil
  ) {
    guard let source = FileText(limit: limit, standardInput: standardInput),
      let unwrapped = ByteBuffer(capacity: 1 << 12), let parser = JSONParser()
    else { return nil }
    self.deliveryLag = deliveryLag
    self.source = source
    self.parser = parser
    self.unwrapped = unwrapped
    unsafe self.fingerprint = fingerprint
  }

  func read(_ file: TrailFile) -> FileReading {
    var task = FileTask(file: file, deliveryLag: deliveryLag)
    if unsafe fingerprint != nil { task.reading.kept = KeptRecords() }
    let loaded = source.load(file)
    task.reading.bytes = Int64(loaded.size)
    task.reading.stamp = loaded.stamp
    if let fingerprint = unsafe fingerprint, let bytes = loaded.bytes {
      task.reading.fingerprint = unsafe fingerprint(UnsafeRawBufferPointer(start: bytes.start, count: bytes.count))
    }
    if let damage = loaded.damage { task.note(damage.reason, offset: damage.offset < 0 ? nil : damage.offset) }
    if let text = loaded.text { readText(text, &task) }
    return task.finished
  }

  /// The events of records that were kept, as their file gave them.
  func read(_ kept: KeptFile) -> [TrailEvent] {
    var task = FileTask(
      file: TrailFile(bytes: kept.isStandardInput ? [] : Array(kept.name.utf8), isNamed: false),
      deliveryLag: deliveryLag)
    guard let text = source.holding(kept.text) else { return [] }
    readText(text, &task)
    task.events.renumber(kept.numbers)
    return Array(task.finished.events)
  }

  // MARK: - One text

  private func readText(_ text: ByteBuffer, _ task: inout FileTask) {
    text.blankByteOrderMark()
    guard let first = (0..<text.count).first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains(text[$0]) }) else {
      task.note("the file is empty")
      return
    }
    guard text[first] == UInt8(ascii: "{") || text[first] == UInt8(ascii: "[") else {
      readOtherText(text, &task)
      return
    }
    var rest: Int? = 0
    var export: Range<Int>?
    _ = parser.scan(text, place: task.place) { scan in
      switch scan.shape {
      case .logFile, .array, .record:
        if scan.shape == .logFile {
          task.reading.hasLogShape = true
          task.reading.spans.note(file: task.place)
          for span in scan.spans { task.reading.spans.note(span, in: task.place) }
        }
        task.events.reserveCapacity(scan.count, sessions: scan.sessions.count, bytes: scan.sessions.bytes)
        events.begin(parser)
        // What came before, in an earlier text of the same file, is counted already.
        let before = task.reading.records
        for index in 0..<scan.count { scanned(index, scan, before, text, &task) }
        task.reading.records = before + scan.records
        if scan.hasExport { export = 0..<scan.end }
      case .digest: task.refuseDigest()
      case .other: textWithoutRecords(0..<scan.end, text, &task)
      }
      rest = scan.end < text.count ? scan.end : nil
    }
    if let export { readExport(beside: export, text, &task) }
    if let rest { readCarefully(text, from: rest, &task) }
  }

  /// The records of an export that lie in one object with those of a log file, which were read.
  private func readExport(beside range: Range<Int>, _ text: ByteBuffer, _ task: inout FileTask) {
    switch parser.parse(text, range) {
    case .value(let value): _ = wasUnwrapped(value, &task)
    case .failure(let reason):
      task.note(
        "what lies beside its Records is broken JSON: \(reason.lowercasedFirst)", offset: range.lowerBound)
    }
  }

  private func readCarefully(_ text: ByteBuffer, from start: Int, _ task: inout FileTask) {
    var scan = CarefulScan(text, from: start)
    scan.run { item in
      switch item {
      case .logFile:
        task.reading.hasLogShape = true
        task.reading.spans.note(file: task.place)
      case .element(let range, let inLogFile): parsedRecord(range, text, inLogFile: inLogFile, &task)
      case .text(let range): textWithoutRecords(range, text, &task)
      case .export(let range): readExport(beside: range, text, &task)
      case .broken(let offset, let reason, let inRecords):
        task.note(reason, record: inRecords ? task.reading.records + 1 : nil, offset: offset)
      }
    }
  }

  /// A JSON text without `Records`: one record, a digest, an export, or nothing of ours.
  private func textWithoutRecords(_ range: Range<Int>, _ text: ByteBuffer, _ task: inout FileTask) {
    guard case .value(let value) = parser.parse(text, range) else {
      return parsedRecord(range, text, inLogFile: false, &task)
    }
    if value["digestStartTime"] != nil || value["logFiles"] != nil {
      task.refuseDigest()
    } else if ["eventSource", "eventName", "eventID", "eventVersion"].contains(where: { value[$0] != nil }) {
      record(head(value, range), text, inLogFile: false, &task)
    } else if !wasUnwrapped(value, &task) {
      task.note("holds JSON, but no CloudTrail records", offset: range.lowerBound)
    }
  }

  /// A text that is no JSON from its first byte on.
  private func readOtherText(_ text: ByteBuffer, _ task: inout FileTask) {
    if let lines = ExportedLines(text) {
      for line in lines {
        switch line {
        case .record(let range): parsedRecord(range, text, inLogFile: false, &task)
        case .other(let offset): task.note("the line at this offset is no log event", offset: offset)
        }
      }
      return
    }
    var rows = CSVRows(text)
    let header = rows.next() ?? []
    if header.count > 1, RecordColumns.areOfTable(header) {
      readTable(header, rows, &task)
    } else if RecordColumns.areOfConsole(header) {
      task.refuse(
        "is the CloudTrail console's CSV, which holds no commit ids",
        hint: "download the events as JSON, or copy the trail's log files from its S3 bucket")
    } else if !CSVName.matches(task.name) {
      task.note("is neither gzip nor JSON", offset: 0)
    } else if task.isNamed || mayHoldRecords(text, header, rows) {
      task.note("is no table of CloudTrail's records, by its first line", offset: 0)
    }
  }

  /// Whether a CSV that lies in a folder of the trail, and whose header is no table's of records, could be part of the trail
  /// for all that: a result without its header, a query of somebody's own, UTF-16. What cannot is some other table, and left.
  private func mayHoldRecords(_ text: ByteBuffer, _ header: [String], _ rows: CSVRows) -> Bool {
    rows.isInvalid || rows.isCut || header.contains(where: RecordColumns.tellsOfEvents)
      || text.contains("codecommit.amazonaws.com", in: 0..<text.count)
      || text.firstIndex(of: [0], in: 0..<text.count) != nil
  }

  /// The result of a query over a table of records.
  private func readTable(_ header: [String], _ rest: CSVRows, _ task: inout FileTask) {
    let lacking = RecordColumns.lacking(header)
    guard lacking.isEmpty else { return task.refuse(RecordColumns.refusal(lacking: lacking)) }
    var rows = rest
    let columns = RecordColumns(parser: parser)
    while let row = rows.next() {
      if rows.isCut {
        exported([.damage("the CSV is cut short within this row")], &task)
      } else if rows.isInvalid {
        exported([.damage("the row is no UTF-8")], &task)
      } else if row.count != header.count {
        exported([.damage("the row has \(row.count) fields, the header \(header.count)")], &task)
      } else {
        exported([columns.record(zip(header, row).map { (name: $0, value: $1) })], &task)
      }
    }
  }

  // MARK: - Exports

  /// Reads the records that a value wraps; `false` where it is no envelope.
  private func wasUnwrapped(_ value: JSONValue, _ task: inout FileTask) -> Bool {
    // A record may be wrapped twice (an EventBridge event in a log group), hardly more.
    guard task.wrappers < 4 else { return false }
    do throws(TrailError) {
      guard let records = try Envelope(parser: parser).records(of: value) else { return false }
      exported(records, &task)
    } catch {
      task.refuse(error)
    }
    return true
  }

  private func exported(_ records: [ExportedRecord], _ task: inout FileTask) {
    task.wrappers += 1
    defer { task.wrappers -= 1 }
    for record in records {
      switch record {
      case .text(let text):
        if unwrapped.fill(from: text) {
          parsedRecord(0..<unwrapped.count, unwrapped, inLogFile: false, &task)
        } else {
          task.reading.records += 1
          task.noteRecord("there is no memory to read it", offset: 0, time: nil)
        }
      case .damage(let reason):
        task.reading.records += 1
        task.noteRecord(reason, offset: 0, time: nil)
      }
    }
  }

  // MARK: - One record

  /// A record that the scan saw.
  private func scanned(
    _ index: Int, _ scan: RecordScan, _ before: Int, _ text: ByteBuffer, _ task: inout FileTask
  ) {
    let plain = scan.plainRecord(index)
    if let plain, let time = plain.time, task.allowed.contains(time), plain.isInSpan || scan.shape != .logFile,
      events.append(
        plain, at: index, in: scan, of: text, record: before + plain.number, parser, to: &task.events)
    {
      task.reading.codecommitRecords += 1
      if task.reading.kept != nil {
        task.reading.kept?.append(text, scan.range(index), number: before + plain.number)
      }
      return
    }
    let head = scan.head(index, times: &task.times)
    task.reading.records = before + head.number - 1
    let places = task.reading.unreadable.count
    let event = record(head, text, inLogFile: scan.shape == .logFile, &task)
    if let plain, let event, task.reading.unreadable.count == places { events.learn(plain, event, parser) }
  }

  /// A record that the fast scan did not see: parsed on its own.
  private func parsedRecord(_ range: Range<Int>, _ text: ByteBuffer, inLogFile: Bool, _ task: inout FileTask) {
    switch parser.parse(text, range) {
    case .value(let value): record(head(value, range), text, inLogFile: inLogFile, &task)
    case .failure(let reason):
      task.reading.records += 1
      // What another service's damaged record holds does not matter, if it is certainly another's.
      if let source = text.looseText("\"eventSource\"", in: range), Self.isServiceName(source),
        source != "codecommit.amazonaws.com", !text.contains("codecommit.amazonaws.com", in: range),
        !text.contains("\\u", in: range)
      {
        return
      }
      if text.contains("codecommit.amazonaws.com", in: range) { task.reading.codecommitRecords += 1 }
      let time = text.looseText("\"eventTime\"", in: range).flatMap { Timestamp(iso8601: $0) }
      task.noteRecord("the record is broken JSON: \(reason.lowercasedFirst)", offset: range.lowerBound, time: time)
    }
  }

  /// Whether a source read from a damaged record shows no damage itself.
  private static func isServiceName(_ source: String) -> Bool {
    source.hasSuffix(".amazonaws.com")
      && source.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
      }
  }

  private func head(_ value: JSONValue, _ range: Range<Int>) -> RecordHead {
    let source = value["eventSource"]?.text
    let readOnly = value["readOnly"]
    return RecordHead(
      range: range, isObject: value.isObject,
      source: source == "codecommit.amazonaws.com"
        ? .codecommit : source?.isEmpty == false ? .other : .unreadable,
      time: value["eventTime"]?.text.flatMap { Timestamp(iso8601: $0) },
      readOnly: readOnly?.bool ?? (readOnly?.text).flatMap { $0 == "true" ? true : $0 == "false" ? false : nil },
      region: value["awsRegion"]?.text,
      accountID: [value["recipientAccountId"]?.text, value["userIdentity"]?["accountId"]?.text]
        .compactMap { $0?.isEmpty == false ? $0 : nil }.first)
  }

  /// Returns the event that was made of it.
  @discardableResult
  private func record(
    _ head: RecordHead, _ text: ByteBuffer, inLogFile: Bool, _ task: inout FileTask
  ) -> TrailEvent? {
    task.reading.records += 1
    guard head.isObject else {
      task.noteRecord("the record is not an object", offset: head.range.lowerBound, time: nil)
      return nil
    }
    if inLogFile, !head.isInSpan { task.reading.spans.note(head, in: task.place) }
    switch head.source {
    case .other: return nil
    case .unreadable:
      if !inLogFile, case .value(let value) = parser.parse(text, head.range) {
        task.reading.records -= 1
        if wasUnwrapped(value, &task) { return nil }
        task.reading.records += 1
      }
      task.noteRecord("eventSource is absent or not text", offset: head.range.lowerBound, time: head.time)
      return nil
    case .codecommit:
      task.reading.codecommitRecords += 1
      switch parser.parse(text, head.range) {
      case .failure(let reason):
        task.noteRecord(
          "the record is broken JSON: \(reason.lowercasedFirst)", offset: head.range.lowerBound, time: head.time)
        return nil
      case .value(let value):
        task.reading.kept?.append(text, head.range, number: task.reading.records)
        return task.event(value, offset: head.range.lowerBound)
      }
    }
  }
}

/// What is gathered while one file is read.
private struct FileTask {
  let name: String
  let isNamed: Bool
  let place: LogFilePlace
  let extent: (start: Timestamp?, end: Timestamp?)
  /// When a record of this file can have happened.
  let allowed: Range<Timestamp>
  var reading = FileReading()
  var events: EventBatchBuilder
  var times = TimeReader()
  /// How many envelopes the record being read lies in: its offset is then none of the file's.
  var wrappers = 0

  init(file: TrailFile, deliveryLag: Int64) {
    name = file.name
    isNamed = file.isNamed
    place = LogFilePlace(path: file.isStandardInput ? "" : file.name)
    extent = place.extent(deliveryLag: deliveryLag)
    let (earliest, latest) = place.allowedTimes
    allowed = earliest..<max(earliest, latest + 1)
    events = EventBatchBuilder(file: name)
  }

  var finished: FileReading {
    var reading = reading
    reading.events = events.events()
    return reading
  }

  /// The file, or all of it from an offset on.
  mutating func note(_ reason: String, record: Int? = nil, offset: Int? = nil) {
    reading.unreadable.append(
      UnreadablePlace(
        path: name, record: record, offset: offset.map(Int64.init), reason: reason, start: extent.start,
        end: extent.end, accountID: place.accountID, region: place.region))
  }

  /// The record that was counted last.
  mutating func noteRecord(_ reason: String, offset: Int, time: Timestamp?) {
    let time = time.flatMap { place.allows($0) ? $0 : nil }
    reading.unreadable.append(
      UnreadablePlace(
        path: name, record: reading.records, offset: wrappers == 0 ? Int64(offset) : nil, reason: reason,
        start: time ?? extent.start,
        end: time ?? extent.end, accountID: place.accountID, region: place.region))
  }

  mutating func event(_ value: JSONValue, offset: Int) -> TrailEvent? {
    let location = RecordLocation(file: name, record: reading.records)
    switch EventReader(place: place).read(value, at: location) {
    case .event(let event, let damage):
      events.append(event)
      if let damage { noteRecord(damage, offset: offset, time: event.time) }
      return event
    case .unreadable(let reason, let time):
      noteRecord(reason, offset: offset, time: time)
      return nil
    }
  }

  mutating func refuseDigest() {
    refuse(
      "is a digest file, which lists log files and holds no records",
      hint: "give the log files, which lie in the CloudTrail folder beside CloudTrail-Digest")
  }

  /// An export that cannot be read whole.
  mutating func refuse(_ error: TrailError) {
    if isNamed, reading.refusal == nil {
      reading.refusal = TrailError(message: "\(name): \(error.message)", hints: error.hints)
    }
    note(([error.message] + error.hints).joined(separator: ": "))
  }

  /// An error for a file that the user named; within a tree, a place that could not be read.
  mutating func refuse(_ reason: String, hint: String) {
    if isNamed, reading.refusal == nil { reading.refusal = TrailError(message: "\(name) \(reason)", hints: [hint]) }
    note("\(reason): \(hint)")
  }
}

extension ByteBuffer {
  /// A byte order mark, which RFC 8259 lets a reader ignore, becomes white space.
  func blankByteOrderMark() {
    guard count >= 3, bytes(0..<3) == [0xef, 0xbb, 0xbf] else { return }
    overwrite(0..<3, with: 0x20)
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
