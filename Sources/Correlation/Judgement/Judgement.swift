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

  var ledger: Ledger { evidence.ledger }
  var coverage: Coverage { evidence.coverage }

  /// Whether `--since` and `--until` ask for it.
  func isInScope(_ time: Timestamp) -> Bool {
    (options.since.map { $0 <= time } ?? true) && (options.until.map { time <= $0 } ?? true)
  }

  /// Updates in scope that `isWanted` chooses, in ledger order. What is not wanted is looked at in its place and not
  /// copied: most rules want one in a hundred.
  func updatesInScope(where isWanted: (borrowing UpdateReport) -> Bool) -> [UpdateJudgement] {
    scope.compactMap { index in isWanted(updates[index].report) ? updates[index] : nil }
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
