internal import PushModel
internal import RefLedger

/// `exposure`: who may have pulled what was later overwritten, deleted or found missing on a protected ref.
struct ExposureRule: FindingRule {
  /// Reads that a finding names one by one.
  private static let listed = 20

  func findings(in judgement: Judgement) -> [Finding] {
    let search = ExposureSearch(judgement)
    guard !search.reads.isEmpty else { return [] }
    let pushes = Dictionary(judgement.ledger.pushes.map { ($0.event.eventID, $0.time) }) { first, _ in first }
    return judgement.updatesInScope(where: Self.isLost).compactMap { update -> Finding? in
      guard update.isProtected, let tip = update.report.after else { return nil }
      let pushed = judgement.ledger.pushes[update.push].time
      let sightings = judgement.refs[update.ref].timeline.sightings
      guard
        let end = update.report.droppedBy.flatMap({ pushes[$0.eventID] })
          ?? update.missingFrom.map({ sightings[$0].end })
      else { return nil }
      let during = search.reads.during(pushed, end)
      let reads = during.shown.filter { search.maySee($0, tip, on: update.report.ref) }
        .map { search.report($0, of: tip) }
      guard !reads.isEmpty else { return nil }
      let confirmed = reads.count { $0.certainty == .confirmed }
      var message =
        "\(update.report.ref.shorthand) was at \(tip.short) from \(pushed) to \(end), and was read \(times(reads.count)) meanwhile by \(people(reads))"
      if confirmed > 0 { message += "; \(confirmed) of these surely got it" }
      if during.excluded > 0 { message += "; reads by those left out: \(during.excluded)" }
      var evidence = reads.prefix(Self.listed).map(line)
      if reads.count > Self.listed { evidence.append("and \(reads.count - Self.listed) more") }
      return Finding(
        rule: .exposure, severity: .note, message: message, ref: update.report.ref,
        eventID: judgement.event(of: update).eventID, commits: [tip], evidence: evidence, isProtected: true)
    }
  }

  private static func isLost(_ transition: Transition, _ verdict: Verdict?) -> Bool {
    switch verdict {
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
