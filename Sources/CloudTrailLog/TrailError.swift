/// Why a trail could not be read at all; what is merely unreadable in it is an `UnreadablePlace` of the reading.
public struct TrailError: Error, Equatable, Sendable {
  /// One sentence, with the path that it is about.
  public var message: String
  /// What the user can do.
  public var hints: [String]

  public init(message: String, hints: [String] = []) {
    self.message = message
    self.hints = hints
  }
}
