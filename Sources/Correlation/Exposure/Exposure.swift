public import PushModel

/// Who may have a commit: how long it was on the server's refs, who read the repository meanwhile, and which clones
/// fetched it (DESIGN 7, "Exposure").
public struct Exposure: Sendable {
  public var commit: ObjectID
  /// In order of time.
  public var intervals: [Interval]
  /// Reads during any of the intervals, in order of time.
  public var reads: [Read]
  /// Clones that have it.
  public var clones: [Copy]
  /// How many reads by principals that the user left out.
  public var excluded: Int
  /// The trail holds no pull at all: who read the repository is not known.
  public var lacksPulls: Bool
  /// Refs whose last known state is in no clone or has an incomplete history: they may have it too.
  public var uncertainRefs: [RefName]
  /// Commits that the answer rests on.
  public var restsOn: [ObjectID]

  /// A stretch of time in which a ref had the commit, or may have had it.
  public struct Interval: Hashable, Sendable {
    public var ref: RefName
    /// Whether the ref surely had it, or may have had it only.
    public var certainty: Certainty
    /// `nil` where it was there before the trail begins.
    public var start: Timestamp?
    /// `nil` where it still is, as far as is known.
    public var end: Timestamp?
    /// The event that brought it.
    public var pushedBy: String?
    /// The event by which it was gone; `nil` with an `end` where only a sighting shows that.
    public var droppedBy: String?
  }

  /// A logged read that may have brought the commit to somebody.
  public struct Read: Sendable {
    public var eventID: String
    /// `GitPull`, or CodePipeline's `UploadArchive`.
    public var action: String
    public var time: Timestamp
    public var principal: Principal
    public var sourceIPAddress: String
    public var userAgent: String
    public var certainty: Certainty
    /// The clone whose fetch it was.
    public var clone: String?
  }

  public enum Certainty: String, Hashable, Sendable {
    /// The reader's clone shows that it got the commit.
    case confirmed
    /// A pull names no refs: it may have fetched others.
    case possible
  }

  public struct Copy: Hashable, Sendable {
    public var clone: String
    /// When it first fetched or pushed it, by its own clock; `nil` where its files do not tell.
    public var time: Timestamp?

    public init(clone: String, time: Timestamp?) {
      self.clone = clone
      self.time = time
    }
  }
}
