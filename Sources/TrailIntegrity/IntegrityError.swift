/// Why a trail's integrity could not be looked at; what does not hold in it is a problem of the report.
public struct IntegrityError: Error, Equatable, Sendable {
  /// One sentence, with the path that it is about.
  public var message: String
  /// What the user can do.
  public var hints: [String]

  public init(_ message: String, hints: [String] = []) {
    self.message = message
    self.hints = hints
  }
}
