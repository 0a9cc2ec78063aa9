public import PushModel

/// One logged event that moved refs, judged.
public struct PushReport: Sendable {
  /// As logged.
  public var event: TrailEvent
  /// The ref advertisement that came before it over HTTP.
  public var advertisement: TrailEvent?
  /// The clone whose reflog tells that it made the push, as `clones[].path`.
  public var madeFrom: String?
  /// CloudTrail cut the list of references: `updates` is unknown, not empty.
  public var omitted: Bool
  public var updates: [UpdateReport]

  public init(
    event: TrailEvent, advertisement: TrailEvent? = nil, madeFrom: String? = nil, omitted: Bool,
    updates: [UpdateReport]
  ) {
    self.event = event
    self.advertisement = advertisement
    self.madeFrom = madeFrom
    self.omitted = omitted
    self.updates = updates
  }

  public var eventID: String { event.eventID }
  public var advertisementEventID: String? { advertisement?.eventID }
  /// `GitPush`, `CreateCommit`, `MergePullRequestBySquash` ...
  public var action: String { event.action }
  public var time: Timestamp { event.time }
  public var principal: Principal { event.principal }
  public var sourceIPAddress: String { event.sourceIPAddress }
  public var userAgent: String { event.userAgent }
  public var gitProtocol: String? { event.gitProtocol }
}

/// One ref moved by one push, judged (DESIGN 3 to 5).
public struct UpdateReport: Sendable {
  public var ref: RefName
  public var before: Before
  /// The new tip; `nil` for a deletion, as logged or, where nothing else is possible, as proven.
  public var after: ObjectID?
  public var transition: Transition
  public var proof: Proof?
  public var landed: Landed
  /// Why `transition` is `unknown`.
  public var reason: UnknownReason?
  public var tip: TipState
  /// `nil` for a push that is proven refused.
  public var verdict: Verdict?
  /// Why `verdict` is `unverifiable`.
  public var verdictReason: UnknownReason?
  public var droppedBy: DroppedBy?
  /// Of `deleted` and `overwritten`: whether another ref has the tip.
  public var elsewhere: Elsewhere?
  /// The event that merged the tip before it was deleted or overwritten.
  public var mergedBy: String?
  public var introduced: Introduced?
  public var removed: Removed?

  public init(
    ref: RefName, before: Before, after: ObjectID?, transition: Transition, proof: Proof? = nil, landed: Landed,
    reason: UnknownReason? = nil, tip: TipState, verdict: Verdict? = nil, verdictReason: UnknownReason? = nil,
    droppedBy: DroppedBy? = nil, elsewhere: Elsewhere? = nil, mergedBy: String? = nil, introduced: Introduced? = nil,
    removed: Removed? = nil
  ) {
    self.ref = ref
    self.before = before
    self.after = after
    self.transition = transition
    self.proof = proof
    self.landed = landed
    self.reason = reason
    self.tip = tip
    self.verdict = verdict
    self.verdictReason = verdictReason
    self.droppedBy = droppedBy
    self.elsewhere = elsewhere
    self.mergedBy = mergedBy
    self.introduced = introduced
    self.removed = removed
  }

  /// The ref's tip before the update.
  public struct Before: Sendable {
    /// The plainest; `nil` for none and for unknown, which `source` tells apart.
    public var tip: ObjectID?
    public var source: BeforeSource
    /// All that are possible, where there is more than one; a `nil` member is "the ref did not exist".
    public var possible: [ObjectID?]?

    public init(tip: ObjectID?, source: BeforeSource, possible: [ObjectID?]? = nil) {
      self.tip = tip
      self.source = source
      self.possible = possible
    }
  }

  public struct DroppedBy: Hashable, Sendable {
    public var eventID: String
    public var certainty: Certainty

    public init(eventID: String, certainty: Certainty) {
      self.eventID = eventID
      self.certainty = certainty
    }

    public enum Certainty: String, Hashable, Sendable {
      case exact
      /// Tips in between are absent, or may have been refused or reordered.
      case noLaterThan = "no-later-than"
    }
  }

