internal import GitStore
internal import PushModel
internal import RefLedger

/// Judges a repository's pushes from the evidence: pure, deterministic, and in time proportional to commits + updates.
public struct Judge {
  private let evidence: Evidence
  private let options: JudgementOptions
  private let history: History
  private let omissions: Omissions
  private let witnesses: Witnesses

  public init(_ evidence: Evidence, options: JudgementOptions) {
    self.evidence = evidence
    self.options = options
    history = History(evidence.graph)
    omissions = Omissions(evidence.ledger)
    witnesses = Witnesses(evidence, clockSkew: options.clockSkew)
  }

  private var ledger: Ledger { evidence.ledger }

  /// Clones whose times prove nothing, by their index.
  public var doubtfulClones: Set<Int> { witnesses.suspects }

  func judgement() -> Judgement {
    let told = ToldBefores(ledger: ledger, history: history).befores()
    let order = LedgerOrder(ledger: ledger, history: history, told: told).pushes()
    let refs = knowledge(order: order, told: told)
    let refIndex = Dictionary(uniqueKeysWithValues: refs.enumerated().map { ($1.ref, $0) })
    let current = CurrentRefs(history: history, refs: refs)
    let merges = MergedTips(
      history: history, merges: mergeSources(order: order, refs: refs, refIndex: refIndex, current: current))
    let removed = RemovedCommits(
      history: history, current: current, refs: refs, clones: evidence.clones,
      localBranches: evidence.localBranches)
    let transitions = TransitionRule(history: history)
    let verdicts = VerdictRule(
      history: history, coverage: evidence.coverage, refs: refs, current: current, merges: merges,
      seesEverything: evidence.seesEverything)

    // Each belongs to one item of one ref; there is one array of them, for they are large.
    var updates = Array(repeating: UpdateJudgement.pending, count: ledger.updates.count)
    for (index, knowledge) in refs.enumerated() {
      for item in knowledge.timeline.items.indices {
        updates[knowledge.timeline.items[item].update] = judge(
          item, of: index, knowledge, transitions, verdicts, merges, removed, current)
      }
    }
    let attribution = attribution(order: order, refs: refs, updates: updates)
    for index in updates.indices where updates[index].report.landed != .no {
      updates[index].report.introduced = attribution.introductions[index].flatMap(introduced)
    }
    var judgement = Judgement(
      evidence: evidence, options: options, refs: refs, refIndex: refIndex, updates: updates, order: order,
      current: current, attribution: attribution, history: history, witnesses: witnesses,
      serverQuestions: ServerQuestions(evidence: evidence, history: history, updates: updates))
    for push in order where judgement.isInScope(ledger.pushes[push].time) {
      judgement.scope += ledger.pushes[push].updates
    }
    judgement.outcomes = judgement.updates.map { ($0.report.transition, $0.report.verdict) }
    return judgement
  }

  // MARK: - Refs

  private func knowledge(order: [Int], told: [ToldBefore]) -> [RefKnowledge] {
    var items: [[TimelineItem]] = Array(repeating: [], count: ledger.refs.count)
    var actors: [ItemMaker.Actor: Int] = [:]
    let makeItem = ItemMaker(evidence: evidence, history: history)
    for push in order {
      for update in ledger.pushes[push].updates {
        let item = makeItem(update, told: told[update], actors: &actors)
        items[ledger.updates[update].refNumber].append(item)
      }
    }
    let sightings = SightingPlacement(
      evidence: evidence, history: history, witnesses: witnesses, clockSkew: options.clockSkew
    ).byRef()
    let protection = Protection(evidence: evidence)
    let numbers = Dictionary(uniqueKeysWithValues: ledger.refs.enumerated().map { ($1, $0) })
    let names = ledger.refs + sightings.keys.filter { numbers[$0] == nil }
    return names.sorted().map { ref in
      let omitted = omissions.times(for: ref)
      let builder = TimelineBuilder(coverage: evidence.coverage, omissions: omitted, created: ledger.created)
      let timeline = builder.timeline(
        ref: ref, items: numbers[ref].map { items[$0] } ?? [], sightings: sightings[ref] ?? [])
      let reconciler = RefReconciler(
        coverage: evidence.coverage, created: ledger.created, omissions: omitted, history: history)
      return reconciler.knowledge(
        ref: ref, timeline: timeline, isProtected: protection.isProtected(ref), visibility: evidence.visibility(ref),
        doubted: evidence.doubtfulAbsences[ref])
    }
  }

  // MARK: - Updates

