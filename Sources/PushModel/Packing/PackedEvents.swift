/// The events of several files, as `EventPacker` packed them.
///
/// Of bytes that no packer made comes `nil`, or events that nobody logged, but never more harm: who keeps the bytes must
/// notice when they change.
public struct PackedEvents: Sendable {
  /// Set in the numbers of principals that count sessions.
  static let sessionMark: UInt32 = 1 << 31

  private let tables: EventTables
  private let files: [PackedSource]
  /// How many of its principals are no sessions: these come after them.
  private let wholes: UInt32

  public init?(_ bytes: [UInt8]) {
    var source = PackedSource(bytes)
    let lengths = source.list(ofWidth: 4) { $0.number(UInt32.self) }
    source.texts = lengths.map { source.characters($0) }
    var principals = PrincipalTable()
    let listed = source.list(ofWidth: 44) { source in
      Principal(
        type: source.text(), name: source.text(), arn: source.optionalText(), accountID: source.optionalText(),
        principalID: source.optionalText(), accessKeyID: source.optionalText(), role: source.optionalText(),
        session: source.optionalText(), sourceIdentity: source.optionalText(), mfa: source.optionalFlag(),
        invokedBy: source.optionalText())
    }
    for principal in listed { _ = principals.add(principal) }
    let repositories = source.list(ofWidth: 20) { source in
      RepositoryReference(
        name: source.optionalText(), id: source.optionalText(), partition: source.optionalText(),
        accountID: source.optionalText(), region: source.optionalText())
    }
    let origins = source.list(ofWidth: 24) { source -> EventOrigin? in
      let (action, agent, readOnly) = (source.text(), source.text(), source.optionalFlag())
      let recipient = source.optionalText()
      guard let repository = source.element(of: repositories) else { return nil }
      return EventOrigin(
        action: action, userAgent: agent, readOnly: readOnly, recipientAccountID: recipient, repository: repository,
        gitProtocol: source.optionalText())
    }
    let addresses = source.list(ofWidth: 4) { $0.text() }
    let refs = source.list(ofWidth: 4) { RefName($0.text()) }
    let sessions = source.list(ofWidth: 12) { source in
      (other: source.number(UInt32.self), name: source.number(UInt32.self), accessKeyID: source.number(UInt32.self))
    }
    principals.reserve(sessions: sessions.count, bytes: 64 * sessions.count)
    for session in sessions {
      let (name, accessKeyID) = (source.bytes(session.name), source.bytes(session.accessKeyID))
      guard session.other < listed.count, !name.isEmpty else { return nil }
      let number = unsafe name.withUnsafeBytes { name in
        unsafe accessKeyID.withUnsafeBytes { accessKeyID in
          unsafe principals.add(sessionOf: session.other, named: name, accessKeyID: accessKeyID)
        }
      }
      guard number != nil else { return nil }
    }
    let sizes = source.list(ofWidth: 4) { $0.number(UInt32.self) }
    files = sizes.map { source.part(Int($0)) }
    guard source.isFinished else { return nil }
    principals.settle(for: files.reduce(0) { $0 + PackedColumns.count(of: $1) })
    wholes = UInt32(listed.count)
    tables = EventTables(origins: origins, principals: principals, addresses: addresses, refs: refs)
  }

  /// How many files there are.
  public var count: Int { files.count }

  /// The events of the file that was packed in this place, under the name that it has now.
  public func events(ofFile place: Int, named name: String) -> [TrailEvent]? {
    guard files.indices.contains(place), let columns = PackedColumns(files[place]) else { return nil }
    guard let (batch, times) = columns.batch(file: name, tables, wholes: wholes) else { return nil }
    return times.indices.map { TrailEvent(batch, UInt32($0), times[$0]) }
  }
}

/// One file's rows and references, column by column.
private struct PackedColumns {
  private let count: Int
  private let referenceCount: Int
  private var ids: PackedSource
  private var times: PackedSource
  private var records: PackedSource
  private var origins: PackedSource
  private var principals: PackedSource
  private var addresses: PackedSource
  private var flags: PackedSource
  private var counts: PackedSource
  private var referenceIDs: PackedSource
  private var referenceRefs: PackedSource
  private var deletions: PackedSource
  private var details: PackedSource

  /// How many events a file has.
  static func count(of file: PackedSource) -> Int {
    var source = file
    return Int(source.number(UInt32.self))
  }

  init?(_ file: PackedSource) {
    var source = file
    count = Int(source.number(UInt32.self))
    referenceCount = Int(source.number(UInt32.self))
    ids = source.part(count * 16)
    times = source.part(count * 4)
    records = source.part(count * 4)
    origins = source.part(count * 4)
    principals = source.part(count * 4)
    addresses = source.part(count * 4)
    flags = source.part(count)
    counts = source.part(count * 4)
    referenceIDs = source.part(referenceCount * 20)
    referenceRefs = source.part(referenceCount * 4)
    deletions = source.part(referenceCount)
    guard !source.isDamaged else { return nil }
    details = source
  }

