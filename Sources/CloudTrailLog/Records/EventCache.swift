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
  }

  /// What the records of one setting are: apart from the rest, for it is asked of each, and nothing here is counted.
  private struct Form {
    /// Whether a GitPush without references is an advertisement, if it is read-only and if it is not.
    var advertises: (readOnly: Bool, writing: Bool) = (false, false)
    /// What a GitPull is.
    var pull: TrailEvent.PullForm?
  }

  /// What the sessions of one role are.
  private enum Role {
    /// Like one that was parsed, but for the texts of their own.
    case like(Principal)
    /// Each has to be parsed.
    case unlikeAny
  }

  private var generation: UInt64 = 0
  private var principals: [Principal?] = []
  private var roles: [Role?] = []
  private var settings: [Setting?] = []
  private var forms: [Form] = []
  private var soundNested: [Bool] = []
  private var texts: [String?] = []
  private var refs: [RefName?] = []
  private var origins: [EventOrigin?] = []
  private var ofBatch = NumbersOfBatch()

  /// To be called before the records of a scan are appended to a batch.
  mutating func begin(_ parser: JSONParser) {
    startGeneration(of: parser)
    ofBatch.begin()
  }

  /// Appends the event; `false` where something in the record was never parsed.
  mutating func append(
    _ record: PlainRecord, at index: Int, in scan: RecordScan, of bytes: ByteBuffer, record number: Int,
    _ parser: JSONParser, to batch: inout EventBatchBuilder
  ) -> Bool {
    guard let time = record.time, let pull = pullForm(record),
      !record.isPush || record.references != nil || isAdvertisement(record)
    else { return false }
    let origin: UInt32
    if let known = ofBatch.origins.known(record.origin) {
      origin = known
    } else {
      guard let new = self.origin(record, parser) else { return false }
      origin = ofBatch.origins.number(of: record.origin) { batch.add(new) }
    }
    guard let principal = principal(record, at: index, in: scan, of: bytes, parser, &batch) else { return false }
    let address: UInt32 =
      if record.address == UInt32.max {
        batch.add(address: scan.address(index))
      } else {
        ofBatch.addresses.number(of: record.address) { batch.add(address: scan.address(index)) }
      }
    let traffic: TrailEvent.Traffic = !record.isPush ? .pull : record.references == nil ? .advertisement : .push
    let text = record.id == nil ? scan.eventID(index) : nil
    batch.append(
      record.id ?? EventID(text ?? ""), text: text, at: time, traffic, pull: pull, origin: origin,
      principal: principal, address: address, record: number)
    for position in record.references ?? 0..<0 {
      let (commit, name) = scan.reference(position)
      let ref = ofBatch.refs.number(of: name) {
        batch.add(Self.remembered(&refs, name) { RefName(parser.text(name)) })
      }
      batch.append(commit: commit, on: ref)
    }
    return true
  }

  /// Whether a push without references is what those before it were.
  private func isAdvertisement(_ record: PlainRecord) -> Bool {
    guard Int(record.setting) < forms.count else { return false }
    let advertises = forms[Int(record.setting)].advertises
    return record.readOnly ? advertises.readOnly : advertises.writing
  }

  /// How a pull was, `nil` where no such pull was parsed; of a push, nothing.
  private func pullForm(_ record: PlainRecord) -> TrailEvent.PullForm? {
    if record.isPush { return TrailEvent.PullForm() }
    return Int(record.setting) < forms.count ? forms[Int(record.setting)].pull : nil
  }

  /// What the record shares with others.
  private mutating func origin(_ record: PlainRecord, _ parser: JSONParser) -> EventOrigin? {
    if let origin = Self.known(origins, record.origin) { return origin }
    guard let setting = Self.known(settings, record.setting), isSound(record.nested.0),
      isSound(record.nested.1)
    else { return nil }
    let origin = EventOrigin(
      action: record.isPush ? "GitPush" : "GitPull", userAgent: text(record.agent, parser) ?? "",
      readOnly: record.readOnly, recipientAccountID: text(record.recipient, parser), repository: setting.repository,
      gitProtocol: setting.gitProtocol)
    Self.set(&origins, record.origin, origin)
    return origin
  }

  /// Remembers what a plain record, parsed, gave without any damage.
  mutating func learn(_ record: PlainRecord, _ event: TrailEvent, _ parser: JSONParser) {
    startGeneration(of: parser)
    if record.session == nil { Self.set(&principals, record.identity, event.principal) }
    _ = Self.remembered(&settings, record.setting) {
      Setting(repository: event.repository, gitProtocol: event.gitProtocol)
    }
    while forms.count <= Int(record.setting) { forms.append(Form()) }
    switch event.traffic {
    case .pull: forms[Int(record.setting)].pull = event.pull
    case .advertisement where record.readOnly: forms[Int(record.setting)].advertises.readOnly = true
    case .advertisement: forms[Int(record.setting)].advertises.writing = true
    case .push, .other: break
    }
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

  /// The batch's number of who it was, as the record tells; `nil` where that is damaged.
  private mutating func principal(
    _ record: PlainRecord, at index: Int, in scan: RecordScan, of bytes: ByteBuffer, _ parser: JSONParser,
    _ batch: inout EventBatchBuilder
  ) -> UInt32? {
    if let number = record.session { return session(number, at: index, in: scan, of: bytes, parser, &batch) }
    if let known = ofBatch.principals.known(record.identity) { return known }
    let known = Self.known(principals, record.identity)
    guard let principal = known ?? parsed(scan.identity(index), of: bytes, parser)?.principal else { return nil }
    Self.set(&principals, record.identity, principal)
    return ofBatch.principals.number(of: record.identity) { batch.add(principal) }
  }

  /// The same of one of the scan's sessions, which the record at an index has.
  private mutating func session(
    _ number: Int, at index: Int, in scan: RecordScan, of bytes: ByteBuffer, _ parser: JSONParser,
    _ batch: inout EventBatchBuilder
  ) -> UInt32? {
    if let known = ofBatch.sessions.known(UInt32(number)) { return known }
    let session = scan.session(number)
    if Self.known(roles, session.role) == nil {
      guard let (principal, identity) = parsed(scan.identity(index), of: bytes, parser) else { return nil }
      let isLike = Self.sharesRole(identity) && session.principal(like: principal) == principal
      Self.set(&roles, session.role, isLike ? .like(principal) : .unlikeAny)
    }
    var new: UInt32?
    if case .like(let other) = Self.known(roles, session.role) {
      let role = ofBatch.roles.number(of: session.role) { batch.add(other) }
      new = unsafe batch.add(sessionOf: role, named: session.name, accessKeyID: session.accessKeyID)
    }
    if new == nil { new = parsed(scan.identity(index), of: bytes, parser).map { batch.add($0.principal) } }
    guard let new else { return nil }
    return ofBatch.sessions.number(of: UInt32(number)) { new }
  }

  /// Who an identity is: read from the record, for most sessions push but a few times.
  private func parsed(
    _ range: Range<Int>, of bytes: ByteBuffer, _ parser: JSONParser
  ) -> (principal: Principal, identity: JSONValue)? {
    guard case .value(let identity) = parser.parse(bytes, range) else { return nil }
    var fields = RecordFields()
    let principal = fields.principal(of: identity)
    return fields.damage.isEmpty ? (principal, identity) : nil
  }

  /// Whether nothing of the role is read from what is a session's own: of its name that is so where no issuer tells it.
  private static func sharesRole(_ identity: JSONValue) -> Bool {
    let names = identity.members.map(\.name)
    return Set(names).count == names.count && identity["sessionContext"]?["sessionIssuer"]?["userName"]?.text != nil
  }

  private func isSound(_ nested: UInt32) -> Bool {
    nested == UInt32.max || (Int(nested) < soundNested.count && soundNested[Int(nested)])
  }

  private mutating func text(_ index: UInt32, _ parser: JSONParser) -> String? {
    index == UInt32.max ? nil : Self.remembered(&texts, index) { parser.text(index) }
  }

  private static func known<Value>(_ values: [Value?], _ index: UInt32) -> Value? {
    Int(index) < values.count ? values[Int(index)] : nil
  }

  private static func remembered<Value>(_ values: inout [Value?], _ index: UInt32, _ make: () -> Value) -> Value {
    if let value = known(values, index) { return value }
    let value = make()
    set(&values, index, value)
    return value
  }

  private static func set<Value>(_ values: inout [Value?], _ index: UInt32, _ value: Value) {
    while values.count <= Int(index) { values.append(nil) }
    values[Int(index)] = value
  }
}

