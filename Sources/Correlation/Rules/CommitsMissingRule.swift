internal import PushModel
internal import RefLedger

/// `commits-missing`: a pushed tip that its ref lacks, though no logged event took it away. The gravest finding.
struct CommitsMissingRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.updatesInScope { $0.verdict == .missing }.compactMap { update in
      guard let sighting = update.missingFrom, let tip = update.report.after else { return nil }
      let placed = judgement.refs[update.ref].timeline.sightings[sighting]
      let event = judgement.event(of: update)
      let isVouched = judgement.coverage.isVouchedFor(from: event.time, to: placed.end)
      var message =
        "\(update.report.ref.shorthand) lacks \(tip.short), pushed by \(Phrase.person(event.principal)) at \(event.time), and no logged event took it away"
      if !isVouched { message += "; a trail file that was never copied here would explain it" }
      return Finding(
        rule: .commitsMissing, severity: isVouched ? .error : .warning, message: message, ref: update.report.ref,
        eventID: event.eventID, commits: [tip], evidence: [Phrase.event(event), placed.sighting.evidence],
        settle: isVouched ? [] : SettleCommands(judgement).trail(from: event.time, to: placed.end),
        countsAsUnknown: !isVouched, isProtected: update.isProtected)
    }
  }
}
