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

  var ledger: Ledger { evidence.ledger }
  var coverage: Coverage { evidence.coverage }

  /// Whether `--since` and `--until` ask for it.
  func isInScope(_ time: Timestamp) -> Bool {
    (options.since.map { $0 <= time } ?? true) && (options.until.map { time <= $0 } ?? true)
  }

  /// Updates in scope, in ledger order.
  var updatesInScope: [UpdateJudgement] {
    order.filter { isInScope(ledger.pushes[$0].time) }.flatMap { ledger.pushes[$0].updates.map { updates[$0] } }
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
  /// The sighting that shows its tip missing.
  var missingFrom: PlacedSighting?
}
