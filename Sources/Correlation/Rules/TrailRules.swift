internal import PushModel
internal import RefLedger

/// `trail-conflict`: two copies of one record disagree, or a record says that it replaces one that it cannot.
struct TrailConflictRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.evidence.conflicts.map { conflict in
      switch conflict.matter {
      case .copies(let fields):
        Finding(
          rule: .trailConflict, severity: .error,
          message:
            "two copies of event \(conflict.eventID) disagree in \(fields.joined(separator: ", ")); \(judgement.evidence.integrity == nil ? "the first" : "the first, or one that digest files prove,") was kept",
          eventID: conflict.eventID, evidence: ["kept: \(conflict.kept)", "differs: \(conflict.other)"])
      case .replacement(let original, let refusal):
        Finding(
          rule: .trailConflict, severity: .error,
          message:
            "event \(conflict.eventID) says that it replaces event \(original), which \(Self.words(refusal)): it replaces nothing",
          eventID: conflict.eventID, evidence: ["says so: \(conflict.kept)", "named: \(conflict.other)"])
      }
    }
  }

  private static func words(_ refusal: EventSet.Refusal) -> String {
    switch refusal {
    case .circular: "is itself, or would replace it in turn"
    case .otherAction: "is of another action"
    case .otherRepository: "is of another repository"
    }
  }
}

/// `trail-tampered`: a log file is not what it was when it was brought into the ledger. CloudTrail writes it once.
struct TrailChangedRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.evidence.changedFiles.map { file in
      var what: [String] = []
      if file.lost > 0 {
        what.append(
          "\(Phrase.count(file.lost, "record")) that the ledger keeps of it \(file.lost == 1 ? "is" : "are") not in it any more"
        )
      }
      if file.added > 0 {
        what.append(
          "\(Phrase.count(file.added, "record")) \(file.added == 1 ? "is" : "are") in it that \(file.added == 1 ? "was" : "were") not"
        )
      }
      return Finding(
        rule: .trailTampered, severity: .error,
        message: "\(file.path) was changed after it was imported: \(what.joined(separator: ", and "))",
        evidence: ["imported \(file.kept), found changed \(file.found)"])
    }
  }
}

/// `trail-gap`: files that could not be read, and days without files.
struct TrailGapRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    let unreadable = unreadableFiles(judgement)
    let days = judgement.coverage.missingDays.compactMap { gap -> Finding? in
      guard judgement.isInScope(gap.upperBound) || judgement.isInScope(gap.lowerBound) else { return nil }
      // Digest files say it better.
      if judgement.evidence.integrity?.problems.contains(where: { $0.blind?.contains(gap) ?? false }) ?? false {
        return nil
      }
      return Finding(
        rule: .trailGap, severity: .warning,
        message: "no trail file describes \(gap.lowerBound) to \(gap.upperBound): what moved then is unknown",
        settle: SettleCommands(judgement).trail(from: gap.lowerBound, to: gap.upperBound))
    }
    return unreadable + days + beyondCoverage(judgement)
  }
}

extension TrailGapRule {
  /// One finding a file, which names the first places; the report's `trail.unreadable` has them all.
  private func unreadableFiles(_ judgement: Judgement) -> [Finding] {
    var paths: [String] = []
    var places: [String: [UnreadablePlace]] = [:]
    for place in judgement.evidence.unreadable {
      if places[place.path] == nil { paths.append(place.path) }
      places[place.path, default: []].append(place)
    }
    return paths.compactMap { path in
      guard let mine = places[path], let first = mine.first else { return nil }
      let more = mine.count - Self.namedPlaces
      return Finding(
        rule: .trailGap, severity: .warning,
        message: mine.count == 1
          ? "\(path)\(Self.position(first)): \(first.reason); what it would tell is unknown"
          : "\(path): \(mine.count) places cannot be read: \(Self.words(mine.prefix(Self.namedPlaces)))\(more > 0 ? "; and \(more) more" : ""); what they would tell is unknown",
        evidence: mine.prefix(Self.listedPlaces).map { "\(path)\(Self.position($0))" }
          + (mine.count > Self.listedPlaces ? ["and \(mine.count - Self.listedPlaces) more places in it"] : []),
        settle: [SettleCommands(judgement).copyAgain(first)], countsAsUnknown: true)
    }
  }

