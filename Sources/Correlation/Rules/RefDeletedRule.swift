internal import PushModel

/// `ref-deleted`: a deletion that took commits off the server's refs.
struct RefDeletedRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.updatesInScope { $0.transition == .deleted && $0.mergedBy == nil }
      .compactMap { finding($0, judgement) }
  }

  private func finding(_ update: UpdateJudgement, _ judgement: Judgement) -> Finding? {
    let report = update.report
    let event = judgement.event(of: update)
    let what = "\(Phrase.person(event.principal)) deleted \(report.ref.shorthand)"
    let at = report.before.tip.map { " at \($0.short)" } ?? ""
    if let removed = report.removed {
      guard removed.count > 0 else { return nil }
      if removed.upperBound {
        return Finding(
          rule: .refDeleted, severity: .note,
          message:
            "\(what)\(at): up to \(Phrase.count(removed.count, "commit")) may be \(Phrase.onNoRef(judgement.evidence)) any more; some refs' last known states are not in the clones",
          ref: report.ref, eventID: event.eventID, commits: removed.commits.map(\.id), evidence: [Phrase.event(event)],
          settle: SettleCommands(judgement).lookAtRefs(), isProtected: update.isProtected)
      }
      return Finding(
        rule: .refDeleted, severity: update.isProtected ? .error : .warning,
        message:
          "\(what)\(at): \(removed.incomplete ? "at least " : "")\(Phrase.count(removed.count, "commit")) removed (\(Phrase.survival(removed.commits, judgement.evidence)))",
        ref: report.ref, eventID: event.eventID, commits: removed.commits.map(\.id), evidence: [Phrase.event(event)],
        isProtected: update.isProtected)
    }
    // The old tip is in no clone. Where every ref's history is complete, it is in none of them either; but a tag's tip may
    // be a tag object, whose commit may well be.
    guard !report.ref.isTag, let tip = report.before.tip, !judgement.history.isKnown(tip),
      judgement.current.isNowhere(tip)
    else { return nil }
    return Finding(
      rule: .refDeleted, severity: update.isProtected ? .error : .warning,
      message:
        "\(what)\(at): that commit is \(Phrase.onNoRef(judgement.evidence)) and in no clone\(SettleCommands(judgement).isGone(tip) ? ", nor on the server by its own word," : ",") and how many it took along is not known",
      ref: report.ref, eventID: event.eventID, commits: [tip], evidence: [Phrase.event(event)],
      settle: SettleCommands(judgement).lookFor([tip]), isProtected: update.isProtected)
  }
}