  /// All of it, and each row's time.
  func batch(file: String, _ tables: EventTables, wholes: UInt32) -> (EventBatch, times: [Timestamp])? {
    var columns = self
    guard let references = columns.references(tables) else { return nil }
    var (rows, times): ([EventBatch.Row], [Timestamp]) = ([], [])
    var details: [EventBatch.Details] = []
    rows.reserveCapacity(count)
    times.reserveCapacity(count)
    var (time, record): (UInt32, UInt32) = (0, 0)
    var first: UInt32 = 0
    for _ in 0..<count {
      let flags = RowFlags(rawValue: columns.flags.number())
      let id = EventID(uuid: columns.ids.number(), columns.ids.number())
      time &+= columns.times.number()
      record &+= columns.records.number()
      let origin: UInt32 = columns.origins.number()
      var principal: UInt32 = columns.principals.number()
      if principal & PackedEvents.sessionMark != 0 { principal = wholes &+ (principal ^ PackedEvents.sessionMark) }
      let address: UInt32 = columns.addresses.number()
      guard let traffic = flags.traffic, origin < tables.origins.count, principal < tables.principals.count,
        address < tables.addresses.count
      else { return nil }
      var row = EventBatch.Row(
        id: id, traffic: traffic, record: Int(record), origin: origin, principal: principal, address: address,
        details: EventBatch.noDetails, count: columns.counts.number())
      if traffic == .push {
        guard row.count <= UInt32(references.count) - first else { return nil }
        row.first = row.count > 0 ? first : 0
        first += row.count
      }
      if flags.hasDetails {
        row.details = UInt32(details.count)
        details.append(columns.details.eventDetails())
      }
      if !flags.isUUID {
        guard flags.hasDetails, let text = details.last?.eventID else { return nil }
        row.id = EventID(text)
      }
      rows.append(row)
      times.append(Timestamp(seconds: Int64(time)))
    }
    guard first == references.count, columns.details.isFinished else { return nil }
    return (
      EventBatch(file: file, tables: tables, rows: rows, references: references, details: details), times
    )
  }

  private mutating func references(_ tables: EventTables) -> [EventBatch.Reference]? {
    var references: [EventBatch.Reference] = []
    references.reserveCapacity(referenceCount)
    for _ in 0..<referenceCount {
      let (id, ref): (ObjectID, UInt32) = (referenceIDs.objectID(), referenceRefs.number())
      guard ref < tables.refs.count else { return nil }
      references.append(EventBatch.Reference(id: id, ref: ref, isDeletion: deletions.number(UInt8.self) != 0))
    }
    return references
  }
}

extension PackedSource {
  fileprivate mutating func eventDetails() -> EventBatch.Details {
    EventBatch.Details(
      eventID: optionalText(), sharedEventID: optionalText(), errorCode: optionalText(), errorMessage: optionalText(),
      replaces: optionalText(), kind: kind())
  }

  private mutating func kind() -> TrailEvent.Kind? {
    switch PackedKind(rawValue: number()) {
    case .absent: return nil
    case .pushOmitted: return .pushOmitted
    case .refChange: return refChange().map { .refChange($0) }
    case .refChangeOmitted: return .refChangeOmitted(ref: optionalText().map { RefName($0) })
    case .repositoryCreated: return .repositoryCreated(defaultBranch: optionalText())
    case .repositoryDeleted: return .repositoryDeleted
    case .repositoryRenamed: return .repositoryRenamed(from: text(), to: text())
    case .defaultBranchChanged: return .defaultBranchChanged(branch: text())
    case .tipsTold:
      return .tipsTold(list(ofWidth: 24) { ToldTip(ref: RefName($0.text()), tip: $0.objectID()) })
    case .archiveUploaded: return .archiveUploaded
    case .other: return .other
    case nil:
      damage()
      return nil
    }
  }

  private mutating func refChange() -> RefChange? {
    let ref = RefName(text())
    let before: ToldBefore
    switch number(UInt8.self) {
    case 0: before = .notTold
    case 1: before = .none
    default: before = .tip(objectID())
    }
    let call = Int(number(UInt8.self))
    guard call < RefChange.Call.allCases.count else {
      damage()
      return nil
    }
    let (after, source, destination) = (optionalID(), optionalID(), optionalID())
    return RefChange(
      ref: ref, before: before, after: after, call: RefChange.Call.allCases[call], mergeSource: source,
      mergeSourceRef: optionalText().map { RefName($0) }, mergeDestination: destination)
  }

  private mutating func optionalID() -> ObjectID? { number(UInt8.self) == 0 ? nil : objectID() }
}