  private static let namedPlaces = 3
  private static let listedPlaces = 20

  private static func position(_ place: UnreadablePlace) -> String {
    place.record.map { ", record \($0)" } ?? place.offset.map { ", byte \($0)" } ?? ""
  }

  /// `record 3: REASON; record 5: REASON`.
  private static func words(_ places: ArraySlice<UnreadablePlace>) -> String {
    func name(_ place: UnreadablePlace) -> String {
      place.record.map { "record \($0)" } ?? place.offset.map { "byte \($0)" } ?? "the file"
    }
    return places.map { "\(name($0)): \($0.reason)" }.joined(separator: "; ")
  }

  /// A window of which nothing is known is not verified, nor is one that begins days before the trail does.
  private func beyondCoverage(_ judgement: Judgement) -> [Finding] {
    let (since, until) = (judgement.options.since, judgement.options.until)
    guard since != nil || until != nil, let start = judgement.coverage.start, let end = judgement.coverage.end else {
      return []
    }
    func finding(_ message: String, _ from: Timestamp, _ to: Timestamp) -> [Finding] {
      [
        Finding(
          rule: .trailGap, severity: .warning, message: message,
          settle: SettleCommands(judgement).trail(from: from, to: to), countsAsUnknown: true)
      ]
    }
    if let since, since > end {
      return finding("the trail ends at \(end), before --since \(since): nothing of that time is known", end, since)
    }
    if let until, until < start {
      return finding(
        "the trail begins at \(start), after --until \(until): nothing of that time is known", since ?? until, start)
    }
    if let since, let until, !judgement.coverage.touches(from: since, to: until) {
      return finding("the trail describes no time from \(since) to \(until): nothing of it is known", since, until)
    }
    // The first record of a day is hardly ever written at midnight.
    if let since, start - since >= 86_400, judgement.ledger.created == nil {
      return finding(
        "the trail begins at \(start), \(Phrase.count(Int((start - since) / 86_400), "day")) after --since \(since): what was pushed before is not known",
        since, start)
    }
    return []
  }
}

/// `denied-push`: an attempt that was refused, and logged so.
struct DeniedPushRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    let protection = Protection(evidence: judgement.evidence)
    return judgement.ledger.attempts.compactMap { attempt in
      guard let code = attempt.event.errorCode, judgement.isInScope(attempt.event.time) else { return nil }
      let refs = attempt.references.map { RefName($0).shorthand }
      let what = refs.isEmpty ? "" : " to \(refs.prefix(3).joined(separator: ", "))"
      return Finding(
        rule: .deniedPush, severity: .note,
        message: "\(attempt.event.action) by \(Phrase.person(attempt.event.principal))\(what) was denied: \(code)",
        ref: attempt.references.count == 1 ? RefName(attempt.references[0]) : nil, eventID: attempt.event.eventID,
        evidence: [Phrase.event(attempt.event)],
        isProtected: attempt.references.contains { protection.isProtected(RefName($0)) })
    }
  }
}

/// `root-push`: the account's root user pushed.
struct RootPushRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.order.compactMap { index in
      guard judgement.ledger.pushes[index].event.principalType == "Root" else { return nil }
      let push = judgement.ledger.pushes[index]
      guard judgement.isInScope(push.time) else { return nil }
      let refs = push.updates.map { judgement.ledger.updates[$0].ref.shorthand }
      return Finding(
        rule: .rootPush, severity: .warning,
        message: "the account's root user pushed \(refs.prefix(3).joined(separator: ", "))",
        eventID: push.event.eventID, evidence: [Phrase.event(push.event)])
    }
  }
}
