internal import GitStore
internal import PushModel
internal import RefLedger

/// Judges the updates of one ref after the other.
struct OutcomeRule {
  private(set) var history: History
  private var current: CurrentRefs
  private var merges: MergedTips
  private var removedCommits: RemovedCommits
  private var transitions: TransitionRule
  private var verdicts: VerdictRule

  init(_ evidence: Evidence, history: History, refs: [RefKnowledge], current: CurrentRefs, merges: MergedTips) {
    self.history = history
    self.current = current
    self.merges = merges
    removedCommits = RemovedCommits(
      history: history, current: current, refs: refs, clones: evidence.clones, localBranches: evidence.localBranches)
    transitions = TransitionRule(history: history)
    verdicts = VerdictRule(
      history: history, coverage: evidence.coverage, refs: refs, current: current, merges: merges,
      seesEverything: evidence.seesEverything)
  }

  /// The same rule for another thread.
  func asked(by history: History) -> OutcomeRule {
    var own = self
    own.history = history
    own.current.history = history
    own.merges.history = history
    own.removedCommits.history = history
    own.removedCommits.current = own.current
    own.transitions.history = history
    own.verdicts.history = history
    own.verdicts.current = own.current
    own.verdicts.merges = own.merges
    return own
  }

  /// What came out of an item of the ref's timeline, and what it removed. `ref` is the index of the ref.
  func judge(
    _ item: Int, of ref: Int, _ knowledge: RefKnowledge, _ drops: DropIndex
  ) -> (outcome: UpdateOutcome, removed: UpdateReport.Removed?) {
    let timeline = knowledge.timeline
    let transition = transitions.judge(item, of: timeline)
    let isRefused = timeline.isRefused(item)
    let tip = timeline.isDeletion(item) ? nil : timeline.items[item].after
    var outcome = UpdateOutcome()
    outcome.ref = UInt32(ref)
    outcome.item = UInt32(item)
    outcome.transition = transition.transition
    outcome.proof = transition.transition == .unknown ? nil : transition.proof
    outcome.reason = transition.reason
    outcome.mayAccuse = transition.mayAccuse
    outcome.landed = isRefused ? .no : isShown(item, timeline) ? .shown : .logged
    outcome.tip = tipState(tip, knowledge, ref)
    if isRefused { return (outcome, nil) }

    let verdict = verdicts.judge(item, of: ref, knowledge, drops)
    outcome.verdict = verdict.verdict
    outcome.verdictReason = verdict.verdict == .unverifiable ? verdict.reason : nil
    outcome.missingFrom = verdict.sighting.map(UInt32.init)
    outcome.mayBeMissing = verdict.mayBeMissing
    switch verdict.verdict {
    case .deleted, .overwritten, .keptElsewhere, .merged:
      outcome.dropped = verdict.dropped.map {
        UpdateOutcome.Drop(item: UInt32($0.item), certainty: $0.certainty)
      }
      outcome.elsewhere = verdict.elsewhere
    default: break
    }
    let removed = remove(item, timeline, &outcome)
    if verdict.verdict == .merged, let merge = verdict.mergedBy { outcome.mergedBy = UInt32(merge) }
    return (outcome, removed)
  }

  private func remove(
    _ item: Int, _ timeline: RefTimeline, _ outcome: inout UpdateOutcome
  ) -> UpdateReport.Removed? {
    switch outcome.transition {
    case .deleted:
      let before = Befores(timeline: timeline).report(item)
      guard let tip = before.tip, before.possible == nil else { return nil }
      // What the delivery lag separates from the deletion clears it all the same.
      outcome.mergedBy = merges.merge(of: tip).map(UInt32.init)
      guard timeline.softness[item] == nil || before.source == .event else { return nil }
      return removedCommits.byDeletion(of: tip)
    case .forced:
      guard let after = timeline.items[item].after else { return nil }
      let before = Befores(timeline: timeline).report(item)
      return removedCommits.byForce(
        from: before.possible?.compactMap(\.self) ?? before.tip.map { [$0] } ?? [], to: after)
    default: return nil
    }
  }

  /// Whether something other than its own record shows the update's tip on the ref before the ref's next update, and that no
  /// other update put it there.
  private func isShown(_ item: Int, _ timeline: RefTimeline) -> Bool {
    if timeline.items[item].isShown { return true }
    if timeline.mayBeRefused(item) { return false }
    if !timeline.sightings.isEmpty {
      let group = timeline.groupOfItem[item]
      let value = timeline.isDeletion(item) ? .none : timeline.items[item].target
      let isLastOfGroup = timeline.groups[group].count == 1 || timeline.onlyValue(atPosition: group + 1) == value
      if isLastOfGroup, timeline.wasSighted(at: value, position: group + 1) { return true }
    }
    guard let after = timeline.items[item].after, !timeline.mayBeDeletion(item), item + 1 < timeline.items.count else {
      return false
    }
    return timeline.items[item + 1].told == .tip(after)
  }

  private func tipState(_ tip: ObjectID?, _ knowledge: RefKnowledge, _ ref: Int) -> TipState {
    guard let tip else { return .none }
    switch history.kind(of: tip) {
    case .absent: return .absent
    case .notACommit: return .notACommit
    case .commit: break
    }
    let relation = current.relation(of: tip, to: ref)
    if relation == .inAll { return .onRef }
    if current.owner(of: tip, besides: ref) != nil { return .onOtherRef }
    let isKnown = knowledge.lastKnown.allSatisfy { value in
      switch value {
      case .none: true
      case .unknown: false
      case .tip(let other): history.isPresent(other)
      }
    }
    return isKnown && relation == .inNone && current.isNowhere(tip, besides: ref) ? .unreachable : .unknown
  }
}
