/// One CodeCommit record of CloudTrail, read: the parts that Pushtrail judges by, and where it lay.
public struct TrailEvent: Hashable, Sendable {
  public var eventID: String
  public var sharedEventID: String?
  public var time: Timestamp
  /// `eventName`: `GitPush`, `CreateCommit`, ...
  public var action: String
  public var principal: Principal
  public var sourceIPAddress: String
  public var userAgent: String
  public var errorCode: String?
  public var errorMessage: String?
  public var readOnly: Bool?
  public var recipientAccountID: String?
  public var repository: RepositoryReference
  /// `additionalEventData.protocol`: `HTTP` or `SSH`, of git traffic.
  public var gitProtocol: String?
  /// Set on a record that replaces an earlier one: `addendum.originalEventID` of reason `UPDATED_DATA`.
  public var replaces: String?
  public var kind: Kind
  public var location: RecordLocation

  public init(
    eventID: String, sharedEventID: String? = nil, time: Timestamp, action: String, principal: Principal,
    sourceIPAddress: String = "", userAgent: String = "", errorCode: String? = nil, errorMessage: String? = nil,
    readOnly: Bool? = nil, recipientAccountID: String? = nil, repository: RepositoryReference = RepositoryReference(),
    gitProtocol: String? = nil, replaces: String? = nil, kind: Kind, location: RecordLocation
  ) {
    self.eventID = eventID
    self.sharedEventID = sharedEventID
    self.time = time
    self.action = action
    self.principal = principal
    self.sourceIPAddress = sourceIPAddress
    self.userAgent = userAgent
    self.errorCode = errorCode
    self.errorMessage = errorMessage
    self.readOnly = readOnly
    self.recipientAccountID = recipientAccountID
    self.repository = repository
    self.gitProtocol = gitProtocol
    self.replaces = replaces
    self.kind = kind
    self.location = location
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
    /// An API call that moves one ref.
    case refChange(RefChange)
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
