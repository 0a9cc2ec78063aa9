/// Which commit last changed each line of a file, as git tells it for one revision.
public struct FileBlame: Sendable {
  public var revision: ObjectID
  /// Within the repository.
  public var path: String
  /// Sorted by line.
  public var lines: [Line]
  public var commits: [ObjectID: Commit]

  public struct Line: Sendable {
    /// From 1.
    public var number: Int
    public var commit: ObjectID
    /// Without its line feed. Bytes that are no UTF-8 are replaced.
    public var text: String

    public init(number: Int, commit: ObjectID, text: String) {
      self.number = number
      self.commit = commit
      self.text = text
    }
  }

  /// What a commit claims of itself.
  public struct Commit: Sendable {
    public var authorName: String
    public var authorEmail: String
    public var authored: Timestamp
    public var committed: Timestamp

    public init(authorName: String, authorEmail: String, authored: Timestamp, committed: Timestamp) {
      self.authorName = authorName
      self.authorEmail = authorEmail
      self.authored = authored
      self.committed = committed
    }
  }

  public init(revision: ObjectID, path: String, lines: [Line] = [], commits: [ObjectID: Commit] = [:]) {
    self.revision = revision
    self.path = path
    self.lines = lines
    self.commits = commits
  }
}

/// Lines of a file, counted from 1; `end` is the last one's number, or `nil` for the file's end.
public struct LineRange: Hashable, Sendable {
  public var start: Int
  public var end: Int?

  public init(start: Int, end: Int?) {
    self.start = start
    self.end = end
  }
}
