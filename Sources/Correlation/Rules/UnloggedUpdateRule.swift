internal import PushModel
internal import RefLedger

/// `unlogged-update` and `unlogged-push`: a ref moved, or a clone pushed, and no record tells.
struct UnloggedUpdateRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.refs.flatMap { knowledge in
      holes(of: knowledge, in: judgement) + sightings(of: knowledge, in: judgement)
        + provenLines(of: knowledge, in: judgement)
    }
  }

  /// Contradictions inside the ledger: an event's own word, or a sighting, that no possible tip explains.
  private func holes(of knowledge: RefKnowledge, in judgement: Judgement) -> [Finding] {
    let timeline = knowledge.timeline
    return timeline.holes.compactMap { hole in
      if let source = hole.sighting?.source, [.reflogFetch, .reflogPush].contains(source) { return nil }
      // Said by a rule of its own.
      if let sighting = hole.sighting, UnjoinedChanges.made(sighting) { return nil }
      guard judgement.coverage.isUnbroken(from: hole.start, to: hole.end), judgement.isInScope(hole.end) else {
        return nil
      }
      var evidence: [String] = []
      var tip: ObjectID?
      var eventID: String?
      if let item = hole.item {
        let update = judgement.update(timeline.items[item].update)
        let event = judgement.event(of: update)
        evidence.append(Phrase.event(event))
        if let witness = judgement.ledger.witnesses[timeline.items[item].update] {
          evidence.append(witness.description)
        }
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
    guard knowledge.state == .unloggedUpdate, timeline.holes.isEmpty, let latest = knowledge.latest,
      !UnjoinedChanges.made(latest.sighting)
    else {
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

  /// Reflog lines that the log's own order proves: the tip was there between two updates of the ledger, and no record has
  /// it. One finding for each tip.
  private func provenLines(of knowledge: RefKnowledge, in judgement: Judgement) -> [Finding] {
    var told: Set<ObjectID> = []
    return knowledge.timeline.sightings.compactMap { placed in
      guard isProven(placed, judgement), let proof = placed.proof, case .tip(let tip) = placed.value,
        judgement.isInScope(placed.end), told.insert(tip).inserted
      else { return nil }
      return finding(
        knowledge, from: proof.since, to: placed.end, tip: tip, eventID: nil, evidence: [placed.sighting.evidence],
        isPush: placed.sighting.source == .reflogPush, in: judgement)
    }
  }

  private func isProven(_ placed: PlacedSighting, _ judgement: Judgement) -> Bool {
    guard let proof = placed.proof, placed.canAccuse else { return false }
    return judgement.coverage.isUnbroken(from: proof.since, to: placed.end)
      && !judgement.ledger.pushes.contains { push in
        push.omitted != nil && push.time >= proof.since - TimelineItem.orderSlack && push.time <= placed.end
      }
  }

  private func finding(
    _ knowledge: RefKnowledge, from start: Timestamp, to end: Timestamp, tip: ObjectID?, eventID: String?,
    evidence: [String], isPush: Bool = false, in judgement: Judgement
  ) -> Finding {
    let isVouched = judgement.coverage.isVouchedFor(from: start, to: end)
    let what = tip.map { "was at \($0.short)" } ?? "was absent"
    let cause =
      tip != nil
      ? "tells how it came there"
      : knowledge.timeline.items.isEmpty ? "agrees with that and with what else was seen of it" : "tells how it went"
    var message =
      "\(knowledge.ref.shorthand) \(what) between \(start) and \(end), and no record \(cause)"
      + (isPush ? ": a clone pushed it" : "")
    if !isVouched { message += "; a trail file that was never copied here would explain it" }
    return Finding(
      rule: isPush ? .unloggedPush : .unloggedUpdate, severity: isVouched ? .error : .warning, message: message,
      ref: knowledge.ref,
      eventID: eventID, commits: tip.map { [$0] } ?? [], evidence: evidence,
      settle: isVouched ? [] : SettleCommands(judgement).trail(from: start, to: end), countsAsUnknown: !isVouched,
      isProtected: knowledge.isProtected)
  }

  /// Reflog lines that no state at their time explains. With a tip that the ledger never held on that ref, one alone is a
  /// warning that accuses nobody; with one that it held at another time, it is a note on clocks.
  private func loneReflogLines(of knowledge: RefKnowledge, in judgement: Judgement) -> [Finding] {
    let timeline = knowledge.timeline
    var findings: [Finding] = []
    var told: Set<ObjectID> = []
    for placed in timeline.sightings where placed.isLoneLine && !isProven(placed, judgement) {
      guard case .tip(let tip) = placed.value, judgement.isInScope(placed.sighting.latest), !told.contains(tip) else {
        continue
      }
      let isHeld = timeline.items.contains { $0.after == tip || $0.told == .tip(tip) }
      let isContradiction =
        placed.isMisdated
        || (isCovered(placed, timeline, judgement)
          && (placed.isContradiction || !timeline.explains(placed)))
      guard isContradiction else { continue }
      told.insert(tip)
      // Said already, and with more weight.
      if isHeld, timeline.holes.contains(where: { $0.sighting?.value == .tip(tip) }) { continue }
      findings.append(
        isHeld ? clockNote(placed, tip, knowledge) : loneLine(placed, tip, knowledge, judgement))
    }
    return findings
  }

  /// Whether every record between the update before a sighting and the sighting would be here.
  private func isCovered(_ placed: PlacedSighting, _ timeline: RefTimeline, _ judgement: Judgement) -> Bool {
    let last =
      placed.low > 0
      ? timeline.items[timeline.groups[placed.low - 1].upperBound - 1].time : judgement.ledger.created
    guard let last else { return false }
    return judgement.coverage.isUnbroken(from: last, to: placed.end)
  }

  private func loneLine(
    _ placed: PlacedSighting, _ tip: ObjectID, _ knowledge: RefKnowledge, _ judgement: Judgement
  ) -> Finding {
    let isPush = placed.sighting.source == .reflogPush
    return Finding(
      rule: isPush ? .unloggedPush : .unloggedUpdate, severity: .warning,
      message:
        "a clone's reflog has \(knowledge.ref.shorthand) at \(tip.short), where no record ever put it"
        + (isPush ? " (update by push)" : ""), ref: knowledge.ref, commits: [tip],
      evidence: [placed.sighting.evidence],
      settle: SettleCommands(judgement).trail(
        from: placed.sighting.earliest ?? placed.sighting.latest, to: placed.sighting.latest), countsAsUnknown: true,
      isProtected: knowledge.isProtected)
  }

  private func clockNote(_ placed: PlacedSighting, _ tip: ObjectID, _ knowledge: RefKnowledge) -> Finding {
    Finding(
      rule: .unloggedUpdate, severity: .note,
      message:
        "a clone saw \(knowledge.ref.shorthand) at \(tip.short) at a time when, by the log, it was elsewhere: its clock is off, or a record is missing",
      ref: knowledge.ref, commits: [tip], evidence: [placed.sighting.evidence], isProtected: knowledge.isProtected)
  }
}
