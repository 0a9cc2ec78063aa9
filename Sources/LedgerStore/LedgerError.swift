/// Why a ledger could not be used. The message names the file.
public struct LedgerError: Error, Hashable, Sendable {
  /// What kind of trouble it is, for who can do something about it.
  public enum Kind: Hashable, Sendable {
    case absent, notALedger, newer, older, damaged, locked, full, readOnly, unreachable
    /// What was to be imported cannot be.
    case input
    case other
  }

  public var kind: Kind
  public var message: String
  public var hints: [String]

  public init(_ kind: Kind, _ message: String, hints: [String] = []) {
    self.kind = kind
    self.message = message
    self.hints = hints
  }
}
