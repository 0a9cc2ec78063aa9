internal import PushModel
internal import RefLedger

/// `unlogged-update`: CodeCommit's own event says that a ref moved, and no record does (DESIGN 2.7).
struct UnjoinedChangeRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.ledger.unjoined.compactMap { unjoined in
      let change = unjoined.change
      // Its record may bear a time on either side.
      let start = change.time - Ledger.stateChangeWindow
      let end = change.time + Ledger.stateChangeWindow
      guard !unjoined.isExplained, judgement.isInScope(change.time),
        judgement.coverage.isUnbroken(from: start, to: end)
      else { return nil }
      let isVouched = judgement.coverage.isVouchedFor(from: start, to: end)
      var message =
        "\(change.ref.shorthand) \(what(change)) at \(change.time), as CodeCommit's own event tells, and no record does"
      if !isVouched { message += "; a trail file that was never copied here would explain it" }
      return Finding(
        rule: .unloggedUpdate, severity: isVouched ? .error : .warning, message: message, ref: change.ref,
        commits: (change.after ?? before(change)).map { [$0] } ?? [], evidence: [change.description],
        settle: isVouched ? [] : SettleCommands(judgement).trail(from: start, to: end), countsAsUnknown: !isVouched,
        isProtected: judgement.refIndex[change.ref].map { judgement.refs[$0].isProtected } ?? false)
    }
  }

  private func before(_ change: StateChange) -> ObjectID? {
    if case .tip(let old) = change.before { old } else { nil }
  }

  private func what(_ change: StateChange) -> String {
    let old = before(change)
    guard let after = change.after else { return "was deleted" + (old.map { " (it was at \($0.short))" } ?? "") }
    if let old { return "moved from \(old.short) to \(after.short)" }
    return change.before == .none ? "was created at \(after.short)" : "moved to \(after.short)"
  }
}
