internal import GitStore
internal import PushModel
internal import RefLedger

/// What became of an update's tip (DESIGN 4).
struct VerdictRule {
  var history: History
  let coverage: Coverage
  let refs: [RefKnowledge]
  var current: CurrentRefs
  var merges: MergedTips
  /// Whether some clone or listing shows every ref, tags too.
  let seesEverything: Bool

  struct Result {
    var verdict: Verdict
    var reason: UnknownReason?
    /// The item of the ref that dropped the tip, and how sure that is.
    var dropped: (item: Int, certainty: UpdateReport.DroppedBy.Certainty)?
    var elsewhere: Elsewhere?
    /// Index of the merging update in the ledger.
    var mergedBy: Int?
    /// The index of the sighting that shows a tip missing.
    var sighting: Int?
    /// Whether the tip may be missing without any logged event to explain it.
    var mayBeMissing = false
  }

  /// `knowledge` is what is known of the ref of that index, and `drops` where its tips were dropped.
  func judge(_ item: Int, of refIndex: Int, _ knowledge: RefKnowledge, _ drops: DropIndex) -> Result {
    let timeline = knowledge.timeline
    guard let tip = timeline.items[item].after, !timeline.isDeletion(item) else {
      return deletion(item, of: knowledge)
    }
    let relation = current.relation(of: tip, to: refIndex)
    let isHere = timeline.isTag ? history.hasObject(tip) : history.isPresent(tip)
    if relation == .inAll, isHere || isSeen(tip, knowledge) {
      return Result(verdict: .intact)
    }
    let dropped = relation == .inAll ? nil : drops.drop(of: tip, item: item)
    let mergedBy = merges.merge(of: tip)
    if dropped != nil || (relation != .inAll && wasSeenLacking(tip, after: item, in: timeline)) {
      if current.owner(of: tip, besides: refIndex) != nil {
        return Result(verdict: .keptElsewhere, dropped: dropped, mergedBy: mergedBy)
      }
      if let mergedBy { return Result(verdict: .merged, dropped: dropped, mergedBy: mergedBy) }
    }
    let doubt = uncertainty(of: item, in: timeline)
    // What was gone before the update that is met first without it was not that update's doing.
    if doubt == nil, let dropped, !timeline.holes.isEmpty,
      let sighting = proofOfAbsence(tip, after: item, of: knowledge),
      timeline.sightings[sighting].high <= timeline.groupOfItem[dropped.item]
    {
      return Result(verdict: .missing, sighting: sighting)
    }
    if doubt == nil, let dropped, mayHaveGone(tip, after: item, by: dropped.item, in: timeline) {
      return Result(verdict: .unverifiable, reason: .timeUnproven, mayBeMissing: true)
    }
    if doubt == nil, let dropped {
      let verdict: Verdict = timeline.isDeletion(dropped.item) ? .deleted : .overwritten
      return Result(
        verdict: verdict, dropped: dropped, elsewhere: relation == .unclear ? .unknown : elsewhere(tip, item, refIndex))
    }
    if doubt == nil, let sighting = proofOfAbsence(tip, after: item, of: knowledge) {
      return Result(verdict: .missing, sighting: sighting)
    }
    let reason = doubt ?? unverifiableReason(tip, item, knowledge, relation)
    return Result(
      verdict: .unverifiable, reason: reason,
      mayBeMissing: dropped == nil && mayBeMissing(tip, item, knowledge))
  }

  /// Whether another ref may have the tip: one whose state is not known, or one that was made where the trail has a gap.
  private func elsewhere(_ tip: ObjectID, _ item: Int, _ refIndex: Int) -> Elsewhere {
    guard current.isNowhere(tip, besides: refIndex) else { return .unknown }
    // What is in no clone may be a tag object: then its commit may be anywhere.
    if refs[refIndex].timeline.isTag, !history.isKnown(tip) { return .unknown }
    let pushed = refs[refIndex].timeline.items[item].time
    guard let end = coverage.effectiveEnd, end > pushed else { return .none }
    return coverage.separation(from: pushed, to: end) == .none || seesEverything ? Elsewhere.none : .unknown
  }

