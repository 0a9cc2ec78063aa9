/// One CodeCommit record of CloudTrail, read: the parts that Pushtrail judges by, and where it lay.
///
/// It is a row of its file's `EventBatch`, and its time, which sorting and sifting ask of every event: a copy costs one
/// reference, whatever it holds. `eventID`, `kind` and `location` are put together when they are asked for; whoever asks
/// them of hundreds of thousands of events asks `id`, `traffic` and `references` instead.
public struct TrailEvent: Hashable, Sendable {
  public let batch: EventBatch
  @usableFromInline let index: UInt32
  public private(set) var time: Timestamp

  init(_ batch: EventBatch, _ index: UInt32, _ time: Timestamp) {
    self.batch = batch
    self.index = index
    self.time = time
  }

  @inlinable var row: EventBatch.Row { batch.rows[Int(index)] }
  private var details: EventBatch.Details? {
    let number = row.details
    return number == EventBatch.noDetails ? nil : batch.details[Int(number)]
  }

  // MARK: - What it says

  public var eventID: String {
    get { row.id.isUUID ? row.id.text : details?.eventID ?? "" }
    set { change { $0.eventID = newValue } }
  }
  public var sharedEventID: String? {
    get { details?.sharedEventID }
    set { change { $0.sharedEventID = newValue } }
  }
  /// `eventName`: `GitPush`, `CreateCommit`, ...
  public var action: String { origin.action }
  public var principal: Principal { batch.principals[Int(row.principal)] }
  public var sourceIPAddress: String { batch.addresses[Int(row.address)] }
  public var userAgent: String { origin.userAgent }
  public var errorCode: String? {
    get { details?.errorCode }
    set { change { $0.errorCode = newValue } }
  }
  public var errorMessage: String? { details?.errorMessage }
  public var readOnly: Bool? { origin.readOnly }
  public var recipientAccountID: String? { origin.recipientAccountID }
  public var repository: RepositoryReference {
    get { origin.repository }
    set { change { $0.repository = newValue } }
  }
  /// `additionalEventData.protocol`: `HTTP` or `SSH`, of git traffic.
  public var gitProtocol: String? { origin.gitProtocol }
  /// Set on a record that replaces an earlier one: `addendum.originalEventID` of reason `UPDATED_DATA`.
  public var replaces: String? { details?.replaces }
  public var kind: Kind {
    get {
      let row = row
      switch row.traffic {
      case .advertisement: return .pushAdvertisement
      case .push: return .push(Array(references))
      case .pull:
        let form = PullForm(rawValue: row.count)
        return .pull(dataTransferred: form.dataTransferred, shallow: form.shallow)
      case .other: return details?.kind ?? .other
      }
    }
    set { change { $0.kind = newValue } }
  }
  public var location: RecordLocation {
    get { RecordLocation(file: batch.file, record: row.record) }
    set { change { $0.location = newValue } }
  }

  // MARK: - The same, for a price that does not matter

  @inlinable public var id: EventID { row.id }
  @inlinable public var traffic: Traffic { row.traffic }
  /// Of a push.
  @inlinable public var references: EventReferences {
    let row = row
    return EventReferences(
      batch: batch, range: row.traffic == .push ? Int(row.first)..<Int(row.first) + Int(row.count) : 0..<0)
  }
  /// How many `references` there are.
  @inlinable public var referenceCount: Int { row.traffic == .push ? Int(row.count) : 0 }
  @inlinable public var origin: EventOrigin { batch.origins[Int(row.origin)] }
  /// Index into the batch's `origins`.
  @inlinable public var originNumber: Int { Int(row.origin) }
  /// Index into the batch's `principals`.
  @inlinable public var principalNumber: Int { Int(row.principal) }
  /// `Principal.type`.
  public var principalType: String { batch.principals.type(of: principalNumber) }
  /// Index into the batch's `addresses`.
  @inlinable public var addressNumber: Int { Int(row.address) }
  /// Of a pull.
  @inlinable public var pull: PullForm { PullForm(rawValue: row.count) }
  /// Whether it has an error code: it moved nothing.
  @inlinable public var isRefused: Bool {
    let number = row.details
    return number != EventBatch.noDetails && batch.details[Int(number)].errorCode != nil
  }
  /// Whether it tells that refs moved, or may have.
  public var movesRefs: Bool {
    if isRefused { return false }
    switch traffic {
    case .push: return true
    case .advertisement, .pull: return false
    case .other: break
    }
    return switch kind {
    case .pushOmitted, .refChange, .refChangeOmitted, .repositoryDeleted: true
    default: false
    }
  }
  /// Whether it neither replaces another record nor has a namesake in another account.
  @inlinable public var standsAlone: Bool {
    let number = row.details
    guard number != EventBatch.noDetails else { return true }
    return batch.details[Int(number)].sharedEventID == nil && batch.details[Int(number)].replaces == nil
  }
  /// Whether two have one event id.
  @inlinable public func hasSameID(as other: TrailEvent) -> Bool {
    id == other.id && (id.isUUID || eventID == other.eventID)
  }
  /// Whether its event id is the smaller one.
  @inlinable public func hasSmallerID(than other: TrailEvent) -> Bool {
    let (left, right) = (id, other.id)
    guard left.isUUID, right.isUUID else { return eventID < other.eventID }
    return left.head != right.head ? left.head < right.head : left.tail < right.tail
  }

