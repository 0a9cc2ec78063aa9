/// Somebody else's word on a ref: at some time within an interval the server had it at a tip, or did not have it.
///
/// DESIGN 7 lists who can say so. A sighting speaks for its own time only.
public struct Sighting: Hashable, Sendable {
  public var ref: RefName
  public var value: Value
  /// The interval's lower end; `nil` where only the content can tell (a tip was not seen before it was first pushed).
  public var earliest: Timestamp?
  /// The interval's upper end: the recorded time, a stated one, or the moment of the run.
  public var latest: Timestamp
  public var source: Source
  public var dating: Dating
  /// The clone that says it: an index into the clones of the run, or beyond them, of a clone that an earlier run saw and
  /// a ledger remembers; `nil` for files and events.
  public var clone: Int?
  /// The evidence in words, with its place: `FETCH_HEAD of /srv/clone`, a reflog line, an event's id.
  public var evidence: String
  /// What an annotated tag leads to, where the source tells.
  public var peeled: ObjectID?
  /// The recorded time of the fetch that saw it; with `clone` it tells which of `CloneFetch` that was.
  public var fetch: Timestamp?
  /// The reflog line that says it.
  public var logLine: LogLine?

  public init(
    ref: RefName, value: Value, earliest: Timestamp?, latest: Timestamp, source: Source, dating: Dating,
    clone: Int? = nil, evidence: String, peeled: ObjectID? = nil, fetch: Timestamp? = nil, logLine: LogLine? = nil
  ) {
    self.ref = ref
    self.value = value
    self.earliest = earliest
    self.latest = latest
    self.source = source
    self.dating = dating
    self.clone = clone
    self.evidence = evidence
    self.peeled = peeled
    self.fetch = fetch
    self.logLine = logLine
  }

  /// A line of a clone's reflog: those of one log stand in the order in which they were written.
  public struct LogLine: Hashable, Sendable {
    /// The local ref.
    public var log: RefName
    /// From 1.
    public var number: Int

    public init(log: RefName, number: Int) {
      self.log = log
      self.number = number
    }
  }

  public enum Value: Hashable, Sendable {
    case tip(ObjectID)
    case absent
  }

  public enum Source: String, Hashable, Sendable {
    case fetchHead = "fetch-head"
    case cloneFrom = "clone-from"
    /// A tracking ref's reflog entry of a fetch or pull by ref name.
    case reflogFetch = "reflog-fetch"
    /// A tracking ref's `update by push`: the server accepted the id, or had it already.
    case reflogPush = "reflog-push"
    /// A bare or mirror clone that was never fetched into: all its refs at one moment.
    case bareClone = "bare-clone"
    /// `git ls-remote` output.
    case refsSeen = "refs-seen"
    /// Another event of the trail that names the ref's tip.
    case event
  }

  /// What dates it.
  public enum Dating: String, Hashable, Sendable {
    case reflog
    /// FETCH_HEAD's own file time, which holds (it is newer than what git writes once).
    case fetchHead = "fetch-head"
    /// Another file's time (a `--refs-seen` file's).
    case fileTime = "file-time"
    /// Nothing but what it says: not before its tips were first pushed, not after the run.
    case content
    /// The user's word: `--fetched-at`, or a time stated for a `--refs-seen` file.
    case stated
    /// CloudTrail's clock.
    case event
    /// A clone's clock that an earlier run doubted, as a ledger remembers it: not after that run, and that is all.
    case doubtful
  }
}