  private func isSeen(_ tip: ObjectID, _ knowledge: RefKnowledge) -> Bool {
    knowledge.timeline.sightings.contains { $0.value == .tip(tip) }
  }

  // MARK: - Deletions

  private func deletion(_ item: Int, of knowledge: RefKnowledge) -> Result {
    let timeline = knowledge.timeline
    let group = timeline.groupOfItem[item]
    // CodeCommit's own event of it: the ref was seen to go.
    if timeline.items[item].isShown { return Result(verdict: .intact) }
    if knowledge.lastKnown == [.none], timeline.sightings.contains(where: { $0.value == .none && $0.high > group }) {
      return Result(verdict: .intact)
    }
    if timeline.sightings.contains(where: { $0.value == .none && $0.low > group }) { return Result(verdict: .intact) }
    if item + 1 < timeline.items.count, beginsFromNone(item + 1, in: timeline) { return Result(verdict: .intact) }
    let reason: UnknownReason =
      switch knowledge.state {
      case .notTracked: .notTracked
      case .refNotFetched: .refNotFetched
      case .trailBehind: .trailBehind
      case .timeUnproven: .timeUnproven
      case .trailGap: .trailGap
      case .referencesOmitted: .referencesOmitted
      default: .notFetchedYet
      }
    return Result(verdict: .unverifiable, reason: reason)
  }

  /// Whether an update found no ref: by its own word, or in every course of events.
  private func beginsFromNone(_ item: Int, in timeline: RefTimeline) -> Bool {
    timeline.items[item].told == .none
      || (timeline.isBeforeKnown(item) && timeline.possible[item].allSatisfy { $0.before == .none })
  }

  // MARK: - Sightings that lack the tip

  private func wasSeenLacking(_ tip: ObjectID, after item: Int, in timeline: RefTimeline) -> Bool {
    let group = timeline.groupOfItem[item]
    // The latest are the likeliest.
    return timeline.sightings.reversed().contains { placed in
      placed.low > group
        && Relation(of: tip, to: CollectionOfOne(placed.value), isTag: timeline.isTag, history) == .inNone
    }
  }

  /// Whether a line that accuses nobody saw the ref without the tip before the update that is met first without it: then
  /// that update may have found it gone.
  private func mayHaveGone(
    _ tip: ObjectID, after item: Int, by dropping: Int, in timeline: RefTimeline
  ) -> Bool {
    timeline.sightings.contains { placed in
      placed.isContradiction && placed.low > timeline.groupOfItem[item] && placed.low <= timeline.groupOfItem[dropping]
        && Relation(of: tip, to: CollectionOfOne(placed.value), isTag: timeline.isTag, history) != .inAll
    }
  }

  /// A sighting after the push that lacks its tip, when every event in between would be logged and none explains it.
  private func proofOfAbsence(_ tip: ObjectID, after item: Int, of knowledge: RefKnowledge) -> Int? {
    let timeline = knowledge.timeline
    let group = timeline.groupOfItem[item]
    for (index, placed) in timeline.sightings.enumerated() where placed.low > group && placed.canAccuse {
      guard placed.start != nil,
        Relation(of: tip, to: CollectionOfOne(placed.value), isTag: timeline.isTag, history) == .inNone,
        coverage.isUnbroken(from: timeline.items[item].time, to: placed.end),
        !knowledge.mayHaveMovedUntold(from: timeline.items[item].time, to: placed.end),
        !mayExplain(tip, after: item, before: placed.high, in: timeline)
      else { continue }
      return index
    }
    return nil
  }