  // MARK: - Making one

  public init(
    eventID: String, sharedEventID: String? = nil, time: Timestamp, action: String, principal: Principal,
    sourceIPAddress: String = "", userAgent: String = "", errorCode: String? = nil, errorMessage: String? = nil,
    readOnly: Bool? = nil, recipientAccountID: String? = nil, repository: RepositoryReference = RepositoryReference(),
    gitProtocol: String? = nil, replaces: String? = nil, kind: Kind, location: RecordLocation
  ) {
    self.init(
      time,
      Fields(
        eventID: eventID, sharedEventID: sharedEventID,
        origin: EventOrigin(
          action: action, userAgent: userAgent, readOnly: readOnly, recipientAccountID: recipientAccountID,
          repository: repository, gitProtocol: gitProtocol),
        principal: principal, sourceIPAddress: sourceIPAddress, errorCode: errorCode, errorMessage: errorMessage,
        replaces: replaces,
        kind: kind, location: location))
  }

  private init(_ time: Timestamp, _ fields: Fields) {
    var builder = EventBatchBuilder(file: fields.location.file)
    builder.append(fields, at: time)
    self.init(builder.batch(), 0, time)
  }

  private mutating func change(_ body: (inout Fields) -> Void) {
    var fields = fields
    body(&fields)
    self = TrailEvent(time, fields)
  }

  var fields: Fields {
    let details = details
    return Fields(
      eventID: eventID, sharedEventID: details?.sharedEventID, origin: origin, principal: principal,
      sourceIPAddress: sourceIPAddress, errorCode: details?.errorCode, errorMessage: details?.errorMessage,
      replaces: details?.replaces, kind: kind,
      location: location)
  }

  /// All of an event but its time, out of its row.
  struct Fields: Hashable {
    var eventID: String
    var sharedEventID: String?
    var origin: EventOrigin
    var principal: Principal
    var sourceIPAddress: String
    var errorCode: String?
    var errorMessage: String?
    var replaces: String?
    var kind: Kind
    var location: RecordLocation

    var repository: RepositoryReference {
      get { origin.repository }
      set {
        origin = EventOrigin(
          action: origin.action, userAgent: origin.userAgent, readOnly: origin.readOnly,
          recipientAccountID: origin.recipientAccountID, repository: newValue, gitProtocol: origin.gitProtocol)
      }
    }
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.time == right.time
      && ((left.batch === right.batch && left.index == right.index) || left.fields == right.fields)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(time)
    hasher.combine(fields)
  }

  /// What nearly all records of a repository are, which a row holds without more.
  public enum Traffic: UInt8, Sendable {
    /// `Kind.pushAdvertisement`
    case advertisement
    /// `Kind.push`
    case push
    /// `Kind.pull`
    case pull
    /// Anything else, git's or not.
    case other
  }

  /// What `Kind.pull` says.
  public struct PullForm: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    public init(dataTransferred: Bool = false, shallow: Bool? = nil) {
      rawValue = (dataTransferred ? 1 : 0) | (shallow.map { $0 ? 6 : 2 } ?? 0)
    }

    @inlinable public var dataTransferred: Bool { rawValue & 1 != 0 }
    @inlinable public var shallow: Bool? { rawValue & 2 != 0 ? rawValue & 4 != 0 : nil }
  }

  /// What a record is about. A record with an `errorCode` has the kind of what was attempted.
  public enum Kind: Hashable, Sendable {
    /// A GitPush without references: the server told a client its refs before a push.
    case pushAdvertisement
    /// A GitPush that moved refs.
    case push([ReferenceEntry])
    /// A GitPush whose request parameters CloudTrail cut for size: any ref may have moved.
    case pushOmitted
    /// A GitPull; without data it is an advertisement, or the client was up to date.
    case pull(dataTransferred: Bool, shallow: Bool?)
    /// An API call that moves one ref. In memory of its own, lest every event has room for one.
    indirect case refChange(RefChange)
    /// An API record cut so that its ref or its new tip is not told; `ref` where it is.
    case refChangeOmitted(ref: RefName?)
    case repositoryCreated(defaultBranch: String?)
    case repositoryDeleted
    case repositoryRenamed(from: String, to: String)
    case defaultBranchChanged(branch: String)
    /// A pull request record: what it says stood on its refs then, and moves nothing.
    case tipsTold([ToldTip])
    /// CodePipeline read an archive of a commit (`UploadArchive`): a read of the repository.
    case archiveUploaded
    /// Any other CodeCommit record: kept for counting only.
    case other
  }
}

