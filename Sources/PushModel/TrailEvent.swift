/// One CodeCommit record of CloudTrail, read: the parts that Pushtrail judges by, and where it lay.
///
/// Its fields stand in one shared block, for hundreds of thousands of events are sorted and handed on: a copy costs one
/// reference, and reading a field no call. What sorting and sifting ask of every event stands beside the block, which may
/// lie anywhere in memory.
public struct TrailEvent: Hashable, Sendable {
  @usableFromInline var block: Block
  public var time: Timestamp
  /// The hash of `eventID` in this process.
  public private(set) var eventIDHash: Int
  /// Whether it neither replaces another record nor has a namesake in another account.
  public private(set) var standsAlone: Bool

  public var eventID: String {
    @inlinable get { block.fields.eventID }
    set { change { $0.eventID = newValue } }
  }
  public var sharedEventID: String? {
    @inlinable get { block.fields.sharedEventID }
    set { change { $0.sharedEventID = newValue } }
  }
  /// `eventName`: `GitPush`, `CreateCommit`, ...
  public var action: String {
    @inlinable get { block.fields.action }
    set { change { $0.action = newValue } }
  }
  public var principal: Principal {
    @inlinable get { block.fields.principal }
    set { change { $0.principal = newValue } }
  }
  public var sourceIPAddress: String {
    @inlinable get { block.fields.sourceIPAddress }
    set { change { $0.sourceIPAddress = newValue } }
  }
  public var userAgent: String {
    @inlinable get { block.fields.userAgent }
    set { change { $0.userAgent = newValue } }
  }
  public var errorCode: String? {
    @inlinable get { block.fields.errorCode }
    set { change { $0.errorCode = newValue } }
  }
  public var errorMessage: String? {
    @inlinable get { block.fields.errorMessage }
    set { change { $0.errorMessage = newValue } }
  }
  public var readOnly: Bool? {
    @inlinable get { block.fields.readOnly }
    set { change { $0.readOnly = newValue } }
  }
  public var recipientAccountID: String? {
    @inlinable get { block.fields.recipientAccountID }
    set { change { $0.recipientAccountID = newValue } }
  }
  public var repository: RepositoryReference {
    @inlinable get { block.fields.repository }
    set { change { $0.repository = newValue } }
  }
  /// `additionalEventData.protocol`: `HTTP` or `SSH`, of git traffic.
  public var gitProtocol: String? {
    @inlinable get { block.fields.gitProtocol }
    set { change { $0.gitProtocol = newValue } }
  }
  /// Set on a record that replaces an earlier one: `addendum.originalEventID` of reason `UPDATED_DATA`.
  public var replaces: String? {
    @inlinable get { block.fields.replaces }
    set { change { $0.replaces = newValue } }
  }
  public var kind: Kind {
    @inlinable get { block.fields.kind }
    set { change { $0.kind = newValue } }
  }
  public var location: RecordLocation {
    @inlinable get { block.fields.location }
    set { change { $0.location = newValue } }
  }

  public init(
    eventID: String, sharedEventID: String? = nil, time: Timestamp, action: String, principal: Principal,
    sourceIPAddress: String = "", userAgent: String = "", errorCode: String? = nil, errorMessage: String? = nil,
    readOnly: Bool? = nil, recipientAccountID: String? = nil, repository: RepositoryReference = RepositoryReference(),
    gitProtocol: String? = nil, replaces: String? = nil, kind: Kind, location: RecordLocation
  ) {
    self.time = time
    eventIDHash = eventID.hashValue
    standsAlone = sharedEventID == nil && replaces == nil
    block = Block(
      Fields(
        eventID: eventID, sharedEventID: sharedEventID, action: action, principal: principal,
        sourceIPAddress: sourceIPAddress, userAgent: userAgent, errorCode: errorCode, errorMessage: errorMessage,
        readOnly: readOnly, recipientAccountID: recipientAccountID, repository: repository, gitProtocol: gitProtocol,
        replaces: replaces, kind: kind, location: location))
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.time == right.time && (left.block === right.block || left.block.fields == right.block.fields)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(time)
    hasher.combine(block.fields)
  }

  private mutating func change(_ body: (inout Fields) -> Void) {
    var fields = block.fields
    body(&fields)
    block = Block(fields)
    eventIDHash = fields.eventID.hashValue
    standsAlone = fields.sharedEventID == nil && fields.replaces == nil
  }

  @usableFromInline struct Fields: Hashable, Sendable {
    @usableFromInline var eventID: String
    @usableFromInline var sharedEventID: String?
    @usableFromInline var action: String
    @usableFromInline var principal: Principal
    @usableFromInline var sourceIPAddress: String
    @usableFromInline var userAgent: String
    @usableFromInline var errorCode: String?
    @usableFromInline var errorMessage: String?
    @usableFromInline var readOnly: Bool?
    @usableFromInline var recipientAccountID: String?
    @usableFromInline var repository: RepositoryReference
    @usableFromInline var gitProtocol: String?
    @usableFromInline var replaces: String?
    @usableFromInline var kind: Kind
    @usableFromInline var location: RecordLocation
  }

  /// Never changed once made, so that it may be shared among threads.
  @usableFromInline final class Block: Sendable {
    @usableFromInline let fields: Fields

    init(_ fields: Fields) { self.fields = fields }
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

  public enum Call: String, Hashable, Sendable {
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
