internal import PushModel
internal import RefLedger

/// Something in scope that could not be told, and whether it weighs (DESIGN 10): only if some possibility that stands
/// makes a finding at or above `--fail-on`.
struct Unknown {
  var subject: Subject
  /// Index into `Judgement.refs`.
  var ref: Int
  var isProtected: Bool
  var reason: UnknownReason
  /// The push whose update it is.
  var push: Int?
  var tip: ObjectID?
  var time: Timestamp?
  var counts: Bool
  /// It may hide something, and the next run, with the trail's next files, judges it.
  var isPostponed = false

  /// Of what.
  enum Subject: Hashable {
    case transition, fate, removed, state
    case stateAt(Timestamp)

    var words: String {
      switch self {
      case .transition: "the transition"
      case .fate: "the fate"
      case .removed: "what was removed"
      case .state: "the state"
      case .stateAt(let time): "the state at \(time)"
      }
    }
  }
}

/// Gathers the unknowns of a judgement.
struct Unknowns {
  /// How far a sighting may be past coverage, and a push old, before the next run should have judged it, in seconds.
  static let grace: Int64 = 3600

  private let judgement: Judgement

  init(_ judgement: Judgement) { self.judgement = judgement }

  /// Those that weigh, or would if the next run did not judge them.
  func all() -> [Unknown] {
    var found: [Unknown] = []
    func add(_ unknown: Unknown?) {
      if let unknown, unknown.counts || unknown.isPostponed { found.append(unknown) }
    }
    for index in judgement.scope {
      let update = Update(index, judgement)
      add(transition(update))
      add(verdict(update))
      add(removal(update))
    }
    for (ref, knowledge) in judgement.refs.enumerated() {
      add(state(knowledge, ref))
      add(audit(knowledge, ref))
    }
    return found
  }

  /// An update, with what is looked at of every one.
  private struct Update {
    let index: Int
    let outcome: UpdateOutcome
    let knowledge: RefKnowledge

    init(_ index: Int, _ judgement: Judgement) {
      self.index = index
      outcome = judgement.outcomes[index]
      knowledge = judgement.refs[Int(outcome.ref)]
    }

    var item: Int { Int(outcome.item) }
    var isProtected: Bool { knowledge.isProtected }
    var opensSpan: Bool { item == 0 }
    var after: ObjectID? {
      knowledge.timeline.isDeletion(item) ? nil : knowledge.timeline.items[item].after
    }
    var before: ObjectID? { Befores(timeline: knowledge.timeline).report(item).tip }
  }

  /// The gravest finding that a ref's movement can make.
  private func gravest(_ isProtected: Bool) -> Severity { isProtected ? .error : .warning }

  private func weighs(_ severity: Severity) -> Bool { severity >= judgement.options.failOn }

  private func unknown(
    _ subject: Unknown.Subject, _ update: Update, _ reason: UnknownReason, counts: Bool, tip: ObjectID? = nil
  ) -> Unknown {
    Unknown(
      subject: subject, ref: Int(update.outcome.ref), isProtected: update.isProtected, reason: reason,
      push: judgement.ledger.updates[update.index].push, tip: tip, time: judgement.ledger.updates[update.index].time,
      counts: counts)
  }

  private func transition(_ update: Update) -> Unknown? {
    guard update.outcome.transition == .unknown, let reason = update.outcome.reason else { return nil }
    var counts = update.outcome.mayAccuse && !update.opensSpan && weighs(gravest(update.isProtected))
    if reason == .possibleDeletion, counts, isHarmlessDeletion(update) { counts = false }
    let isPostponed = reason == .trailBehind && counts && isWithinGrace(update.knowledge)
    let tip = reason == .tipAbsent ? update.after : nil
    var result = unknown(.transition, update, reason, counts: counts && !isPostponed, tip: tip)
    result.isPostponed = isPostponed
    return result
  }

  /// Whether all that speaks against the update is that it may have been a deletion, which took nothing away: some ref has
  /// its tip for certain.
  private func isHarmlessDeletion(_ update: Update) -> Bool {
    let timeline = update.knowledge.timeline
    guard timeline.mayBeDeletion(update.item), let tip = timeline.items[update.item].after else { return false }
    return !timeline.isTag && judgement.current.owner(of: tip) != nil
      && !timeline.possible[update.item].contains { mayForce($0, to: tip) }
  }