/// One entry of a GitPush's `requestParameters.references`.
public struct ReferenceEntry: Hashable, Sendable {
  public var ref: RefName
  public var target: Target

  public init(ref: RefName, target: Target) {
    self.ref = ref
    self.target = target
  }

  public enum Target: Hashable, Sendable {
    /// The ref's new tip, or the old tip of a deletion in the form that trigger payloads use.
    case commit(ObjectID)
    /// A deletion that no other reading fits: zeros, null, absent, empty or `deleted: true`. `oldTip` where the
    /// entry was flagged deleted and names a commit.
    case deletion(oldTip: ObjectID?)
  }
}

/// The entries of a push, which stand in its file's batch.
public struct EventReferences: RandomAccessCollection, Sendable {
  @usableFromInline let batch: EventBatch
  @usableFromInline let range: Range<Int>

  @inlinable init(batch: EventBatch, range: Range<Int>) {
    self.batch = batch
    self.range = range
  }

  @inlinable public var startIndex: Int { range.lowerBound }
  @inlinable public var endIndex: Int { range.upperBound }

  @inlinable public subscript(index: Int) -> ReferenceEntry {
    ReferenceEntry(ref: batch.refs[refNumber(at: index)], target: target(at: index))
  }

  /// Index into the batch's `refs`.
  @inlinable public func refNumber(at index: Int) -> Int { Int(batch.references[index].ref) }

  @inlinable public func target(at index: Int) -> ReferenceEntry.Target {
    let entry = batch.references[index]
    return entry.isDeletion ? .deletion(oldTip: entry.id.isZero ? nil : entry.id) : .commit(entry.id)
  }
}

/// What an event says stood on a ref before it.
public enum ToldBefore: Hashable, Sendable {
  case notTold
  /// The ref did not exist: a certain creation.
  case none
  case tip(ObjectID)
}

/// One ref moved by an API call.
public struct RefChange: Hashable, Sendable {
  public var ref: RefName
  public var before: ToldBefore
  /// The new tip; `nil` for a deletion.
  public var after: ObjectID?
  public var call: Call
  /// The tip that was merged, where the call is a merge and tells it.
  public var mergeSource: ObjectID?
  /// The branch that was merged, where the call names one: its tip is then `mergeSource`, or what the ledger had.
  public var mergeSourceRef: RefName?
  /// A pull request's `destinationCommit`: the old tip only if it proves to be a parent of `after`.
  public var mergeDestination: ObjectID?

  public init(
    ref: RefName, before: ToldBefore = .notTold, after: ObjectID?, call: Call, mergeSource: ObjectID? = nil,
    mergeSourceRef: RefName? = nil, mergeDestination: ObjectID? = nil
  ) {
    self.ref = ref
    self.before = before
    self.after = after
    self.call = call
    self.mergeSource = mergeSource
    self.mergeSourceRef = mergeSourceRef
    self.mergeDestination = mergeDestination
  }

  public enum Call: String, CaseIterable, Hashable, Sendable {
    case createBranch
    case deleteBranch
    /// CreateCommit, PutFile, DeleteFile: one new commit on a branch.
    case commit
    case mergeFastForward
    case mergeSquash
    case mergeThreeWay
    /// DeleteRepository: every ref goes with it.
    case deleteRepository
  }
}

/// Some event's word that a ref was at a tip when it was logged.
public struct ToldTip: Hashable, Sendable {
  public var ref: RefName
  public var tip: ObjectID

  public init(ref: RefName, tip: ObjectID) {
    self.ref = ref
    self.tip = tip
  }
}

/// Where a record lies: the file as it was named to the tool, and the record's number in it, from 1.
public struct RecordLocation: Hashable, Sendable, CustomStringConvertible {
  public var file: String
  public var record: Int

  public init(file: String, record: Int) {
    self.file = file
    self.record = record
  }

  public var description: String { "\(file), record \(record)" }
}
