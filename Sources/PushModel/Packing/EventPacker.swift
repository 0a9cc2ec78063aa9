/// Packs the events of several files into bytes, of which `PackedEvents` makes them again.
///
/// First come the tables that the files share: texts, each once; principals, repositories and origins, of numbers of
/// texts; addresses and refs; sessions, of a principal's number and of how long name and key are, which follow. Then every file's rows and references, column by column, for columns compress well, and what
/// few events have. All numbers are little-endian.
public struct EventPacker {
  /// Raised whenever the form changes: bytes of another form are no longer read.
  public static let form = 2

  private var texts: [[UInt8]: UInt32] = [:]
  private var textLengths = PackedBytes()
  private var textBytes = PackedBytes()
  private var principals = NumberedRows()
  private var repositories = NumberedRows()
  private var origins = NumberedRows()
  private var addresses = NumberedRows()
  private var refs = NumberedRows()
  private var sessions: [Session: UInt32] = [:]
  private var sessionRows = PackedBytes()
  private var sessionTexts = PackedBytes()
  private var knownOrigins: [ObjectIdentifier: UInt32] = [:]
  /// Batches whose tables are known by identity, and must not go away meanwhile.
  private var held: [EventBatch] = []
  /// What the numbers in the tables of the batch that was held last are here.
  private var ofTables: (origins: [UInt32?], principals: [UInt32?], addresses: [UInt32?], refs: [UInt32?]) =
    ([], [], [], [])
  private var files: [PackedBytes] = []

  public init() {}

  /// How many files there are.
  public var count: Int { files.count }

  /// All of it.
  public var bytes: [UInt8] {
    var result = PackedBytes()
    result.append(UInt32(texts.count))
    result += textLengths
    result += textBytes
    for table in [principals, repositories, origins, addresses, refs] {
      result.append(UInt32(table.count))
      result += table.bytes
    }
    result.append(UInt32(sessions.count))
    result += sessionRows
    result += sessionTexts
    result.append(UInt32(files.count))
    for file in files { result.append(UInt32(file.bytes.count)) }
    for file in files { result += file }
    return result.bytes
  }

  /// Adds a file's events. `false`, and nothing is added, where some number in them has no room.
  public mutating func append(_ events: [TrailEvent]) -> Bool {
    var columns = Columns()
    for event in events where !append(event, to: &columns) { return false }
    let file = columns.packed
    guard file.bytes.count <= Int32.max else { return false }
    files.append(file)
    return true
  }

  // MARK: - One event

  /// One file's columns.
  private struct Columns {
    var count: UInt32 = 0
    var ids = PackedBytes()
    var times = PackedBytes()
    var records = PackedBytes()
    var origins = PackedBytes()
    var principals = PackedBytes()
    var addresses = PackedBytes()
    var flags = PackedBytes()
    /// How many references a push has; how a pull was.
    var counts = PackedBytes()
    var referenceCount: UInt32 = 0
    var referenceIDs = PackedBytes()
    var referenceRefs = PackedBytes()
    var deletions = PackedBytes()
    var details = PackedBytes()
    var last: (time: UInt32, record: UInt32) = (0, 0)

    var packed: PackedBytes {
      var result = PackedBytes()
      result.append(count)
      result.append(referenceCount)
      for column in [
        ids, times, records, origins, principals, addresses, flags, counts, referenceIDs, referenceRefs, deletions,
        details,
      ] { result += column }
      return result
    }
  }

  private mutating func append(_ event: TrailEvent, to columns: inout Columns) -> Bool {
    let row = event.row
    guard let time = UInt32(exactly: event.time.seconds), let record = UInt32(exactly: row.record) else { return false }
    hold(event.batch)
    columns.count += 1
    // Of another id the hash is the process's own.
    columns.ids.append(row.id.isUUID ? row.id.head : 0)
    columns.ids.append(row.id.isUUID ? row.id.tail : 0)
    // Differences are small, and compress well.
    columns.times.append(time &- columns.last.time)
    columns.records.append(record &- columns.last.record)
    columns.last = (time, record)
    columns.origins.append(number(ofOrigin: Int(row.origin), in: event.batch))
    columns.principals.append(number(ofPrincipal: Int(row.principal), in: event.batch))
    columns.addresses.append(number(ofAddress: Int(row.address), in: event.batch))
    columns.counts.append(row.count)
    let hasDetails = row.details != EventBatch.noDetails
    columns.flags.append(RowFlags(row.traffic, isUUID: row.id.isUUID, hasDetails: hasDetails).rawValue)
    for index in event.references.indices {
      let reference = event.batch.references[index]
      columns.referenceCount += 1
      columns.referenceIDs.append(reference.id)
      columns.referenceRefs.append(number(ofRef: Int(reference.ref), in: event.batch))
      columns.deletions.append(reference.isDeletion ? 1 : 0 as UInt8)
    }
    guard hasDetails else { return true }
    return append(event.batch.details[Int(row.details)], to: &columns.details)
  }