  /// Commits that no earlier known tip of the server had.
  public struct Introduced: Sendable {
    /// All of them.
    public var count: Int
    /// Those of `count` that are not exact: on the server no later than this push.
    public var atOrBefore: Int
    /// The exact ones, parents first, as `--commits` asks.
    public var commits: [ObjectID]
    /// The others, under `--commits all`.
    public var atOrBeforeCommits: [ObjectID]?

    public init(count: Int, atOrBefore: Int, commits: [ObjectID], atOrBeforeCommits: [ObjectID]? = nil) {
      self.count = count
      self.atOrBefore = atOrBefore
      self.commits = commits
      self.atOrBeforeCommits = atOrBeforeCommits
    }
  }

  /// Commits that the update took from the ref.
  public struct Removed: Sendable {
    public var count: Int
    /// Some ref's last known state is unknown or incomplete: it may have some of them.
    public var upperBound: Bool
    /// There may be more: the history that was removed is not known to its end, or the old tip is one of several.
    public var incomplete: Bool
    /// As `--commits` asks.
    public var commits: [Commit]

    public init(count: Int, upperBound: Bool, incomplete: Bool = false, commits: [Commit]) {
      self.count = count
      self.upperBound = upperBound
      self.incomplete = incomplete
      self.commits = commits
    }

    public struct Commit: Hashable, Sendable {
      public var id: ObjectID
      public var survival: Survival
      /// For `reachable`: a ref that has it (one, by priority; others may). For `unreachable`: where the object is,
      /// as `CLONE` or `CLONE: refs/heads/NAME`. For `absent`: `server`, where the server says that it has it.
      public var refs: [String]?

      /// The place of a commit that is in no clone, by the server's own word.
      public static let onServer = "server"

      public init(id: ObjectID, survival: Survival, refs: [String]? = nil) {
        self.id = id
        self.survival = survival
        self.refs = refs
      }
    }

    public enum Survival: String, Hashable, Sendable {
      /// In the history of a ref's last known state.
      case reachable
      /// The object is in a clone, in the history of no ref: recoverable.
      case unreachable
      /// In no clone.
      case absent
    }
  }
}

public enum BeforeSource: String, Hashable, Sendable {
  case event, sighting, ledger, none, unknown
}

public enum Transition: String, Hashable, Sendable, CaseIterable {
  case created
  case fastForward = "fast-forward"
  case forced, deleted, unchanged, unknown
}

/// What proves a transition.
public enum Proof: String, Hashable, Sendable {
  case ledger, graph, absence, event
}

public enum Landed: String, Hashable, Sendable {
  /// Something other than its own record shows the tip on the ref.
  case shown
  case logged
  /// Proven refused.
  case no
}

/// Where the tip is now: a fact, against the last known state of the refs.
public enum TipState: String, Hashable, Sendable {
  case onRef = "on-ref"
  case onOtherRef = "on-other-ref"
  case unreachable, absent, unknown
  case notACommit = "not-a-commit"
  /// A deletion has no tip.
  case none
}

public enum Verdict: String, Hashable, Sendable, CaseIterable {
  case intact
  case keptElsewhere = "kept-elsewhere"
  case merged, deleted, overwritten, missing, unverifiable
}

public enum Elsewhere: String, Hashable, Sendable {
  case none, unknown
}

/// Why something is unknown or unverifiable. Each names a command that would settle it (`ask`).
public enum UnknownReason: String, Hashable, Sendable, CaseIterable {
  case incompleteHistory = "incomplete-history"
  case tipAbsent = "tip-absent"
  case beforeUnknown = "before-unknown"
  case trailGap = "trail-gap"
  case trailBehind = "trail-behind"
  case referencesOmitted = "references-omitted"
  case order, race
  case possibleDeletion = "possible-deletion"
  case notFetchedYet = "not-fetched-yet"
  case timeUnproven = "time-unproven"
  case refNotFetched = "ref-not-fetched"
  case notTracked = "not-tracked"
}
