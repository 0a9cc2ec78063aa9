internal import PushModel
internal import RefLedger

/// `unlogged-update` and `unlogged-push`: a ref moved, or a clone pushed, and no record tells.
struct UnloggedUpdateRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.refs.flatMap { knowledge in
      holes(of: knowledge, in: judgement) + sightings(of: knowledge, in: judgement)
    }
  }

  /// Contradictions inside the ledger: an event's own word, or a sighting, that no possible tip explains.
  private func holes(of knowledge: RefKnowledge, in judgement: Judgement) -> [Finding] {
    let timeline = knowledge.timeline
    return timeline.holes.compactMap { hole in
      guard judgement.coverage.isUnbroken(from: hole.start, to: hole.end), judgement.isInScope(hole.end) else {
        return nil
      }
      var evidence: [String] = []
      var tip: ObjectID?
      var eventID: String?
      if let item = hole.item {
        let update = judgement.updates[timeline.items[item].update]
        let event = judgement.event(of: update)
        evidence.append(Phrase.event(event))
        eventID = event.eventID
        if case .tip(let told) = timeline.items[item].told { tip = told }
      } else if let sighting = hole.sighting {
        evidence.append(sighting.evidence)
        if case .tip(let seen) = sighting.value { tip = seen }
      }
      return finding(
        knowledge, from: hole.start, to: hole.end, tip: tip, eventID: eventID, evidence: evidence, in: judgement)
    }
  }

  /// A latest sighting that differs, where the ledger has no contradiction of its own.
  private func sightings(of knowledge: RefKnowledge, in judgement: Judgement) -> [Finding] {
    let timeline = knowledge.timeline
    guard knowledge.state == .unloggedUpdate, timeline.holes.isEmpty, let latest = knowledge.latest else {
      return loneReflogLines(of: knowledge, in: judgement)
    }
    let since =
      latest.low > 0
      ? timeline.items[timeline.groups[latest.low - 1].upperBound - 1].time
      : judgement.ledger.created ?? latest.sighting.latest
    var tip: ObjectID?
    if case .tip(let seen) = latest.sighting.value { tip = seen }
    return [
      finding(
        knowledge, from: since, to: latest.end, tip: tip, eventID: nil, evidence: [latest.sighting.evidence],
        in: judgement)
    ]
  }

  private func finding(
    _ knowledge: RefKnowledge, from start: Timestamp, to end: Timestamp, tip: ObjectID?, eventID: String?,
    evidence: [String], in judgement: Judgement
  ) -> Finding {
    let isVouched = judgement.coverage.isVouchedFor(from: start, to: end)
    let what = tip.map { "was at \($0.short)" } ?? "was absent"
    var message =
      "\(knowledge.ref.shorthand) \(what) between \(start) and \(end), and no record tells how it came there"
    if !isVouched { message += "; a trail file that was never copied here would explain it" }
    return Finding(
      rule: .unloggedUpdate, severity: isVouched ? .error : .warning, message: message, ref: knowledge.ref,
      eventID: eventID, commits: tip.map { [$0] } ?? [], evidence: evidence,
      settle: isVouched ? [] : SettleCommands(judgement).trail(from: start, to: end), countsAsUnknown: !isVouched,
      isProtected: knowledge.isProtected)
  }

  /// A reflog line with a tip that the ledger never held on that ref: alone it accuses nobody, clocks and re-pointed
  /// remotes being what they are.
  private func loneReflogLines(of knowledge: RefKnowledge, in judgement: Judgement) -> [Finding] {
    let timeline = knowledge.timeline
    guard !timeline.items.isEmpty, !timeline.initialValues.contains(where: \.isUnknown) || timeline.items.count > 1
    else { return [] }
    var findings: [Finding] = []
    var told: Set<ObjectID> = []
    for placed in timeline.sightings where !placed.canAccuse {
      guard case .tip(let tip) = placed.value, placed.low > 0,
        judgement.coverage.isUnbroken(
          from: timeline.items[timeline.groups[placed.low - 1].upperBound - 1].time, to: placed.end),
        judgement.isInScope(placed.sighting.latest),
        !timeline.items.contains(where: { $0.after == tip || $0.told == .tip(tip) }),
        !timeline.valuesAfter.contains(where: { $0.contains { $0.isUnknown } }),
        !timeline.initialValues.contains(.tip(tip)), told.insert(tip).inserted
      else { continue }
      let isPush = placed.sighting.source == .reflogPush
      findings.append(
        Finding(
          rule: isPush ? .unloggedPush : .unloggedUpdate, severity: .warning,
          message:
            "a clone's reflog has \(knowledge.ref.shorthand) at \(tip.short), where no record ever put it"
            + (isPush ? " (update by push)" : ""), ref: knowledge.ref, commits: [tip],
          evidence: [placed.sighting.evidence], isProtected: knowledge.isProtected))
    }
    return findings
  }
}