/// The numbers of all that the events of a batch share.
private struct NumbersOfBatch {
  var origins = BatchNumbers()
  var principals = BatchNumbers()
  var roles = BatchNumbers()
  var sessions = BatchNumbers()
  var addresses = BatchNumbers()
  var refs = BatchNumbers()

  mutating func begin() {
    origins.begin()
    principals.begin()
    roles.begin()
    sessions.begin()
    addresses.begin()
    refs.begin()
  }
}

/// What the parser's numbers are in the batch that is being made: what it holds already is not added again.
private struct BatchNumbers {
  private var entries: [(batch: UInt32, number: UInt32)] = []
  private var batch: UInt32 = 0

  mutating func begin() {
    batch &+= 1
    // Once in four thousand million batches, what an old one left could be taken for this one's.
    if batch == 0 { entries = [] }
  }

  func known(_ index: UInt32) -> UInt32? {
    Int(index) < entries.count && entries[Int(index)].batch == batch ? entries[Int(index)].number : nil
  }

  mutating func number(of index: UInt32, add: () -> UInt32) -> UInt32 {
    if let number = known(index) { return number }
    while entries.count <= Int(index) { entries.append((batch &- 1, 0)) }
    let number = add()
    entries[Int(index)] = (batch, number)
    return number
  }
}
