internal import GitStore
internal import PushModel
internal import RefLedger

/// Everything judged: what the rules of `Rules/` turn into findings, and the report is made of.
struct Judgement {
  var evidence: Evidence
  var options: JudgementOptions
  var refs: [RefKnowledge]
  var refIndex: [RefName: Int]
  /// By the ledger's update index.
  var outcomes: [UpdateOutcome]
  /// By the ledger's update index, what forced updates and deletions removed, where that is known.
  var removed: [Int: UpdateReport.Removed]
  /// Indices of the ledger's pushes, in ledger order.
  var order: [Int]
  var current: CurrentRefs
  var attribution: Attribution
  var history: History
  var witnesses: Witnesses
  var serverQuestions = ServerQuestions()
  /// Indices of the ledger's updates for which `--since` and `--until` ask, in ledger order.
  var scope: [Int] = []

  /// The same judgement for another thread.
  func asked(by history: History) -> Judgement {
    var own = self
    own.history = history
    own.current.history = history
    return own
  }

  var ledger: Ledger { evidence.ledger }
  var coverage: Coverage { evidence.coverage }

  /// Whether `--since` and `--until` ask for it.
  func isInScope(_ time: Timestamp) -> Bool {
    (options.since.map { $0 <= time } ?? true) && (options.until.map { time <= $0 } ?? true)
  }

  /// Updates in scope that `isWanted` chooses by what came out, in ledger order: most rules want one in a hundred.
  func updatesInScope(where isWanted: (UpdateOutcome) -> Bool) -> [UpdateJudgement] {
    scope.compactMap { isWanted(outcomes[$0]) ? update($0) : nil }
  }

  func event(of update: UpdateJudgement) -> TrailEvent { ledger.pushes[update.push].event }
}

/// What came out of one update. It is small, and holds no reference: there is one for each update of the trail.
struct UpdateOutcome {
  /// Index into `Judgement.refs`, and the update's place in that ref's timeline.
  var ref: UInt32 = 0
  var item: UInt32 = 0
  var transition = Transition.unknown
  var proof: Proof?
  /// Why the transition is unknown.
  var reason: UnknownReason?
  var landed = Landed.logged
  var tip = TipState.unknown
  /// `nil` for an update that is proven refused.
  var verdict: Verdict?
  var verdictReason: UnknownReason?
  /// Where the verdict is that the tip was dropped: the item of the ref that did it, and how sure that is.
  var dropped: Drop?
  var elsewhere: Elsewhere?
  /// The ledger's update that merged the tip.
  var mergedBy: UInt32?
  /// An unknown transition that some course makes an accusation.
  var mayAccuse = false
  /// Its tip may be missing without a logged event to explain it.
  var mayBeMissing = false
  /// The index in its ref's timeline of the sighting that shows its tip missing.
  var missingFrom: UInt32?

  struct Drop {
    var item: UInt32
    var certainty: UpdateReport.DroppedBy.Certainty
  }
}

/// One update, judged, with what the rules need beside its report.
struct UpdateJudgement {
  var push: Int
  /// Index into `Judgement.refs`, and the update's place in that ref's timeline.
  var ref: Int
  var item: Int
  var report: UpdateReport
  var isProtected: Bool
  /// It opens its ref's audited span.
  var opensSpan: Bool
  /// The push that dropped its tip, where one did.
  var droppedBy: Int?
  /// An unknown transition that some course makes an accusation.
  var mayAccuse: Bool
  /// Its tip may be missing without a logged event to explain it.
  var mayBeMissing: Bool
  /// The index in its ref's timeline of the sighting that shows its tip missing.
  var missingFrom: Int?
}

// MARK: - Reports of updates

extension Judgement {
  /// One of the ledger's updates.
  func update(_ index: Int) -> UpdateJudgement {
    let outcome = outcomes[index]
    let (ref, item) = (Int(outcome.ref), Int(outcome.item))
    return UpdateJudgement(
      push: ledger.updates[index].push, ref: ref, item: item, report: report(of: index),
      isProtected: refs[ref].isProtected, opensSpan: item == 0,
      droppedBy: outcome.dropped.map {
        ledger.updates[refs[ref].timeline.items[Int($0.item)].update].push
      }, mayAccuse: outcome.mayAccuse,
      mayBeMissing: outcome.mayBeMissing, missingFrom: outcome.missingFrom.map(Int.init))
  }

  func report(of index: Int) -> UpdateReport {
    let outcome = outcomes[index]
    let item = Int(outcome.item)
    let timeline = refs[Int(outcome.ref)].timeline
    return UpdateReport(
      ref: timeline.ref, before: Befores(timeline: timeline).report(item),
      after: timeline.isDeletion(item) ? nil : timeline.items[item].after, transition: outcome.transition,
      proof: outcome.proof, landed: outcome.landed, reason: outcome.reason, tip: outcome.tip,
      verdict: outcome.verdict, verdictReason: outcome.verdictReason,
      droppedBy: outcome.dropped.map { dropped in
        UpdateReport.DroppedBy(
          eventID: eventID(ofUpdate: timeline.items[Int(dropped.item)].update), certainty: dropped.certainty)
      }, elsewhere: outcome.elsewhere, mergedBy: outcome.mergedBy.map { eventID(ofUpdate: Int($0)) },
      introduced: outcome.landed == .no ? nil : introduced(by: index),
      removed: removed.isEmpty ? nil : removed[index])
  }

  private func eventID(ofUpdate index: Int) -> String { ledger.pushes[ledger.updates[index].push].event.eventID }

  private func introduced(by index: Int) -> UpdateReport.Introduced? {
    guard let found = attribution.introduction(of: index), !found.isCut else { return nil }
    let graph = history.graph
    return UpdateReport.Introduced(
      count: found.exact.count + found.atOrBefore.count, atOrBefore: found.atOrBefore.count,
      commits: options.commits == .count ? [] : found.exact.map(graph.id),
      atOrBeforeCommits: options.commits == .all ? found.atOrBefore.map(graph.id) : nil)
  }
}
