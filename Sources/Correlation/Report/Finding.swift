public import PushModel

/// One thing that people must know, with the evidence for it and what to do.
public struct Finding: Sendable {
  public var rule: Rule
  public var severity: Severity
  /// One sentence in plain words.
  public var message: String
  public var ref: RefName?
  public var eventID: String?
  public var commits: [ObjectID]
  /// One line each: events, reflog lines, files.
  public var evidence: [String]
  /// Commands that would settle it, as `ask` prints them.
  public var settle: [String]
  /// Whether what it says is unknown counts towards the `unverifiable` result.
  public var countsAsUnknown: Bool
  /// Whether `ref` is protected: screens show protected refs one by one.
  public var isProtected: Bool

  public init(
    rule: Rule, severity: Severity, message: String, ref: RefName? = nil, eventID: String? = nil,
    commits: [ObjectID] = [], evidence: [String] = [], settle: [String] = [], countsAsUnknown: Bool = false,
    isProtected: Bool = false
  ) {
    self.rule = rule
    self.severity = severity
    self.message = message
    self.ref = ref
    self.eventID = eventID
    self.commits = commits
    self.evidence = evidence
    self.settle = settle
    self.countsAsUnknown = countsAsUnknown
    self.isProtected = isProtected
  }
}

/// The rules of DESIGN 9.
public enum Rule: String, Hashable, Sendable, CaseIterable {
  case commitsMissing = "commits-missing"
  case unloggedUpdate = "unlogged-update"
  case unloggedPush = "unlogged-push"
  case trailTampered = "trail-tampered"
  case trailFileAbsent = "trail-file-absent"
  case trailConflict = "trail-conflict"
  case forcePush = "force-push"
  case refDeleted = "ref-deleted"
  case tagMoved = "tag-moved"
  case deniedPush = "denied-push"
  case rootPush = "root-push"
  case longLivedKey = "long-lived-key"
  case noMFA = "no-mfa"
  case principalNotAllowed = "principal-not-allowed"
  case authorNotPusher = "author-not-pusher"
  case unattributedCommits = "unattributed-commits"
  case unloggedPull = "unlogged-pull"
  case exposure
  case evidenceIncomplete = "evidence-incomplete"
  case referencesOmitted = "references-omitted"
  case trailGap = "trail-gap"
  case trailBehind = "trail-behind"
  case trailUnlisted = "trail-unlisted"
}

public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
  case note, warning, error

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