  /// Whether some logged update, as far as is known, may have dropped the tip.
  private func mayExplain(_ tip: ObjectID, after item: Int, before position: Int, in timeline: RefTimeline) -> Bool {
    for group in timeline.groups[timeline.groupOfItem[item]..<position] {
      for other in group where other != item {
        let value = timeline.items[other].target
        if timeline.mayBeDeletion(other) { return true }
        if other < item, timeline.groupOfItem[other] != timeline.groupOfItem[item] { continue }
        if Relation(of: tip, to: CollectionOfOne(value), isTag: timeline.isTag, history) != .inAll { return true }
      }
    }
    return false
  }

  // MARK: - Doubt

  /// Whether the tip may never have been on the ref.
  private func uncertainty(of item: Int, in timeline: RefTimeline) -> UnknownReason? {
    if timeline.mayBeDeletion(item) { return .possibleDeletion }
    if timeline.mayBeRefused(item) { return .race }
    return nil
  }

  private func mayBeMissing(_ tip: ObjectID, _ item: Int, _ knowledge: RefKnowledge) -> Bool {
    let timeline = knowledge.timeline
    // Where the last known state rests on a sighting that the ledger explains, only a logged push can have dropped it.
    guard knowledge.state == .reconciled, let latest = knowledge.latest else { return true }
    return latest.low <= timeline.groupOfItem[item] && !latest.isCertain
      && !knowledge.lastKnown.contains(latest.value)
  }

  private func unverifiableReason(
    _ tip: ObjectID, _ item: Int, _ knowledge: RefKnowledge, _ relation: Relation
  ) -> UnknownReason {
    let timeline = knowledge.timeline
    if knowledge.lastKnown.contains(.unknown(.referencesOmitted)) { return .referencesOmitted }
    switch knowledge.state {
    case .notTracked: return .notTracked
    case .trailBehind: return .trailBehind
    case .timeUnproven: return .timeUnproven
    case .trailGap: return .trailGap
    case .refNotFetched: return knowledge.visibility == .tracked ? .notFetchedYet : .refNotFetched
    case .unloggedUpdate: return .trailGap
    default: break
    }
    // What the ref was found to lack since, that push may have taken.
    if relation == .inNone, knowledge.mayHaveMovedUntold(from: timeline.items[item].time) { return .referencesOmitted }
    if timeline.mayBeReordered(item) { return .order }
    if relation == .inNone, let softness = timeline.softness(after: item) { return softness }
    let absent = knowledge.lastKnown.contains { value in value.tip.map { !history.isPresent($0) } ?? false }
    let seenAfterLast = timeline.sightings.contains { $0.high == timeline.groups.count }
    if absent, !seenAfterLast || knowledge.state == .cloneBehind { return .notFetchedYet }
    if knowledge.lastKnown.count > 1 {
      if timeline.lastRefusable > item { return .race }
      if timeline.lastPossibleDeletion > item { return .possibleDeletion }
      if knowledge.state == .cloneBehind { return .notFetchedYet }
      let isSeenInDoubt = timeline.sightings.contains(where: \.isContradiction)
      return timeline.finalValues.count > 1 && !isSeenInDoubt ? .order : .timeUnproven
    }
    if absent { return .tipAbsent }
    if !history.isPresent(tip), knowledge.lastKnown.allSatisfy({ $0.tip.map(history.isComplete) ?? true }) {
      return .tipAbsent
    }
    return .incompleteHistory
  }
}

/// Whether a tip is in the history of the values that a ref may have.
enum Relation: Hashable {
  case inAll
  case inNone
  /// Some have it and some do not, or it cannot be told.
  case unclear

  init(of tip: ObjectID, to values: some Collection<RefValue>, isTag: Bool, _ history: History) {
    var yes = 0
    var no = 0
    for value in values {
      switch value {
      case .none: no += 1
      case .unknown: break
      case .tip(let other):
        if other == tip {
          yes += 1
        } else if isTag {
          no += 1
        } else {
          switch history.contains(tip, in: other) {
          case .yes: yes += 1
          case .no: no += 1
          case .unknown: break
          }
        }
      }
    }
    if values.isEmpty {
      self = .unclear
    } else if yes == values.count {
      self = .inAll
    } else {
      self = no == values.count ? .inNone : .unclear
    }
  }
}