  private func judge(
    _ item: Int, of refIndex: Int, _ knowledge: RefKnowledge, _ transitions: TransitionRule, _ verdicts: VerdictRule,
    _ merges: MergedTips, _ removed: RemovedCommits, _ current: CurrentRefs
  ) -> UpdateJudgement {
    let timeline = knowledge.timeline
    let update = ledger.updates[timeline.items[item].update]
    let transition = transitions.judge(item, of: timeline)
    let before = Befores(timeline: timeline).report(item)
    let isRefused = timeline.isRefused(item)
    let isDeletion = timeline.isDeletion(item)
    var report = UpdateReport(
      ref: update.ref, before: before, after: isDeletion ? nil : update.after, transition: transition.transition,
      proof: transition.transition == .unknown ? nil : transition.proof,
      landed: isRefused ? .no : isShown(item, timeline) ? .shown : .logged, reason: transition.reason,
      tip: tipState(isDeletion ? nil : update.after, knowledge, refIndex, current))
    var judged = UpdateJudgement(
      push: update.push, ref: refIndex, item: item, report: report, isProtected: knowledge.isProtected,
      opensSpan: item == 0, mayAccuse: transition.mayAccuse, mayBeMissing: false)
    if isRefused { return judged }

    let verdict = verdicts.judge(item, of: refIndex, knowledge)
    report.verdict = verdict.verdict
    report.verdictReason = verdict.verdict == .unverifiable ? verdict.reason : nil
    switch verdict.verdict {
    case .deleted, .overwritten, .keptElsewhere, .merged:
      report.droppedBy = verdict.dropped.map { dropped in
        let dropping = ledger.updates[timeline.items[dropped.item].update]
        return UpdateReport.DroppedBy(
          eventID: ledger.pushes[dropping.push].event.eventID, certainty: dropped.certainty)
      }
      report.elsewhere = verdict.elsewhere
    default: break
    }
    judged.missingFrom = verdict.sighting
    judged.mayBeMissing = verdict.mayBeMissing
    switch transition.transition {
    case .deleted:
      let softness = timeline.softness[item]
      if let tip = before.tip, before.possible == nil, softness == nil || before.source == .event {
        report.removed = removed.byDeletion(of: tip)
        report.mergedBy = merges.merge(of: tip).map { ledger.pushes[ledger.updates[$0].push].event.eventID }
      }
    case .forced:
      let befores = before.possible?.compactMap(\.self) ?? before.tip.map { [$0] } ?? []
      if let after = update.after { report.removed = removed.byForce(from: befores, to: after) }
    default: break
    }
    if verdict.verdict == .merged, let merge = verdict.mergedBy {
      report.mergedBy = ledger.pushes[ledger.updates[merge].push].event.eventID
    }
    judged.report = report
    return judged
  }

  /// Whether something other than its own record shows the update's tip on the ref before the ref's next update.
  private func isShown(_ item: Int, _ timeline: RefTimeline) -> Bool {
    if timeline.items[item].isShown { return true }
    let group = timeline.groupOfItem[item]
    let value = timeline.isDeletion(item) ? .none : timeline.items[item].target
    let isLastOfGroup =
      timeline.groups[group].count == 1 || timeline.onlyValue(atPosition: group + 1) == value
    if isLastOfGroup,
      timeline.sightings.contains(where: { $0.low == group + 1 && $0.high == group + 1 && $0.value == value })
    {
      return true
    }
    guard let after = timeline.items[item].after, !timeline.mayBeDeletion(item) else { return false }
    let next = timeline.groups[group].contains(item + 1) || item + 1 < timeline.items.count ? item + 1 : nil
    return next.map { timeline.items[$0].told == .tip(after) } ?? false
  }

  private func tipState(
    _ tip: ObjectID?, _ knowledge: RefKnowledge, _ refIndex: Int, _ current: CurrentRefs
  ) -> TipState {
    guard let tip else { return .none }
    switch history.kind(of: tip) {
    case .absent: return .absent
    case .notACommit: return .notACommit
    case .commit: break
    }
    let relation = current.relation(of: tip, to: refIndex)
    if relation == .inAll { return .onRef }
    if current.owner(of: tip, besides: refIndex) != nil { return .onOtherRef }
    let isKnown = knowledge.lastKnown.allSatisfy { value in
      switch value {
      case .none: true
      case .unknown: false
      case .tip(let other): history.isPresent(other)
      }
    }
    return isKnown && relation == .inNone && current.isNowhere(tip, besides: refIndex) ? .unreachable : .unknown
  }

