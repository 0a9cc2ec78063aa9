internal import PushModel

/// Makes events of plain records from what parsed records like them gave.
///
/// It knows nothing of CloudTrail's fields but an identity that is new: whatever else a `PlainRecord` tells by number was
/// once parsed and judged sound, so that an event made here is the one that parsing would give.
struct EventCache {
  /// What the records of one setting share.
  private struct Setting {
    var repository: RepositoryReference
    var gitProtocol: String?
    /// What a GitPull of this setting is.
    var pull: TrailEvent.Kind?
  }

  private var generation: UInt64 = 0
  private var principals: [Principal?] = []
  private var settings: [Setting?] = []
  private var soundNested: [Bool] = []
  private var texts: [String?] = []
  private var refs: [RefName?] = []

  /// The event; `nil` where something in the record was never parsed.
  mutating func event(
    _ record: PlainRecord, at index: Int, in scan: RecordScan, of bytes: ByteBuffer, time: Timestamp, readOnly: Bool?,
    _ parser: JSONParser, _ location: @autoclosure () -> RecordLocation
  ) -> TrailEvent? {
    startGeneration(of: parser)
    guard Int(record.setting) < settings.count, let setting = settings[Int(record.setting)], isSound(record.nested.0),
      isSound(record.nested.1), let principal = principal(record.identity, scan.identity(index), of: bytes, parser)
    else { return nil }
    let kind: TrailEvent.Kind
    if !record.isPush {
      guard let pull = setting.pull else { return nil }
      kind = pull
    } else if let references = record.references {
      var entries: [ReferenceEntry] = []
      entries.reserveCapacity(references.count)
      for position in references {
        let (commit, ref) = scan.reference(position)
        guard let commit else { return nil }
        entries.append(ReferenceEntry(ref: self.ref(ref, parser), target: .commit(commit)))
      }
      kind = .push(entries)
    } else {
      kind = .pushAdvertisement
    }
    return TrailEvent(
      eventID: scan.eventID(index), time: time, action: record.isPush ? "GitPush" : "GitPull", principal: principal,
      sourceIPAddress: scan.address(index), userAgent: text(record.agent, parser) ?? "",
      readOnly: readOnly, recipientAccountID: text(record.recipient, parser), repository: setting.repository,
      gitProtocol: setting.gitProtocol, kind: kind, location: location())
  }

  /// Remembers what a plain record, parsed, gave without any damage.
  mutating func learn(_ record: PlainRecord, _ event: TrailEvent, _ parser: JSONParser) {
    startGeneration(of: parser)
    Self.set(&principals, record.identity, event.principal)
    let known = Int(record.setting) < settings.count ? settings[Int(record.setting)] : nil
    var pull = known?.pull
    if !record.isPush { pull = event.kind }
    Self.set(
      &settings, record.setting,
      Setting(repository: event.repository, gitProtocol: event.gitProtocol, pull: pull))
    for nested in [record.nested.0, record.nested.1] where nested != UInt32.max {
      while soundNested.count <= Int(nested) { soundNested.append(false) }
      soundNested[Int(nested)] = true
    }
  }

  private mutating func startGeneration(of parser: JSONParser) {
    let current = parser.generation
    if current != generation {
      self = EventCache()
      generation = current
    }
  }

  /// Who an identity is: read from the record, for most sessions push but a few times.
  private mutating func principal(
    _ index: UInt32, _ range: Range<Int>, of bytes: ByteBuffer, _ parser: JSONParser
  ) -> Principal? {
    if Int(index) < principals.count, let principal = principals[Int(index)] { return principal }
    guard case .value(let identity) = parser.parse(bytes, range) else { return nil }
    var fields = RecordFields()
    let principal = fields.principal(of: identity)
    guard fields.damage.isEmpty else { return nil }
    Self.set(&principals, index, principal)
    return principal
  }

  private func isSound(_ nested: UInt32) -> Bool {
    nested == UInt32.max || (Int(nested) < soundNested.count && soundNested[Int(nested)])
  }

  private mutating func text(_ index: UInt32, _ parser: JSONParser) -> String? {
    if index == UInt32.max { return nil }
    if Int(index) < texts.count, let text = texts[Int(index)] { return text }
    let text = parser.text(index)
    Self.set(&texts, index, text)
    return text
  }

  private mutating func ref(_ index: UInt32, _ parser: JSONParser) -> RefName {
    if Int(index) < refs.count, let ref = refs[Int(index)] { return ref }
    let ref = RefName(parser.text(index))
    Self.set(&refs, index, ref)
    return ref
  }

  private static func set<Value>(_ values: inout [Value?], _ index: UInt32, _ value: Value) {
    while values.count <= Int(index) { values.append(nil) }
    values[Int(index)] = value
  }
}
