public import Correlation
public import PushModel
internal import RefLedger

/// All that a run is told. The clock, the environment and the current folder come in here and nowhere else.
public struct Options: Sendable {
  /// Folders, files or `-` (standard input).
  public var trail: [String] = []
  /// What `import` made: read together with `trail`, whose files it holds are not read again.
  public var ledger: String?
  /// CodeCommit's own events beside the trail: folders, files or `-`.
  public var events: [String] = []
  /// Output of `aws codecommit batch-get-commits` or `get-commit`: files.
  public var serverCommits: [String] = []
  /// What `aws cloudtrail list-public-keys` printed, to check digest files' signatures with: a file.
  public var publicKeys: String?
  /// Saved S3 metadata of digest files: a file.
  public var digestMetadata: String?
  /// Clones; the checkout that one stands in where the user names none.
  public var clones: [String] = []
  /// `NAME`, an ARN, or a repository id, where the clone's remote does not tell or the trail has several.
  public var repository: String?
  /// The updates that are judged and shown; older records are still read, as evidence.
  public var since: Timestamp?
  /// Log files in folders of earlier days are left unread.
  public var readSince: Timestamp?
  public var until: Timestamp?
  /// `--coverage START..END`: stretches that the user vouches for.
  public var statedCoverage: [ClosedRange<Timestamp>] = []
  /// How far two clocks may differ, in seconds.
  public var clockSkew: Int64 = 300
  /// How late CloudTrail may deliver, in seconds: the end of coverage proves no absence.
  public var deliveryLag: Int64 = 900
  /// Bytes, inflated, beyond which a file of the trail is refused.
  public var maximumFileSize: Int64 = 3 << 30
  public var refsSeen: [RefsSeen] = []
  /// When the clone was last fetched, by the user's word.
  public var fetchedAt: Timestamp?
  /// Demands a known state of every protected ref at that time.
  public var auditFrom: Timestamp?
  public var commits: CommitListing = .exact
  /// Whether the report is to tell of every commit that it names where it is (`ProvenanceReport.places`).
  public var tellsPlaces = false
  /// Findings at or above it make the result `fail`.
  public var failOn: Severity = .error
  /// Readers that exposure leaves out: names, sessions, roles or ARNs.
  public var excludedPrincipals: [String] = []
  /// The moment of the run: the upper end of what nothing else dates.
  public var now: Timestamp
  /// Called as each phase ends: for whoever measures.
  public var didFinish: (@Sendable (Phase) -> Void)?

  public init(now: Timestamp) { self.now = now }

  /// What a run is made of, in this order; the last three once for each epoch of the repository.
  public enum Phase: String, Sendable {
    case clones, trail, sightings, ledger, graph, judgement
  }

  /// A file of `git ls-remote` output, and when it was made (its file time if not stated).
  public struct RefsSeen: Hashable, Sendable {
    public var path: String
    public var time: Timestamp?

    public init(path: String, time: Timestamp? = nil) {
      self.path = path
      self.time = time
    }
  }
}

extension Options {
  /// The stretches that the user vouches for, as coverage.
  var statedIntervals: [CoverageInterval] {
    statedCoverage.map { CoverageInterval(start: $0.lowerBound, end: $0.upperBound, basis: .stated) }
  }
}