  private func introduced(_ found: Attribution.Introduction) -> UpdateReport.Introduced? {
    guard !found.isCut else { return nil }
    let graph = history.graph
    let count = found.exact.count + found.atOrBefore.count
    switch options.commits {
    case .count: return UpdateReport.Introduced(count: count, atOrBefore: found.atOrBefore.count, commits: [])
    case .exact:
      return UpdateReport.Introduced(
        count: count, atOrBefore: found.atOrBefore.count, commits: found.exact.map(graph.id))
    case .all:
      return UpdateReport.Introduced(
        count: count, atOrBefore: found.atOrBefore.count, commits: found.exact.map(graph.id),
        atOrBeforeCommits: found.atOrBefore.map(graph.id))
    }
  }

  // MARK: - Attribution

  private func attribution(order: [Int], refs: [RefKnowledge], updates: [UpdateJudgement]) -> Attribution {
    var candidates: [Attribution.Candidate] = []
    candidates.reserveCapacity(updates.count)
    for push in order {
      for index in ledger.pushes[push].updates {
        let judged = updates[index]
        let timeline = refs[judged.ref].timeline
        let before = judged.report.before
        candidates.append(
          Attribution.Candidate(
            update: index,
            isDoubtful: timeline.mayBeRefused(judged.item) || timeline.isRefused(judged.item)
              || timeline.isDeletion(judged.item),
            isBeforeKnown: before.source != .unknown && before.possible == nil
              && (timeline.softness[judged.item] == nil || before.source == .event),
            makesTip: ledger.updates[index].change?.makesCommit ?? false,
            before: before.possible == nil ? before.tip : nil))
      }
    }
    return Attribution(
      history: history, ledger: ledger, coverage: evidence.coverage, clockSkew: options.clockSkew,
      candidates: candidates, known: knownTips(refs), omissions: omissions.all)
  }

  /// Tips that were on the server by the word of something other than an update, and by when.
  private func knownTips(_ refs: [RefKnowledge]) -> [Attribution.KnownTip] {
    var known: [Attribution.KnownTip] = []
    for knowledge in refs {
      let timeline = knowledge.timeline
      for placed in timeline.sightings {
        guard case .tip(let tip) = placed.value else { continue }
        known.append(Attribution.KnownTip(tip: tip, by: placed.end))
      }
      // What was there before a ref's first update, and nothing moved since coverage began, was there all that time.
      guard let start = evidence.coverage.start else { continue }
      if let first = timeline.items.first {
        let before = timeline.plainest[0].before
        if let tip = before.tip, timeline.softness[0] == nil,
          evidence.coverage.isUnbroken(from: start, to: first.time)
        {
          known.append(Attribution.KnownTip(tip: tip, by: .distantPast))
        }
      } else if let placed = timeline.sightings.last, case .tip(let tip) = placed.value, placed.canAccuse,
        ledger.created == nil, evidence.coverage.isUnbroken(from: start, to: placed.end),
        omissions.times(for: knowledge.ref).isEmpty
      {
        known.append(Attribution.KnownTip(tip: tip, by: .distantPast))
      }
    }
    return known
  }

  /// The sources of logged merges whose result was not lost itself, in ledger order.
  private func mergeSources(
    order: [Int], refs: [RefKnowledge], refIndex: [RefName: Int], current: CurrentRefs
  ) -> [(update: Int, source: ObjectID)] {
    var merges: [(update: Int, source: ObjectID)] = []
    for push in order {
      for index in ledger.pushes[push].updates {
        guard let change = ledger.updates[index].change, change.isMerge else { continue }
        let source =
          change.mergeSource
          ?? change.mergeSourceRef.flatMap { tip(of: $0, at: ledger.updates[index].time, refs, refIndex) }
        guard let source else { continue }
        if let result = change.after, history.isPresent(result), current.isNowhere(result) {
          continue
        }
        merges.append((index, source))
      }
    }
    return merges
  }

  /// The one tip that a ref had at a time by the ledger.
  private func tip(
    of ref: RefName, at time: Timestamp, _ refs: [RefKnowledge], _ refIndex: [RefName: Int]
  ) -> ObjectID? {
    guard let index = refIndex[ref] else { return nil }
    let timeline = refs[index].timeline
    let position = timeline.groups.partitioningIndex {
      timeline.items[$0.upperBound - 1].time + TimelineItem.orderSlack >= time
    }
    let values = timeline.values(atPosition: position)
    return values.count == 1 ? values.first?.tip : nil
  }
}
