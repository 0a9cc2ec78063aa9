public import GitStore
public import PushModel
public import RefLedger

/// Everything that a judgement rests on, of one repository of one epoch: the trail's word, everybody else's word, and
/// the commit graph (DESIGN 1).
public struct Evidence: Sendable {
  public var ledger: Ledger
  public var coverage: Coverage
  public var conflicts: [EventSet.Conflict]
  public var unreadable: [UnreadablePlace]
  /// Log files that are not what they were when a ledger got them.
  public var changedFiles: [ChangedFile]
  /// Whether any GitPush of the trail deletes a ref in a form that nothing else fits: then none does in another form.
  public var hasPlainDeletions: Bool
  public var graph: CommitGraph
  /// Of clones, files and other events, as they were made.
  public var sightings: [Sighting]
  /// Every fetch that the clones' own files tell of.
  public var fetches: [CloneFetch]
  /// When a fetch last left a ref unnamed that it may not have asked for: neither seen nor absent.
  public var doubtfulAbsences: [RefName: Timestamp]
  public var clones: [CloneSummary]
  /// Which branches each clone's whole views and refspecs cover, and whether its tags show the server.
  public var visibility: @Sendable (RefName) -> RefVisibility
  /// Whether some clone or listing shows every ref of the server at its moment, tags too.
  public var seesEverything: Bool
  /// Branches that a clone's remote HEAD names.
  public var remoteHeads: [RefName]
  /// Local branches that keep commits alive: a clone's index, the branch, its tip.
  public var localBranches: [LocalBranch]
  /// The remote to name in commands.
  public var remoteName: String
  /// Clones whose history is cut, or may be: shallow ones.
  public var shallowClones: Set<Int>
  public var accountID: String?
  public var region: String?
  /// In words: replace refs that were ignored, and the like.
  public var notes: [String]
  /// What the server was asked of commits.
  public var server = ServerWord()
  /// What the trail's digest files say against it, where there are any.
  public var integrity: IntegrityEvidence?
  /// Set where the repository was made again under its name since: this one, in words (`Epoch.former`). What is on none of
  /// its refs may well be on the other's.
  public var former: String?
  /// The time of the first record of any service in the trail's own log files.
  public var trailStart: Timestamp?

  public init(
    ledger: Ledger, coverage: Coverage, conflicts: [EventSet.Conflict], unreadable: [UnreadablePlace],
    changedFiles: [ChangedFile] = [], hasPlainDeletions: Bool, graph: CommitGraph, sightings: [Sighting],
    fetches: [CloneFetch],
    doubtfulAbsences: [RefName: Timestamp],
    clones: [CloneSummary],
    visibility: @escaping @Sendable (RefName) -> RefVisibility, seesEverything: Bool, remoteHeads: [RefName],
    localBranches: [LocalBranch], remoteName: String, shallowClones: Set<Int>, accountID: String?,
    region: String?, notes: [String]
  ) {
    self.ledger = ledger
    self.coverage = coverage
    self.conflicts = conflicts
    self.unreadable = unreadable
    self.changedFiles = changedFiles
    self.hasPlainDeletions = hasPlainDeletions
    self.graph = graph
    self.sightings = sightings
    self.fetches = fetches
    self.doubtfulAbsences = doubtfulAbsences
    self.clones = clones
    self.visibility = visibility
    self.seesEverything = seesEverything
    self.remoteHeads = remoteHeads
    self.localBranches = localBranches
    self.remoteName = remoteName
    self.shallowClones = shallowClones
    self.accountID = accountID
    self.region = region
    self.notes = notes
  }

  /// A branch of a clone's own, not a copy of the server's.
  public struct LocalBranch: Hashable, Sendable {
    public var clone: Int
    public var ref: RefName
    public var tip: ObjectID

    public init(clone: Int, ref: RefName, tip: ObjectID) {
      self.clone = clone
      self.ref = ref
      self.tip = tip
    }
  }
}

/// Whether the clones can show a server ref at all.
public enum RefVisibility: Hashable, Sendable {
  case tracked
  /// No fetch refspec covers it.
  case notFetched
  /// An ordinary clone's tag: fetched once, never updated.
  case notTracked
}

/// What the user decides about a judgement.
public struct JudgementOptions: Sendable {
  public var since: Timestamp?
  public var until: Timestamp?
  /// Seconds by which two clocks may differ.
  public var clockSkew: Int64
  public var auditFrom: Timestamp?
  public var commits: CommitListing
  public var failOn: Severity
  /// Names, sessions, roles or ARNs of readers that exposure leaves out: robots.
  public var excludedPrincipals: Set<String>
  /// Whether the report is to tell of every commit that it names where it is.
  public var tellsPlaces = false

  public init(
    since: Timestamp? = nil, until: Timestamp? = nil, clockSkew: Int64 = 300, auditFrom: Timestamp? = nil,
    commits: CommitListing = .exact, failOn: Severity = .error, excludedPrincipals: Set<String> = []
  ) {
    self.since = since
    self.until = until
    self.clockSkew = clockSkew
    self.auditFrom = auditFrom
    self.commits = commits
    self.failOn = failOn
    self.excludedPrincipals = excludedPrincipals
  }
}
