public import PushModel
public import RefLedger

/// The whole result of a run, typed: what DESIGN 8 writes as JSON, and what every renderer draws from.
///
/// Arrays are in ledger order; what is absent is `nil`, never invented. The same input gives the same report.
public struct ProvenanceReport: Sendable {
  public static let schemaVersion = 1

  public var repository: RepositoryIdentity
  public var trail: TrailSummary
  public var clones: [CloneSummary]
  public var pushes: [PushReport]
  public var attempts: [AttemptReport]
  public var pulls: [PullReport]
  public var refs: [RefReport]
  /// In words, what the evidence cannot tell.
  public var limits: [String]
  /// More than one where the repository was deleted and made again under its name.
  public var epochs: [Epoch]
  public var findings: [Finding]
  public var summary: Summary
  /// What the server said it does not have, where it was asked. Not part of the document: `limits` says it in words.
  public var goneFromServer: Set<ObjectID> = []
  /// Refs whose last known state is in no clone or has an incomplete history. Said in `limits` as well.
  public var uncertainRefs: [RefName] = []
  /// Commits that the answers rest on; no part of the document.
  public var restsOn: [ObjectID] = []
  /// Where each commit is that the report names, where that was asked for. No part of the document.
  public var places: [ObjectID: UpdateReport.Removed.Commit] = [:]

  public init(
    repository: RepositoryIdentity, trail: TrailSummary, clones: [CloneSummary], pushes: [PushReport],
    attempts: [AttemptReport], pulls: [PullReport], refs: [RefReport], limits: [String], epochs: [Epoch],
    findings: [Finding], summary: Summary
  ) {
    self.repository = repository
    self.trail = trail
    self.clones = clones
    self.pushes = pushes
    self.attempts = attempts
    self.pulls = pulls
    self.refs = refs
    self.limits = limits
    self.epochs = epochs
    self.findings = findings
    self.summary = summary
  }
}

extension ProvenanceReport {
  /// Every object id that the report names.
  public var namedIDs: Set<ObjectID> {
    var ids: Set<ObjectID> = []
    for update in pushes.lazy.flatMap(\.updates) {
      if let tip = update.before.tip { ids.insert(tip) }
      if let tip = update.after { ids.insert(tip) }
      if let introduced = update.introduced {
        ids.formUnion(introduced.commits)
        ids.formUnion(introduced.atOrBeforeCommits ?? [])
      }
      if let removed = update.removed { ids.formUnion(removed.commits.lazy.map(\.id)) }
    }
    for ref in refs {
      if let tip = ref.ledgerTip { ids.insert(tip) }
      if let tip = ref.seen?.tip { ids.insert(tip) }
      ids.formUnion(ref.unattributed.commits)
    }
    return ids
  }
}

/// The trail as it was read.
public struct TrailSummary: Sendable {
  public var files: Int
  public var bytes: Int64
  public var records: Int
  public var codecommitRecords: Int
  /// Copies of records that were dropped.
  public var duplicates: Int
  public var unreadable: [UnreadablePlace]
  /// Of this repository's events.
  public var firstEventTime: Timestamp?
  public var lastEventTime: Timestamp?
  public var coverage: [CoverageInterval]
  /// What the digest files beside the log files prove; `nil` where there is none.
  public var integrity: IntegritySummary?

  public init(
    files: Int, bytes: Int64, records: Int, codecommitRecords: Int, duplicates: Int, unreadable: [UnreadablePlace],
    firstEventTime: Timestamp?, lastEventTime: Timestamp?, coverage: [CoverageInterval],
    integrity: IntegritySummary? = nil
  ) {
    self.files = files
    self.bytes = bytes
    self.records = records
    self.codecommitRecords = codecommitRecords
    self.duplicates = duplicates
    self.unreadable = unreadable
    self.firstEventTime = firstEventTime
    self.lastEventTime = lastEventTime
    self.coverage = coverage
    self.integrity = integrity
  }
}

/// A stretch of time that the trail is known to describe, without the delivery lag taken off.
public typealias CoverageInterval = Coverage.Interval

/// One clone that was read as evidence.
public struct CloneSummary: Sendable {
  public var path: String
  public var bare: Bool
  public var complete: Bool
  /// `shallow`, `missing objects` ...
  public var incompleteReason: String?
  /// The remote that is this repository, as `NAME URL` without credentials.
  public var remote: String?
  public var lastFetch: LastFetch?
  /// How many refs the clone has.
  public var refs: Int
  /// Whether it was cut by depth, though another clone may have what lies below. No part of the document, as what follows.
  public var isShallow = false
  public var pushRoute = PushRoute.remote

