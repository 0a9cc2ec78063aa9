/// The server's own word on commits: what `aws codecommit batch-get-commits` or `get-commit` answered.
public struct ServerCommits: Sendable {
  public struct Commit: Hashable, Sendable {
    public var id: ObjectID
    /// In order; empty for a root.
    public var parents: [ObjectID]
    public var committed: Timestamp

    public init(id: ObjectID, parents: [ObjectID], committed: Timestamp) {
      self.id = id
      self.parents = parents
      self.committed = committed
    }
  }

  /// Each once, sorted by id.
  public var commits: [Commit] = []
  /// Ids that the server says it does not have. One that a later answer has is not among them.
  public var gone: Set<ObjectID> = []
  /// By commit, the file that told of it.
  public var files: [ObjectID: String] = [:]

  public init() {}
}
