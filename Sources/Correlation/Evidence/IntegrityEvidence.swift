public import PushModel

/// What does not hold of the trail by its own digest files, for the repository's account and region.
public struct IntegrityEvidence: Sendable {
  /// Each is one finding.
  public var problems: [Problem]
  /// What should have been checked and could not be, in words.
  public var unchecked: [String]

  public init(problems: [Problem], unchecked: [String]) {
    self.problems = problems
    self.unchecked = unchecked
  }

  public struct Problem: Sendable {
    public var rule: Rule
    public var severity: Severity
    /// One sentence.
    public var message: String
    /// Local paths, or S3 names of what is not here.
    public var files: [String]
    /// When events may have happened of which this leaves nothing known; `nil` where it hides none.
    public var blind: ClosedRange<Timestamp>?
    /// Whether what is judged rests on it: records that no digest file bears out.
    public var isRestedOn: Bool
    public var settle: String?

    public init(
      rule: Rule, severity: Severity, message: String, files: [String], blind: ClosedRange<Timestamp>? = nil,
      isRestedOn: Bool = false, settle: String? = nil
    ) {
      self.rule = rule
      self.severity = severity
      self.message = message
      self.files = files
      self.blind = blind
      self.isRestedOn = isRestedOn
      self.settle = settle
    }
  }
}
