internal import PushModel
internal import RefLedger

/// `exposure`: who may have pulled what was later overwritten, deleted or found missing on a protected ref.
struct ExposureRule: FindingRule {
  /// Reads that a finding names one by one.
  private static let listed = 20

  func findings(in judgement: Judgement) -> [Finding] {
    let search = ExposureSearch(judgement)
    guard !search.reads.isEmpty else { return [] }
    var losses: [Loss: [UpdateJudgement]] = [:]
    var order: [Loss] = []
    let lost = judgement.updatesInScope { Self.isLost($0) && judgement.refs[Int($0.ref)].isProtected }
    for update in lost where update.report.after != nil {
      let loss = Loss(ref: update.ref, push: update.droppedBy, sighting: update.missingFrom)
      if losses[loss] == nil { order.append(loss) }
      losses[loss, default: []].append(update)
    }
    return order.compactMap { loss in
      let sightings = judgement.refs[loss.ref].timeline.sightings
      guard let updates = losses[loss],
        let end = loss.push.map({ judgement.ledger.pushes[$0].time }) ?? loss.sighting.map({ sightings[$0].end })
      else { return nil }
      return finding(updates, until: end, search, judgement)
    }
  }

  /// What took tips away together: an event, or what only a sighting shows.
  private struct Loss: Hashable {
    var ref: Int
    var push: Int?
    var sighting: Int?
  }

  /// Of tips that went together the first is in the others, mostly: who has it is told.
  private func finding(
    _ updates: [UpdateJudgement], until end: Timestamp, _ search: ExposureSearch, _ judgement: Judgement
  ) -> Finding? {
    let tips = unique(updates.compactMap(\.report.after))
    guard let first = updates.first, let tip = tips.first else { return nil }
    let ref = first.report.ref
    let pushed = judgement.ledger.pushes[first.push].time
    let during = search.reads.during(pushed, end)
    let reads = during.shown.filter { search.maySee($0, tip, on: ref) }.map { search.report($0, of: tip) }
    guard !reads.isEmpty || during.excluded > 0 else { return nil }
    let confirmed = reads.count { $0.certainty == .confirmed }
    let others = tips.count > 1 ? " and \(Phrase.count(tips.count - 1, "later tip")) that went with it" : ""
    var message =
      "\(ref.shorthand) was at \(tip.short)\(others) from \(pushed) to \(end), and was read "
      + (reads.isEmpty ? "meanwhile, by those left out alone" : "\(times(reads.count)) meanwhile by \(people(reads))")
    if confirmed > 0 { message += "; \(confirmed) of these surely got it" }
    if during.excluded > 0 { message += "; reads by those left out: \(during.excluded)" }
    var evidence = reads.prefix(Self.listed).map(line)
    if reads.count > Self.listed { evidence.append("and \(reads.count - Self.listed) more") }
    return Finding(
      rule: .exposure, severity: .note, message: message, ref: ref, eventID: judgement.event(of: first).eventID,
      commits: tips, evidence: evidence, isProtected: true)
  }

  private static func isLost(_ outcome: UpdateOutcome) -> Bool {
    switch outcome.verdict {
    case .overwritten, .deleted, .missing: true
    default: false
    }
  }

  private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  private func people(_ reads: [Exposure.Read]) -> String {
    let names = unique(reads.map { Phrase.person($0.principal) })
    let shown = names.prefix(3).joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  private func line(_ read: Exposure.Read) -> String {
    let clone = read.clone.map { ", by clone \($0)" } ?? ""
    return
      "\(read.certainty.rawValue): \(read.action) \(read.eventID) at \(read.time) by \(Phrase.person(read.principal)) from \(read.sourceIPAddress) with \(read.userAgent)\(clone)"
  }
}