  private mutating func append(_ details: EventBatch.Details, to bytes: inout PackedBytes) -> Bool {
    for text in [
      details.eventID, details.sharedEventID, details.errorCode, details.errorMessage, details.replaces,
    ] { bytes.append(number(ofOptional: text)) }
    guard let kind = details.kind else {
      bytes.append(PackedKind.absent.rawValue)
      return true
    }
    switch kind {
    // These are in the row.
    case .pushAdvertisement, .push, .pull: return false
    case .pushOmitted: bytes.append(PackedKind.pushOmitted.rawValue)
    case .refChange(let change):
      guard let call = RefChange.Call.allCases.firstIndex(of: change.call) else { return false }
      bytes.append(PackedKind.refChange.rawValue)
      bytes.append(number(of: change.ref.rawValue))
      switch change.before {
      case .notTold: bytes.append(0 as UInt8)
      case .none: bytes.append(1 as UInt8)
      case .tip(let tip):
        bytes.append(2 as UInt8)
        bytes.append(tip)
      }
      bytes.append(UInt8(call))
      for id in [change.after, change.mergeSource, change.mergeDestination] {
        bytes.append(id == nil ? 0 : 1 as UInt8)
        if let id { bytes.append(id) }
      }
      bytes.append(number(ofOptional: change.mergeSourceRef?.rawValue))
    case .refChangeOmitted(let ref):
      bytes.append(PackedKind.refChangeOmitted.rawValue)
      bytes.append(number(ofOptional: ref?.rawValue))
    case .repositoryCreated(let branch):
      bytes.append(PackedKind.repositoryCreated.rawValue)
      bytes.append(number(ofOptional: branch))
    case .repositoryDeleted: bytes.append(PackedKind.repositoryDeleted.rawValue)
    case .repositoryRenamed(let old, let new):
      bytes.append(PackedKind.repositoryRenamed.rawValue)
      bytes.append(number(of: old))
      bytes.append(number(of: new))
    case .defaultBranchChanged(let branch):
      bytes.append(PackedKind.defaultBranchChanged.rawValue)
      bytes.append(number(of: branch))
    case .tipsTold(let tips):
      bytes.append(PackedKind.tipsTold.rawValue)
      bytes.append(UInt32(tips.count))
      for told in tips {
        bytes.append(number(of: told.ref.rawValue))
        bytes.append(told.tip)
      }
    case .archiveUploaded: bytes.append(PackedKind.archiveUploaded.rawValue)
    case .other: bytes.append(PackedKind.other.rawValue)
    }
    return true
  }

  // MARK: - What events share

  private mutating func hold(_ batch: EventBatch) {
    guard held.last?.tables !== batch.tables else { return }
    held.append(batch)
    ofTables = (
      Array(repeating: nil, count: batch.origins.count), Array(repeating: nil, count: batch.principals.count),
      Array(repeating: nil, count: batch.addresses.count), Array(repeating: nil, count: batch.refs.count)
    )
  }

  private mutating func number(ofOrigin index: Int, in batch: EventBatch) -> UInt32 {
    if let known = ofTables.origins[index] { return known }
    let origin = batch.origins[index]
    let number = knownOrigins[ObjectIdentifier(origin)] ?? self.number(of: origin)
    knownOrigins[ObjectIdentifier(origin)] = number
    ofTables.origins[index] = number
    return number
  }

  private mutating func number(ofPrincipal index: Int, in batch: EventBatch) -> UInt32 {
    if let known = ofTables.principals[index] { return known }
    let number: UInt32
    if let session = batch.principals.session(index) {
      number = self.number(of: session) | PackedEvents.sessionMark
    } else {
      number = self.number(of: batch.principals[index])
    }
    ofTables.principals[index] = number
    return number
  }

  /// A session of the role that a principal with a number is in.
  private struct Session: Hashable {
    var other: UInt32
    var name: ArraySlice<UInt8>
    var accessKeyID: ArraySlice<UInt8>
  }