  private func mayForce(_ step: Step, to tip: ObjectID) -> Bool {
    guard step.outcome == .applied, case .tip(let before) = step.before else { return false }
    return Relation(of: before, to: CollectionOfOne(.tip(tip)), isTag: false, judgement.history) != .inAll
  }

  private func verdict(_ update: Update) -> Unknown? {
    guard update.outcome.verdict == .unverifiable, let reason = update.outcome.verdictReason,
      let tip = update.after
    else { return nil }
    var counts = weighs(update.outcome.mayBeMissing ? .error : gravest(update.isProtected))
    switch reason {
    case .notFetchedYet: counts = counts && !isInLastHour(judgement.ledger.updates[update.index].time)
    case .trailBehind: counts = counts && !isWithinGrace(update.knowledge)
    default: break
    }
    return unknown(
      .fate, update, reason, counts: counts, tip: judgement.history.isPresent(tip) ? nil : tip)
  }

  private func isInLastHour(_ time: Timestamp) -> Bool {
    judgement.coverage.end.map { time >= $0 - Self.grace } ?? false
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

  private func removal(_ update: Update) -> Unknown? {
    guard update.outcome.transition == .deleted, update.outcome.mergedBy == nil else { return nil }
    let counts = weighs(gravest(update.isProtected)) && !update.opensSpan
    if let removed = judgement.removed[update.index] {
      guard removed.upperBound, removed.count > 0 else { return nil }
      return unknown(.removed, update, .notFetchedYet, counts: counts)
    }
    guard let tip = update.before, !judgement.history.isPresent(tip) else { return nil }
    guard update.knowledge.timeline.isTag || !judgement.current.isNowhere(tip) else { return nil }
    return unknown(.removed, update, .tipAbsent, counts: counts, tip: tip)
  }

  // MARK: - Refs

  private func state(_ knowledge: RefKnowledge, _ ref: Int) -> Unknown? {
    let reason: UnknownReason
    var counts = true
    switch knowledge.state {
    case .trailBehind:
      reason = .trailBehind
      counts = knowledge.isProtected && !isWithinGrace(knowledge)
    case .timeUnproven:
      reason = .timeUnproven
      // What it saw contradicts the log whatever its clock says.
      counts = knowledge.latest.map { $0.canAccuse || (knowledge.isProtected && $0.isTimeDoubtful) } ?? false
    case .trailGap: reason = .trailGap
    default:
      guard mayHaveBeenMadeAgain(knowledge) else { return nil }
      reason = .timeUnproven
    }
    return Unknown(
      subject: .state, ref: ref, isProtected: knowledge.isProtected, reason: reason, push: nil, tip: nil,
      time: knowledge.latest?.sighting.latest, counts: counts)
  }

  /// Whether a protected branch is gone by the log, and a clone whose time nothing proves has it: it may have looked later.
  private func mayHaveBeenMadeAgain(_ knowledge: RefKnowledge) -> Bool {
    let timeline = knowledge.timeline
    guard knowledge.isProtected, knowledge.ref.isBranch, timeline.finalValues == [.none] else { return false }
    if knowledge.lastKnown.contains(where: { $0.tip != nil }) { return true }
    // Where somebody saw it gone, such a clone is thought to be the older one.
    return !timeline.wasSeenLast(at: .none)
      && timeline.sightings.contains { $0.isUndated && $0.high == timeline.groups.count && $0.value.tip != nil }
  }

  /// `--audit-from`: every protected ref must have a known state at that time.
  private func audit(_ knowledge: RefKnowledge, _ ref: Int) -> Unknown? {
    guard let time = judgement.options.auditFrom, knowledge.isProtected else { return nil }
    let timeline = knowledge.timeline
    let position = timeline.groups.partitioningIndex { timeline.items[$0.lowerBound].time > time }
    let values = timeline.values(atPosition: position)
    let isSightedBefore = timeline.sightings.contains { $0.end <= time }
    let isCovered = judgement.coverage.contains(time) && judgement.coverage.effectiveEnd.map { time <= $0 } ?? false
    let isKnown =
      isCovered && !values.isEmpty && values.allSatisfy { !$0.isUnknown }
      && (position > 0 || isSightedBefore || judgement.ledger.created != nil)
    guard !isKnown else { return nil }
    return Unknown(
      subject: .stateAt(time), ref: ref, isProtected: true, reason: .beforeUnknown, push: nil, tip: nil, time: time,
      counts: true)
  }
}
