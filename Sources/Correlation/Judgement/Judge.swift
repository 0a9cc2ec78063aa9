internal import AllCores
internal import GitStore
public import PushModel
internal import RefLedger

/// Judges a repository's pushes from the evidence: pure, deterministic, and in time proportional to commits + updates.
public struct Judge: Sendable {
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

  /// By clone, the file times of its FETCH_HEADs that prove nothing.
  public var undatedFiles: [Int: Set<Timestamp>] { witnesses.undatedFileTimes }

  func judgement() -> Judgement {
    let told = ToldBefores(ledger: ledger, history: history).befores()
    let order = LedgerOrder(ledger: ledger, history: history, told: told).pushes()
    let (refs, candidates) = knowledge(order: order, told: told)
    let refIndex = Dictionary(uniqueKeysWithValues: refs.enumerated().map { ($1.ref, $0) })
    let current = CurrentRefs(history: history, refs: refs)
    let merges = MergedTips(
      history: history, merges: mergeSources(order: order, refs: refs, refIndex: refIndex, current: current))
    let known = knownTips(refs)
    let (attribution, (outcomes, removed)) = AllCores.both {
      Attribution(
        history: history, ledger: ledger, coverage: evidence.coverage, clockSkew: options.clockSkew,
        candidates: candidates, order: order, known: known, omissions: omissions.all)
    } and: {
      self.outcomes(refs, current, merges)
    }
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

  /// Every ref, in the order of their names, with what attribution needs to know of its updates: looked up while their tips
  /// are at hand.
  private func knowledge(order: [Int], told: [ToldBefore]) -> ([RefKnowledge], [Attribution.Candidate]) {
    let sightings = SightingPlacement(
      evidence: evidence, history: history, witnesses: witnesses, clockSkew: options.clockSkew
    ).byRef()
    let protection = Protection(evidence: evidence)
    let updates = UpdatesInOrder(ledger: ledger, order: order)
    // Refs with updates, by their number, and those that were only seen.
    var all: [(name: RefName, number: Int?)] = ledger.refs.enumerated().map { ($1, $0) }
    let numbered = Set(ledger.refs)
    all += sightings.keys.filter { !numbered.contains($0) }.map { ($0, nil) }
    all.sort { $0.name < $1.name }
    let refs = all
    let shares = AllCores.shares(of: refs.map { 1 + ($0.number.map { ledger.updates(ofRef: $0).count } ?? 0) })
    let found = AllCores.elements(
      shares, with: { ItemMaker(evidence: evidence, history: History(evidence.graph)) }
    ) { makeItem, ref -> (RefKnowledge, [Attribution.Candidate]) in
      let (ref, number) = refs[ref]
      let items = number.map { updates.ofRef($0).map { makeItem($0, told: told[$0]) } } ?? []
      let omitted = omissions.times(for: ref)
      let builder = TimelineBuilder(coverage: evidence.coverage, omissions: omitted, created: ledger.created)
      let timeline = builder.timeline(ref: ref, items: items, sightings: sightings[ref] ?? [])
      let reconciler = RefReconciler(
        coverage: evidence.coverage, created: ledger.created, omissions: omitted, history: makeItem.history)
      let knowledge = reconciler.knowledge(
        ref: ref, timeline: timeline, isProtected: protection.isProtected(ref), visibility: evidence.visibility,
        doubted: [evidence.doubtfulAbsences[ref], witnesses.doubtfulAbsences[ref]].compactMap(\.self).max())
      return (knowledge, items.indices.map { Attribution.Candidate($0, of: timeline, makeItem.history) })
    }
    var candidates = Array(repeating: Attribution.Candidate(), count: ledger.updates.count)
    for (knowledge, own) in found {
      for (item, candidate) in zip(knowledge.timeline.items, own) { candidates[item.update] = candidate }
    }
    return (found.map(\.0), candidates)
  }

  // MARK: - Updates

  /// By the ledger's update index: each update belongs to one item of one ref.
  private func outcomes(
    _ refs: [RefKnowledge], _ current: CurrentRefs, _ merges: MergedTips
  ) -> ([UpdateOutcome], removed: [Int: UpdateReport.Removed]) {
    let rule = OutcomeRule(evidence, history: history, refs: refs, current: current, merges: merges)
    let shares = AllCores.shares(of: refs.map { 1 + $0.timeline.items.count })
    let found = AllCores.elements(shares, with: { rule.asked(by: History(evidence.graph)) }) { rule, ref in
      let timeline = refs[ref].timeline
      let drops = DropIndex(of: timeline, history: rule.history)
      var outcomes: [UpdateOutcome] = []
      outcomes.reserveCapacity(timeline.items.count)
      var removed: [(update: Int, commits: UpdateReport.Removed)] = []
      for item in timeline.items.indices {
        let judged = rule.judge(item, of: ref, refs[ref], drops)
        outcomes.append(judged.outcome)
        if let commits = judged.removed { removed.append((timeline.items[item].update, commits)) }
      }
      return (outcomes, removed)
    }
    var outcomes = Array(repeating: UpdateOutcome(), count: ledger.updates.count)
    var removed: [Int: UpdateReport.Removed] = [:]
    for (ref, own) in found.enumerated() {
      for (item, outcome) in zip(refs[ref].timeline.items, own.0) { outcomes[item.update] = outcome }
      for (update, commits) in own.1 { removed[update] = commits }
    }
    return (outcomes, removed)
  }

  // MARK: - Attribution

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
        if let result = change.after, isLost(result, from: ledger.updates[index].ref, refIndex, current) { continue }
        merges.append((index, source))
      }
    }
    return merges
  }

  /// Whether what a merge made is in no ref any more; where the other refs cannot tell, whether its own has lost it: what it
  /// merged is safe no longer.
  private func isLost(
    _ result: ObjectID, from ref: RefName, _ refIndex: [RefName: Int], _ current: CurrentRefs
  ) -> Bool {
    if current.owner(of: result) != nil { return false }
    if current.isNowhere(result) { return true }
    return refIndex[ref].map { current.relation(of: result, to: $0) == .inNone } ?? false
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
