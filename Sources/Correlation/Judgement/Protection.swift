internal import PushModel
internal import RefLedger

/// The refs that are protected without a policy (DESIGN 9): every branch that was the default at any time in the trail,
/// the clone's remote HEAD, `main`, `master`, and all tags.
struct Protection {
  private let branches: Set<RefName>

  init(evidence: Evidence) {
    branches = Set(evidence.ledger.defaultBranches + evidence.remoteHeads + [.branch("main"), .branch("master")])
  }

  func isProtected(_ ref: RefName) -> Bool { ref.isTag || branches.contains(ref) }
}