  private mutating func number(
    of session: (other: Principal, name: ArraySlice<UInt8>, accessKeyID: ArraySlice<UInt8>)
  ) -> UInt32 {
    let session = Session(
      other: number(of: session.other), name: session.name, accessKeyID: session.accessKeyID)
    if let known = sessions[session] { return known }
    let number = UInt32(sessions.count)
    sessions[session] = number
    sessionRows.append(session.other)
    sessionRows.append(UInt32(session.name.count))
    sessionRows.append(UInt32(session.accessKeyID.count))
    sessionTexts += Array(session.name)
    sessionTexts += Array(session.accessKeyID)
    return number
  }

  private mutating func number(ofAddress index: Int, in batch: EventBatch) -> UInt32 {
    if let known = ofTables.addresses[index] { return known }
    let number = addresses.number(of: [number(of: batch.addresses[index])])
    ofTables.addresses[index] = number
    return number
  }

  private mutating func number(ofRef index: Int, in batch: EventBatch) -> UInt32 {
    if let known = ofTables.refs[index] { return known }
    let number = refs.number(of: [number(of: batch.refs[index].rawValue)])
    ofTables.refs[index] = number
    return number
  }

  private mutating func number(of origin: EventOrigin) -> UInt32 {
    origins.number(of: [
      number(of: origin.action), number(of: origin.userAgent), Self.number(of: origin.readOnly),
      number(ofOptional: origin.recipientAccountID), number(of: origin.repository),
      number(ofOptional: origin.gitProtocol),
    ])
  }

  private mutating func number(of principal: Principal) -> UInt32 {
    principals.number(of: [
      number(of: principal.type), number(of: principal.name), number(ofOptional: principal.arn),
      number(ofOptional: principal.accountID), number(ofOptional: principal.principalID),
      number(ofOptional: principal.accessKeyID), number(ofOptional: principal.role),
      number(ofOptional: principal.session), number(ofOptional: principal.sourceIdentity),
      Self.number(of: principal.mfa), number(ofOptional: principal.invokedBy),
    ])
  }

  private mutating func number(of repository: RepositoryReference) -> UInt32 {
    repositories.number(of: [
      number(ofOptional: repository.name), number(ofOptional: repository.id), number(ofOptional: repository.partition),
      number(ofOptional: repository.accountID), number(ofOptional: repository.region),
    ])
  }

  /// Equal is what has the same bytes: Swift's own comparison takes accents written in two ways for the same.
  private mutating func number(of text: String) -> UInt32 {
    let bytes = Array(text.utf8)
    if let known = texts[bytes] { return known }
    let number = UInt32(texts.count)
    texts[bytes] = number
    textLengths.append(UInt32(bytes.count))
    textBytes += bytes
    return number
  }

  /// 0 where there is none, else one more than the text's number.
  private mutating func number(ofOptional text: String?) -> UInt32 { text.map { number(of: $0) + 1 } ?? 0 }

  private static func number(of flag: Bool?) -> UInt32 { flag.map { $0 ? 2 : 1 } ?? 0 }
}

/// Rows of numbers, each once.
private struct NumberedRows {
  private var numbers: [[UInt32]: UInt32] = [:]
  private(set) var bytes = PackedBytes()

  var count: Int { numbers.count }

  mutating func number(of row: [UInt32]) -> UInt32 {
    if let known = numbers[row] { return known }
    let number = UInt32(numbers.count)
    numbers[row] = number
    for value in row { bytes.append(value) }
    return number
  }
}

/// What a packed row says beside its numbers, in one byte.
struct RowFlags {
  let rawValue: UInt8

  init(_ traffic: TrailEvent.Traffic, isUUID: Bool, hasDetails: Bool) {
    rawValue = traffic.rawValue | (isUUID ? 4 : 0) | (hasDetails ? 8 : 0)
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  var traffic: TrailEvent.Traffic? { TrailEvent.Traffic(rawValue: rawValue & 3) }
  var isUUID: Bool { rawValue & 4 != 0 }
  var hasDetails: Bool { rawValue & 8 != 0 }
}

/// Which kind packed details tell of; their parts follow.
enum PackedKind: UInt8 {
  case absent, pushOmitted, refChange, refChangeOmitted, repositoryCreated, repositoryDeleted, repositoryRenamed,
    defaultBranchChanged, tipsTold, archiveUploaded, other
}
