/// The events of one file, in rows: what hundreds of thousands of them share is kept once, and what few have stands
/// beside the rows.
///
/// Never changed once made, so that it may be shared among threads. `TrailEvent` is a row of it and reads like a value.
public final class EventBatch: Sendable {
  /// The file as it was named to the tool.
  public let file: String
  /// What its events share; batches of several files may have these in common.
  public let tables: EventTables
  /// What `TrailEvent.originNumber` counts.
  public let origins: [EventOrigin]
  /// What `TrailEvent.principalNumber` counts.
  public let principals: PrincipalTable
  /// What `TrailEvent.addressNumber` counts.
  public let addresses: [String]
  /// What `EventReferences.refNumber(at:)` counts.
  public let refs: [RefName]
  @usableFromInline let rows: [Row]
  @usableFromInline let references: [Reference]
  @usableFromInline let details: [Details]
  /// Whether any push of it deletes a ref in a form that nothing else fits.
  public let hasDeletions: Bool
  /// Whether any event that shares its tables names no repository.
  public var hasNameless: Bool { tables.hasNameless }

  init(file: String, tables: EventTables, rows: [Row], references: [Reference], details: [Details]) {
    self.file = file
    self.tables = tables
    origins = tables.origins
    principals = tables.principals
    addresses = tables.addresses
    refs = tables.refs
    self.rows = rows
    self.references = references
    self.details = details
    hasDeletions = references.contains(where: \.isDeletion)
  }

  /// What every event has.
  @usableFromInline struct Row: Sendable {
    @usableFromInline var id: EventID
    @usableFromInline var traffic: TrailEvent.Traffic
    /// Of the record in its file, from 1.
    @usableFromInline var record: Int
    @usableFromInline var origin: UInt32
    @usableFromInline var principal: UInt32
    @usableFromInline var address: UInt32
    /// Index into `details`; `noDetails` of most.
    @usableFromInline var details: UInt32
    /// Where a push's references begin, and how many they are; of a pull, `count` says how it was.
    @usableFromInline var first: UInt32 = 0
    @usableFromInline var count: UInt32 = 0
  }

  @usableFromInline static let noDetails = UInt32.max

  /// One entry of a push. A deletion without an old tip has the zero id.
  @usableFromInline struct Reference: Sendable {
    @usableFromInline var id: ObjectID
    @usableFromInline var ref: UInt32
    @usableFromInline var isDeletion: Bool
  }

  /// What few events have.
  @usableFromInline struct Details: Sendable {
    /// An id that is no UUID.
    @usableFromInline var eventID: String?
    @usableFromInline var sharedEventID: String?
    @usableFromInline var errorCode: String?
    @usableFromInline var errorMessage: String?
    @usableFromInline var replaces: String?
    /// Of what is no plain git traffic.
    @usableFromInline var kind: TrailEvent.Kind?
  }
}

/// What events of one file, or of several, share. Their batches with the same tables number these things alike.
public final class EventTables: Sendable {
  let origins: [EventOrigin]
  let principals: PrincipalTable
  let addresses: [String]
  let refs: [RefName]
  let hasNameless: Bool

  init(origins: [EventOrigin], principals: PrincipalTable, addresses: [String], refs: [RefName]) {
    self.origins = origins
    self.principals = principals
    self.addresses = addresses
    self.refs = refs
    hasNameless = origins.contains { $0.repository.name == nil && $0.repository.id == nil }
  }
}

/// What the events that clients of one kind made in one way share, whoever they were.
public final class EventOrigin: Hashable, Sendable {
  public let action: String
  public let userAgent: String
  public let readOnly: Bool?
  public let recipientAccountID: String?
  public let repository: RepositoryReference
  public let gitProtocol: String?

  public init(
    action: String, userAgent: String = "", readOnly: Bool? = nil,
    recipientAccountID: String? = nil, repository: RepositoryReference = RepositoryReference(),
    gitProtocol: String? = nil
  ) {
    self.action = action
    self.userAgent = userAgent
    self.readOnly = readOnly
    self.recipientAccountID = recipientAccountID
    self.repository = repository
    self.gitProtocol = gitProtocol
  }

  public static func == (left: EventOrigin, right: EventOrigin) -> Bool {
    left === right
      || (left.action == right.action && left.userAgent == right.userAgent && left.readOnly == right.readOnly
        && left.recipientAccountID == right.recipientAccountID
        && left.repository == right.repository && left.gitProtocol == right.gitProtocol)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(action)
    hasher.combine(userAgent)
  }
}

/// Puts the events of one file together.
public struct EventBatchBuilder: Sendable {
  private let file: String
  private var times: [Timestamp] = []
  private var rows: [EventBatch.Row] = []
  private var origins: [EventOrigin] = []
  private var principals = PrincipalTable()
  private var addresses: [String] = []
  private var refs: [RefName] = []
  private var references: [EventBatch.Reference] = []
  private var details: [EventBatch.Details] = []

  public init(file: String) { self.file = file }

  public var count: Int { rows.count }

  /// Room for events, and for sessions of so many bytes.
  public mutating func reserveCapacity(_ count: Int, sessions: Int = 0, bytes: Int = 0) {
    times.reserveCapacity(count)
    rows.reserveCapacity(count)
    principals.reserve(sessions: sessions, bytes: bytes)
  }

  // MARK: - What events share

