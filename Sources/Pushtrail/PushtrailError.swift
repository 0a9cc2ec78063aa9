internal import LedgerStore

/// Why a run could not be made at all: bad input, no clone, no record of the repository. Never a verdict.
public struct PushtrailError: Error, Sendable, CustomStringConvertible {
  /// One sentence that names the file and the place.
  public var message: String
  /// What to do about it.
  public var hints: [String]

  public init(_ message: String, hints: [String] = []) {
    self.message = message
    self.hints = hints
  }

  init(_ error: LedgerError) { self.init(error.message, hints: error.hints) }

  public var description: String { message }
}
