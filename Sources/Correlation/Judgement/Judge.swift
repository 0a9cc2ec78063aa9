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
  private let ledger: Ledger

  public init(_ evidence: Evidence, options: JudgementOptions) {
    self.evidence = evidence
    self.options = options
    ledger = evidence.ledger
    history = History(evidence.graph)
    omissions = Omissions(evidence.ledger)
    witnesses = Witnesses(evidence, clockSkew: options.clockSkew)
  }

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
    let (outcomes, removed, candidates) = outcomes(refs, current, merges)
    let attribution = Attribution(
      history: history, ledger: ledger, coverage: evidence.coverage, clockSkew: options.clockSkew,
      candidates: candidates, order: order, known: knownTips(refs), omissions: omissions.all)
    var judgement = Judgement(
      evidence: evidence, options: options, refs: refs, refIndex: refIndex, outcomes: outcomes, removed: removed,
      order: order, current: current, attribution: attribution, history: history,
      witnesses: witnesses)
    judgement.serverQuestions = ServerQuestions(judgement)
    for push in order where judgement.isInScope(ledger.pushes[push].time) {
      judgement.scope += ledger.pushes[push].updates
    }
    return judgement
  }

  // MARK: - Refs

  private func knowledge(order: [Int], told: [ToldBefore]) -> [RefKnowledge] {
    var items = items(order: order, told: told)
    var sightings = SightingPlacement(
      evidence: evidence, history: history, witnesses: witnesses, clockSkew: options.clockSkew
    ).byRef()
    let protection = Protection(evidence: evidence)
    // Refs with updates, by their number, and those that were only seen.
    var refs: [(name: RefName, number: Int?)] = ledger.refs.enumerated().map { ($1, $0) }
    let numbered = Set(ledger.refs)
    refs += sightings.keys.filter { !numbered.contains($0) }.map { ($0, nil) }
    refs.sort { $0.name < $1.name }
    return refs.map { ref, number in
      let omitted = omissions.times(for: ref)
      let builder = TimelineBuilder(coverage: evidence.coverage, omissions: omitted, created: ledger.created)
      var own: [TimelineItem] = []
      if let number { swap(&own, &items[number]) }
      let timeline = builder.timeline(ref: ref, items: own, sightings: sightings.removeValue(forKey: ref) ?? [])
      let reconciler = RefReconciler(
        coverage: evidence.coverage, created: ledger.created, omissions: omitted, history: history)
      return reconciler.knowledge(
        ref: ref, timeline: timeline, isProtected: protection.isProtected(ref), visibility: evidence.visibility,
        doubted: evidence.doubtfulAbsences[ref])
    }
  }

  /// By ref number, each ref's updates in ledger order.
  private func items(order: [Int], told: [ToldBefore]) -> [[TimelineItem]] {
    var counts = Array(repeating: 0, count: ledger.refs.count)
    for index in ledger.updates.indices { counts[ledger.updates[index].refNumber] += 1 }
    var items: [[TimelineItem]] = Array(repeating: [], count: counts.count)
    for (number, count) in counts.enumerated() { items[number].reserveCapacity(count) }
    var makeItem = ItemMaker(evidence: evidence, history: history)
    for push in order {
      for update in ledger.pushes[push].updates {
        items[ledger.updates[update].refNumber].append(makeItem(update, told: told[update]))
      }
    }
    return items
  }

  // MARK: - Updates

  /// By the ledger's update index: each update belongs to one item of one ref. What attribution needs of it is looked up
  /// while its tips are at hand.
  private func outcomes(
    _ refs: [RefKnowledge], _ current: CurrentRefs, _ merges: MergedTips
  ) -> ([UpdateOutcome], removed: [Int: UpdateReport.Removed], [Attribution.Candidate]) {
    let rule = OutcomeRule(
      history: history, current: current, merges: merges,
      removedCommits: RemovedCommits(
        history: history, current: current, refs: refs, clones: evidence.clones,
        localBranches: evidence.localBranches),
      transitions: TransitionRule(history: history),
      verdicts: VerdictRule(
        history: history, coverage: evidence.coverage, refs: refs, current: current, merges: merges,
        seesEverything: evidence.seesEverything))
    var outcomes = Array(repeating: UpdateOutcome(), count: ledger.updates.count)
    var candidates = Array(repeating: Attribution.Candidate(), count: ledger.updates.count)
    var removed: [Int: UpdateReport.Removed] = [:]
    for (ref, knowledge) in refs.enumerated() {
      let drops = DropIndex(of: knowledge.timeline, history: history)
      for item in knowledge.timeline.items.indices {
        let update = knowledge.timeline.items[item].update
        let judged = rule.judge(item, of: ref, knowledge, drops)
        outcomes[update] = judged.outcome
        candidates[update] = candidate(item, knowledge.timeline)
        if let commits = judged.removed { removed[update] = commits }
      }
    }
    return (outcomes, removed, candidates)
  }

  // MARK: - Attribution

  private func candidate(_ item: Int, _ timeline: RefTimeline) -> Attribution.Candidate {
    let before = Befores(timeline: timeline).report(item)
    var candidate = Attribution.Candidate()
    candidate.isBeforeKnown =
      before.source != .unknown && before.possible == nil
      && (timeline.softness[item] == nil || before.source == .event)
    if before.possible == nil, let tip = before.tip { candidate.before = history.node(of: tip) }
    guard let tip = timeline.items[item].after else { return candidate }
    let isDoubtful = timeline.mayBeRefused(item) || timeline.isDeletion(item)
    let isKnown = history.isKnown(tip)
    if !isDoubtful, isKnown { candidate.tip = history.node(of: tip) }
    candidate.makesTip = timeline.items[item].makesTip
    candidate.isObstacle =
      isDoubtful || !isKnown || (history.kind(of: tip) != .notACommit && !history.isComplete(tip))
    return candidate
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
        if ledger.updates[index].isGitPush { continue }
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