  /// The number of what events are given by `append(_:at:...)`. Equal ones may have several.
  public mutating func add(_ origin: EventOrigin) -> UInt32 { Self.append(origin, to: &origins) }
  public mutating func add(_ principal: Principal) -> UInt32 { principals.add(principal) }
  public mutating func add(address: String) -> UInt32 { Self.append(address, to: &addresses) }
  public mutating func add(_ ref: RefName) -> UInt32 { Self.append(ref, to: &refs) }

  /// Adds another session of the role that a principal was in: see `PrincipalTable`.
  public mutating func add(
    sessionOf number: UInt32, named name: UnsafeRawBufferPointer, accessKeyID: UnsafeRawBufferPointer
  ) -> UInt32? {
    unsafe principals.add(sessionOf: number, named: name, accessKeyID: accessKeyID)
  }

  private static func append<Value>(_ value: Value, to values: inout [Value]) -> UInt32 {
    values.append(value)
    return UInt32(values.count - 1)
  }

  // MARK: - Events

  /// Git's plain traffic, a push without its references; what `add` gave stands for what it shares with others.
  ///
  /// - Parameter text: The id's, where it is no UUID.
  public mutating func append(
    _ id: EventID, text: String? = nil, at time: Timestamp, _ traffic: TrailEvent.Traffic,
    pull: TrailEvent.PullForm = TrailEvent.PullForm(), origin: UInt32, principal: UInt32, address: UInt32, record: Int
  ) {
    times.append(time)
    rows.append(
      EventBatch.Row(
        id: id, traffic: traffic, record: record, origin: origin, principal: principal, address: address,
        details: EventBatch.noDetails, count: pull.rawValue))
    if let text {
      rows[rows.count - 1].details = UInt32(details.count)
      details.append(EventBatch.Details(eventID: text))
    }
  }

  /// Adds an entry to the event that was appended last, which must be a push.
  public mutating func append(commit: ObjectID, on ref: UInt32) {
    append(EventBatch.Reference(id: commit, ref: ref, isDeletion: false))
  }

  private mutating func append(_ reference: EventBatch.Reference) {
    let last = rows.count - 1
    if rows[last].count == 0 { rows[last].first = UInt32(references.count) }
    rows[last].count += 1
    references.append(reference)
  }

  /// Any event; its file becomes that of the others.
  public mutating func append(_ event: TrailEvent) { append(event.fields, at: event.time) }

  mutating func append(_ fields: TrailEvent.Fields, at time: Timestamp) {
    let id = EventID(fields.eventID)
    var row = EventBatch.Row(
      id: id, traffic: .other, record: fields.location.record, origin: add(fields.origin),
      principal: add(fields.principal), address: add(address: fields.sourceIPAddress), details: EventBatch.noDetails)
    var entries: [ReferenceEntry] = []
    switch fields.kind {
    case .pushAdvertisement: row.traffic = .advertisement
    case .push(let references): (row.traffic, entries) = (.push, references)
    case .pull(let dataTransferred, let shallow):
      row.traffic = .pull
      row.count = TrailEvent.PullForm(dataTransferred: dataTransferred, shallow: shallow).rawValue
    default: break
    }
    if !id.isUUID || row.traffic == .other || fields.sharedEventID != nil || fields.errorCode != nil
      || fields.errorMessage != nil
      || fields.replaces != nil
    {
      row.details = UInt32(details.count)
      details.append(
        EventBatch.Details(
          eventID: id.isUUID ? nil : fields.eventID, sharedEventID: fields.sharedEventID, errorCode: fields.errorCode,
          errorMessage: fields.errorMessage, replaces: fields.replaces, kind: row.traffic == .other ? fields.kind : nil)
      )
    }
    times.append(time)
    rows.append(row)
    for entry in entries { append(entry) }
  }

  private mutating func append(_ entry: ReferenceEntry) {
    let ref = add(entry.ref)
    switch entry.target {
    case .commit(let id): append(EventBatch.Reference(id: id, ref: ref, isDeletion: false))
    case .deletion(let old): append(EventBatch.Reference(id: old ?? .zero, ref: ref, isDeletion: true))
    }
  }

  /// Gives each record the number that stands in the place of its own, from 1; those beyond the end are left out.
  public mutating func renumber(_ numbers: [Int]) {
    var kept = 0
    for index in rows.indices where rows[index].record <= numbers.count {
      rows[kept] = rows[index]
      rows[kept].record = numbers[rows[index].record - 1]
      times[kept] = times[index]
      kept += 1
    }
    rows.removeLast(rows.count - kept)
    times.removeLast(times.count - kept)
  }

  /// The events in the order in which they were appended.
  public func events() -> BatchEvents { BatchEvents(batch: batch(), times: times) }

  func batch() -> EventBatch {
    var principals = principals
    principals.settle(for: rows.count)
    return EventBatch(
      file: file, tables: EventTables(origins: origins, principals: principals, addresses: addresses, refs: refs),
      rows: rows,
      references: references, details: details)
  }
}

/// All events of a batch in their order, which are made as they are asked for.
public struct BatchEvents: RandomAccessCollection, Sendable {
  private let batch: EventBatch
  private let times: [Timestamp]

  init(batch: EventBatch, times: [Timestamp]) {
    self.batch = batch
    self.times = times
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { times.count }
  public subscript(index: Int) -> TrailEvent { TrailEvent(batch, UInt32(index), times[index]) }

  /// Appends them to others.
  public func append(to events: inout [TrailEvent]) {
    for index in times.indices { events.append(TrailEvent(batch, UInt32(index), times[index])) }
  }
}
