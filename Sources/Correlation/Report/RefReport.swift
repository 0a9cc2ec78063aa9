public import PushModel

/// One server ref: what the ledger and the sightings say of it, and whether they agree.
public struct RefReport: Sendable {
  public var ref: RefName
  public var protected: Bool
  /// The audited span: from the ref's first logged update to its last known state.
  public var span: Span?
  /// The plainest tip after the last logged update; `nil` if it was deleted, unknown or never logged.
  public var ledgerTip: ObjectID?
  /// All possible ones, where there is more than one; a `nil` member is "the ref did not exist".
  public var possible: [ObjectID?]?
  /// The latest sighting.
  public var seen: Seen?
  public var state: RefState
  public var unattributed: Unattributed

  public init(
    ref: RefName, protected: Bool, span: Span?, ledgerTip: ObjectID?, possible: [ObjectID?]?, seen: Seen?,
    state: RefState, unattributed: Unattributed
  ) {
    self.ref = ref
    self.protected = protected
    self.span = span
    self.ledgerTip = ledgerTip
    self.possible = possible
    self.seen = seen
    self.state = state
    self.unattributed = unattributed
  }

  public struct Span: Hashable, Sendable {
    public var start: Timestamp
    public var end: Timestamp

    public init(start: Timestamp, end: Timestamp) {
      self.start = start
      self.end = end
    }
  }

  public struct Seen: Hashable, Sendable {
    /// `nil`: the ref was seen to be absent.
    public var tip: ObjectID?
    public var earliest: Timestamp?
    public var latest: Timestamp?
    public var by: Sighting.Source

    public init(tip: ObjectID?, earliest: Timestamp?, latest: Timestamp?, by: Sighting.Source) {
      self.tip = tip
      self.earliest = earliest
      self.latest = latest
      self.by = by
    }
  }

  /// Commits of the ref's last known state that no update introduced.
  public struct Unattributed: Hashable, Sendable {
    public var count: Int
    /// Those that were made within coverage (evidence of a missing record); all of them under `--commits all`.
    public var commits: [ObjectID]

    public init(count: Int, commits: [ObjectID]) {
      self.count = count
      self.commits = commits
    }
  }
}

/// Reconciliation of a ref (DESIGN 7).
public enum RefState: String, Hashable, Sendable, CaseIterable {
  case reconciled
  /// A sighting later than coverage differs: the next run judges it.
  case trailBehind = "trail-behind"
  /// Updates after the last sighting.
  case cloneBehind = "clone-behind"
  /// Seen, never logged: it existed before the trail.
  case beforeCoverage = "before-coverage"
  case refNotFetched = "ref-not-fetched"
  case notTracked = "not-tracked"
  case timeUnproven = "time-unproven"
  case trailGap = "trail-gap"
  case order, race
  case possibleDeletion = "possible-deletion"
  case referencesOmitted = "references-omitted"
  /// Coverage is unbroken and an event is missing.
  case unloggedUpdate = "unlogged-update"
}
