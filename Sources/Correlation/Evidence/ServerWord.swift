public import PushModel

/// What the server itself was asked of commits, and the repository to ask more of it.
public struct ServerWord: Sendable {
  /// How many commits it told of.
  public var commits = 0
  /// Ids that it says it does not have.
  public var gone: Set<ObjectID> = []
  public var repositoryName: String?

  public init() {}

  public init(_ answers: ServerCommits, repositoryName: String?) {
    commits = answers.commits.count
    gone = answers.gone
    self.repositoryName = repositoryName
  }
}
