public import Correlation

/// The exit codes of DESIGN 10, for every command.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Verified: nothing at or above `--fail-on`.
  case verified = 0
  /// Findings at or above `--fail-on`.
  case findings = 1
  /// Bad input, no clone, no record of the repository.
  case couldNotRun = 2
  /// Nothing failed, but something in scope is unknown that could hide a failure.
  case unverifiable = 3
  case usage = 64

  /// What `verify` and `report` exit with.
  ///
  /// `allowsUnverifiable` forgives what could not be checked; it never forgives a finding.
  public init(_ result: Summary.Result, allowsUnverifiable: Bool) {
    self =
      switch result {
      case .pass: .verified
      case .fail: .findings
      case .unverifiable: allowsUnverifiable ? .verified : .unverifiable
      }
  }
}
