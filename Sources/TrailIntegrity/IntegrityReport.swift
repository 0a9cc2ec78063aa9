public import PushModel

/// What CloudTrail's digest files prove of the log files beside them.
public struct IntegrityReport: Equatable, Sendable {
  public var chains: [DigestChain] = []
  /// What does not hold, errors first.
  public var problems: [Problem] = []
  /// What could not be checked and would have to be: a key that is not given, a signature in an unknown algorithm.
  public var unchecked: [String] = []
  /// What is normal, and yet proves nothing.
  public var notes: [String] = []
  /// Log files that are as checked digest files list them, by their paths: the SHA-256 of each as it lies on disk.
  public var provedLogs: [String: [UInt8]] = [:]
  /// Log files that were delivered after all that digest files describe, by their names: one may hold a record that was late.
  public var newerLogs: Set<String> = []
  /// Whether public keys were given: without them nothing is authentic.
  public var hasPublicKeys = false

  public init() {}

  /// Whether anything is wrong for certain.
  public var hasErrors: Bool { problems.contains { $0.severity == .error } }
  /// Whether nothing is wrong and nothing that counts is unproven.
  public var isWhole: Bool { problems.isEmpty && unchecked.isEmpty && !chains.isEmpty }
}

/// How much stands behind a digest file.
public enum Proof: String, Comparable, Sendable, CaseIterable {
  /// Nothing here can check it: the newest of its chain.
  case unproven
  /// Its successor holds its hash; whoever wrote both could have changed both.
  case consistent
  /// CloudTrail's signature holds.
  case authentic

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  public static func < (left: Proof, right: Proof) -> Bool { left.rank < right.rank }
}

/// The digest files of one trail for one account and region.
public struct DigestChain: Equatable, Sendable {
  public var accountID: String
  public var region: String
  public var trail: String
  /// Digest files that CloudTrail made later for logs that it delivered late; they give no coverage.
  public var isBackfill: Bool
  /// Digest files by what stands behind them; those that were changed are in none.
  public var authentic = 0
  public var consistent = 0
  public var unproven = 0
  /// Digest files that do not hold.
  public var tampered = 0
  /// Log files that are as the digest files list them.
  public var logs = 0
  /// Time of *delivery* that unbroken digest files describe, with every log file that they list here and unchanged.
  public var intervals: [Interval] = []
  /// The part of `intervals` whose every digest file was checked: by its successor, and where keys were given by
  /// CloudTrail's signature. What was not lies at the ends.
  public var checked: [ClosedRange<Timestamp>] = []

  public var digests: Int { authentic + consistent + unproven + tampered }

  public struct Interval: Equatable, Sendable {
    public var start: Timestamp
    public var end: Timestamp
    /// The weakest proof of its digest files.
    public var proof: Proof
  }
}

/// One thing that does not hold.
public struct Problem: Equatable, Sendable {
  public enum Rule: String, Sendable {
    case tampered = "trail-tampered"
    case fileAbsent = "trail-file-absent"
    case gap = "trail-gap"
    case unlisted = "trail-unlisted"
  }

  public enum Severity: String, Sendable {
    case error, warning
  }

  public var rule: Rule
  /// For people: names the first of the files.
  public var message: String
  /// Local paths, or S3 names of what is not here.
  public var files: [String]
  /// The time of delivery that it leaves unproven.
  public var start: Timestamp?
  public var end: Timestamp?
  public var accountID: String
  public var region: String
  /// A command that would settle it.
  public var settle: String?

  public init(
    rule: Rule, message: String, files: [String], start: Timestamp? = nil, end: Timestamp? = nil, accountID: String,
    region: String, settle: String? = nil
  ) {
    self.rule = rule
    self.message = message
    self.files = files
    self.start = start
    self.end = end
    self.accountID = accountID
    self.region = region
    self.settle = settle
  }

  public var severity: Severity { rule == .tampered || rule == .fileAbsent ? .error : .warning }
}
