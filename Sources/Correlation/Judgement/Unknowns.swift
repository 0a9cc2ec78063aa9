internal import PushModel
internal import RefLedger

/// Something in scope that could not be told, and whether it weighs (DESIGN 10): only if some possibility that stands
/// makes a finding at or above `--fail-on`.
struct Unknown {
  /// `the transition`, `the fate`, `the state`: of what.
  var subject: String
  var ref: RefName
  var isProtected: Bool
  var reason: UnknownReason
  var eventID: String?
  var tip: ObjectID?
  var time: Timestamp?
  var counts: Bool
  /// It may hide something, and the next run, with the trail's next files, judges it.
  var isPostponed = false
}

/// Gathers the unknowns of a judgement.
struct Unknowns {
  /// How far a sighting may be past coverage, and a push old, before the next run should have judged it, in seconds.
  static let grace: Int64 = 3600

  private let judgement: Judgement

  init(_ judgement: Judgement) { self.judgement = judgement }

  func all() -> [Unknown] {
    judgement.updatesInScope { transition, verdict in
      transition == .unknown || transition == .deleted || verdict == .unverifiable
    }.flatMap { transition($0) + verdict($0) + removal($0) }
      + judgement.refs.flatMap { state($0) + audit($0) }
  }

  /// The gravest finding that a ref's movement can make.
  private func gravest(_ isProtected: Bool) -> Severity { isProtected ? .error : .warning }

  private func weighs(_ severity: Severity) -> Bool { severity >= judgement.options.failOn }

  private func unknown(
    _ subject: String, _ update: UpdateJudgement, _ reason: UnknownReason, counts: Bool, tip: ObjectID? = nil
  ) -> Unknown {
    let event = judgement.event(of: update)
    return Unknown(
      subject: subject, ref: update.report.ref, isProtected: update.isProtected, reason: reason,
      eventID: event.eventID, tip: tip, time: event.time, counts: counts)
  }

  private func transition(_ update: UpdateJudgement) -> [Unknown] {
    guard update.report.transition == .unknown, let reason = update.report.reason else { return [] }
    var counts = update.mayAccuse && !update.opensSpan && weighs(gravest(update.isProtected))
    if reason == .possibleDeletion, counts, isHarmlessDeletion(update) { counts = false }
    let isPostponed = reason == .trailBehind && counts && isWithinGrace(update)
    let tip = reason == .tipAbsent ? update.report.after : nil
    var result = unknown("the transition", update, reason, counts: counts && !isPostponed, tip: tip)
    result.isPostponed = isPostponed
    return [result]
  }

  /// Whether the deletion that the update may have been took nothing away: some ref has its tip for certain.
  private func isHarmlessDeletion(_ update: UpdateJudgement) -> Bool {
    let timeline = judgement.refs[update.ref].timeline
    guard timeline.mayBeDeletion(update.item), let tip = timeline.items[update.item].after else { return false }
    return !update.report.ref.isTag && judgement.current.owner(of: tip) != nil
  }

  private func verdict(_ update: UpdateJudgement) -> [Unknown] {
    guard update.report.verdict == .unverifiable, let reason = update.report.verdictReason,
      let tip = update.report.after
    else { return [] }
    var counts = weighs(update.mayBeMissing ? .error : gravest(update.isProtected))
    switch reason {
    case .notFetchedYet: counts = counts && !isInLastHour(judgement.ledger.pushes[update.push].time)
    case .trailBehind: counts = counts && !isWithinGrace(update)
    default: break
    }
    let absent = judgement.history.isPresent(tip) ? nil : tip
    return [unknown("the fate", update, reason, counts: counts, tip: absent)]
  }

  private func isInLastHour(_ time: Timestamp) -> Bool {
    judgement.coverage.end.map { time >= $0 - Self.grace } ?? false
  }

  private func isWithinGrace(_ update: UpdateJudgement) -> Bool {
    isWithinGrace(judgement.refs[update.ref])
  }

  /// Whether the next run judges it: the sighting is at most an hour past coverage, and the ref is unprotected or still
  /// has the ledger's tip.
  private func isWithinGrace(_ knowledge: RefKnowledge) -> Bool {
    guard let end = judgement.coverage.end, let latest = knowledge.latest else { return false }
    guard latest.sighting.latest <= end + Self.grace else { return false }
    return !knowledge.isProtected || containsLedgerTip(latest, knowledge)
  }

  private func containsLedgerTip(_ placed: PlacedSighting, _ knowledge: RefKnowledge) -> Bool {
    guard let tip = knowledge.ledgerTip else { return knowledge.timeline.items.isEmpty }
    return Relation(of: tip, to: [placed.value], isTag: knowledge.ref.isTag, judgement.history) == .inAll
  }

  private func removal(_ update: UpdateJudgement) -> [Unknown] {
    guard update.report.transition == .deleted, update.report.mergedBy == nil else { return [] }
    let counts = weighs(gravest(update.isProtected)) && !update.opensSpan
    if let removed = update.report.removed {
      guard removed.upperBound, removed.count > 0 else { return [] }
      return [unknown("what was removed", update, .notFetchedYet, counts: counts)]
    }
    guard let tip = update.report.before.tip, !judgement.history.isPresent(tip) else { return [] }
    guard update.report.ref.isTag || !judgement.current.isNowhere(tip) else { return [] }
    return [unknown("what was removed", update, .tipAbsent, counts: counts, tip: tip)]
  }

  // MARK: - Refs

  private func state(_ knowledge: RefKnowledge) -> [Unknown] {
    let reason: UnknownReason
    var counts = true
    switch knowledge.state {
    case .trailBehind:
      reason = .trailBehind
      counts = knowledge.isProtected && !isWithinGrace(knowledge)
    case .timeUnproven:
      reason = .timeUnproven
      counts = knowledge.latest?.canAccuse ?? false
    case .trailGap: reason = .trailGap
    default: return []
    }
    return [
      Unknown(
        subject: "the state", ref: knowledge.ref, isProtected: knowledge.isProtected, reason: reason, eventID: nil,
        tip: nil, time: knowledge.latest?.sighting.latest, counts: counts)
    ]
  }

  /// `--audit-from`: every protected ref must have a known state at that time.
  private func audit(_ knowledge: RefKnowledge) -> [Unknown] {
    guard let time = judgement.options.auditFrom, knowledge.isProtected else { return [] }
    let timeline = knowledge.timeline
    let position = timeline.groups.partitioningIndex { timeline.items[$0.lowerBound].time > time }
    let values = timeline.values(atPosition: position)
    let isSightedBefore = timeline.sightings.contains { $0.end <= time }
    let isCovered = judgement.coverage.effectiveEnd.map { time <= $0 } ?? false
    let isKnown =
      isCovered && !values.isEmpty && values.allSatisfy { !$0.isUnknown }
      && (position > 0 || isSightedBefore || judgement.ledger.created != nil)
    guard !isKnown else { return [] }
    return [
      Unknown(
        subject: "the state at \(time)", ref: knowledge.ref, isProtected: true, reason: .beforeUnknown, eventID: nil,
        tip: nil, time: time, counts: true)
    ]
  }
}