  /// How a push of one ref gets from a clone to the repository.
  public enum PushRoute: Hashable, Sendable {
    /// Through its remote.
    case remote
    /// Through its remote, once that does not copy every ref of the clone.
    case mirror
    /// To this URL alone: through its remote it would go to `elsewhere`, or no remote of the clone is the repository.
    case url(String, elsewhere: String?)
  }

  public init(
    path: String, bare: Bool, complete: Bool, incompleteReason: String?, remote: String?, lastFetch: LastFetch?,
    refs: Int
  ) {
    self.path = path
    self.bare = bare
    self.complete = complete
    self.incompleteReason = incompleteReason
    self.remote = remote
    self.lastFetch = lastFetch
    self.refs = refs
  }

  public struct LastFetch: Hashable, Sendable {
    public var time: Timestamp
    /// What dates it: `reflog`, `fetch-head`, `file-time`, `content`, `stated`.
    public var by: Sighting.Dating

    public init(time: Timestamp, by: Sighting.Dating) {
      self.time = time
      self.by = by
    }
  }
}

/// A repository id's life: from its first record or creation to its deletion.
public struct Epoch: Hashable, Sendable {
  public var id: String
  public var start: Timestamp
  public var end: Timestamp?

  public init(id: String, start: Timestamp, end: Timestamp?) {
    self.id = id
    self.start = start
    self.end = end
  }

  /// An epoch that another one followed, in words.
  public static func former(end: Timestamp?, next: Timestamp) -> String {
    end.map { "the repository that was deleted at \($0)" } ?? "the repository that another one replaced at \(next)"
  }
}

/// One logged event that was refused: it moved nothing.
public struct AttemptReport: Sendable {
  public var eventID: String
  public var action: String
  public var time: Timestamp
  public var principal: Principal
  public var errorCode: String?
  public var references: [String]

  public init(
    eventID: String, action: String, time: Timestamp, principal: Principal, errorCode: String?, references: [String]
  ) {
    self.eventID = eventID
    self.action = action
    self.time = time
    self.principal = principal
    self.errorCode = errorCode
    self.references = references
  }
}

/// One logged read of the repository.
public struct PullReport: Sendable {
  public var eventID: String
  public var time: Timestamp
  public var principal: Principal
  public var sourceIPAddress: String
  public var userAgent: String
  public var dataTransferred: Bool
  public var shallow: Bool?
  /// The clone whose fetch it surely was.
  public var witness: Witness?

  public init(
    eventID: String, time: Timestamp, principal: Principal, sourceIPAddress: String, userAgent: String,
    dataTransferred: Bool, shallow: Bool?, witness: Witness? = nil
  ) {
    self.eventID = eventID
    self.time = time
    self.principal = principal
    self.sourceIPAddress = sourceIPAddress
    self.userAgent = userAgent
    self.dataTransferred = dataTransferred
    self.shallow = shallow
    self.witness = witness
  }

  /// A fetch that a clone's own files tell of.
  public struct Witness: Hashable, Sendable {
    /// As `clones[].path`.
    public var clone: String
    /// By the clone's clock.
    public var time: Timestamp
    /// What the fetch showed of the server's refs, as far as the clone still tells; sorted.
    public var tips: [ObjectID]

    public init(clone: String, time: Timestamp, tips: [ObjectID]) {
      self.clone = clone
      self.time = time
      self.tips = tips
    }
  }
}

/// Counts over the updates in scope, and the result that the exit code says.
public struct Summary: Sendable {
  public var pushes: Int
  public var updates: Int
  /// How many updates have each transition, verdict; how many findings each rule. Zero counts are left out.
  public var byTransition: [Transition: Int]
  public var byVerdict: [Verdict: Int]
  public var byRule: [Rule: Int]
  public var result: Result

  public init(
    pushes: Int, updates: Int, byTransition: [Transition: Int], byVerdict: [Verdict: Int], byRule: [Rule: Int],
    result: Result
  ) {
    self.pushes = pushes
    self.updates = updates
    self.byTransition = byTransition
    self.byVerdict = byVerdict
    self.byRule = byRule
    self.result = result
  }

  /// `unverifiable`: nothing failed, but something in scope is unknown that could hide a failure.
  public enum Result: String, Sendable {
    case pass, fail, unverifiable
  }
}

/// Which commit ids a report lists; counts are always whole.
public enum CommitListing: String, Sendable, CaseIterable {
  /// Those that are exactly attributed, and removed ones.
  case exact
  case all
  /// None.
  case count
}
