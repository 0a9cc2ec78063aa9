internal import PushModel
internal import RefLedger

/// Everything judged: what the rules of `Rules/` turn into findings, and the report is made of.
struct Judgement {
  var evidence: Evidence
  var options: JudgementOptions
  var refs: [RefKnowledge]
  var refIndex: [RefName: Int]
  /// By the ledger's update index.
  var updates: [UpdateJudgement]
  /// Indices of the ledger's pushes, in ledger order.
  var order: [Int]
  var current: CurrentRefs
  var attribution: Attribution
  var history: History
  var witnesses: Witnesses
  var serverQuestions = ServerQuestions()
  /// Indices of the ledger's updates for which `--since` and `--until` ask, in ledger order.
  var scope: [Int] = []
  /// Of each update, apart from the rest of it: what the rules choose by.
  var outcomes: [(transition: Transition, verdict: Verdict?)] = []

  var ledger: Ledger { evidence.ledger }
  var coverage: Coverage { evidence.coverage }

  /// Whether `--since` and `--until` ask for it.
  func isInScope(_ time: Timestamp) -> Bool {
    (options.since.map { $0 <= time } ?? true) && (options.until.map { time <= $0 } ?? true)
  }

  /// Updates in scope that `isWanted` chooses by what came out, in ledger order: most rules want one in a hundred.
  func updatesInScope(where isWanted: (Transition, Verdict?) -> Bool) -> [UpdateJudgement] {
    scope.compactMap { index in
      isWanted(outcomes[index].transition, outcomes[index].verdict) ? updates[index] : nil
    }
  }

  func event(of update: UpdateJudgement) -> TrailEvent { ledger.pushes[update.push].event }
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
  /// An unknown transition that some course makes an accusation.
  var mayAccuse: Bool
  /// Its tip may be missing without a logged event to explain it.
  var mayBeMissing: Bool
  /// The index in its ref's timeline of the sighting that shows its tip missing.
  var missingFrom: Int?

  /// What stands for an update until it is judged.
  static let pending = UpdateJudgement(
    push: 0, ref: 0, item: 0,
    report: UpdateReport(
      ref: RefName(""), before: UpdateReport.Before(tip: nil, source: .unknown), after: nil, transition: .unknown,
      landed: .logged, tip: .unknown),
    isProtected: false, opensSpan: false, mayAccuse: false, mayBeMissing: false)
}
