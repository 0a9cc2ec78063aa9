/// One fetch, pull or clone that a clone's own files tell of: its reflogs' lines of one second, or its FETCH_HEAD.
public struct CloneFetch: Hashable, Sendable {
  /// Index into the clones of the run.
  public var clone: Int
  /// The end of the transfer, by the clone's clock.
  public var time: Timestamp
  /// It made the clone: everything was transferred.
  public var isClone: Bool
  /// What it showed of the server's refs.
  public var tips: [RefName: ObjectID]
  /// Every id that it brought, also those that it asked for by id.
  public var ids: Set<ObjectID>
  /// The reflog lines, as they stand: a copy of the clone has the same.
  public var lines: Set<String>
  /// The evidence in words, with its place.
  public var evidence: String

  public init(
    clone: Int, time: Timestamp, isClone: Bool = false, tips: [RefName: ObjectID] = [:], ids: Set<ObjectID> = [],
    lines: Set<String> = [], evidence: String
  ) {
    self.clone = clone
    self.time = time
    self.isClone = isClone
    self.tips = tips
    self.ids = ids
    self.lines = lines
    self.evidence = evidence
  }
}
