internal import PushModel
internal import RefLedger

/// `trail-tampered`, `trail-file-absent`, `trail-gap`, `trail-unlisted`: what the trail's own digest files say against it;
/// and `evidence-incomplete` for what of them could not be checked.
struct TrailIntegrityRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    guard let integrity = judgement.evidence.integrity else { return [] }
    return integrity.problems.map { finding($0, judgement) }
      + integrity.unchecked.map { what in
        Finding(
          rule: .evidenceIncomplete, severity: .warning,
          message: "the trail's digest files are not checked whole: \(what)",
          countsAsUnknown: true)
      }
  }

  private func finding(_ problem: IntegrityEvidence.Problem, _ judgement: Judgement) -> Finding {
    var evidence = problem.files.prefix(Self.listedFiles).map { $0 }
    if problem.files.count > Self.listedFiles { evidence.append("and \(problem.files.count - Self.listedFiles) more") }
    var message = problem.message
    if let blind = problem.blind {
      message += "; what moved from \(blind.lowerBound) to \(blind.upperBound) may not be in the trail"
    }
    return Finding(
      rule: problem.rule, severity: problem.severity, message: message, evidence: evidence,
      settle: problem.settle.map { [$0] } ?? [], countsAsUnknown: counts(problem, judgement))
  }

  private static let listedFiles = 20

  /// A time of which nothing is known may hide any push, also one that a later push undid.
  private func counts(_ problem: IntegrityEvidence.Problem, _ judgement: Judgement) -> Bool {
    guard problem.severity < .error else { return false }
    if problem.isRestedOn { return true }
    guard let blind = problem.blind else { return false }
    // What lies before the repository, or before anything that the trail tells, is no part of what is judged.
    if let start = judgement.ledger.created ?? judgement.evidence.trailStart, blind.upperBound < start { return false }
    return judgement.options.since.map { $0 <= blind.upperBound } ?? true
      && judgement.options.until.map { blind.lowerBound <= $0 } ?? true
  }
}
