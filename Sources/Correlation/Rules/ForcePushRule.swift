internal import PushModel
internal import RefLedger

/// `force-push` and `tag-moved`: a ref that was moved to where its history does not lead.
struct ForcePushRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    var findings: [Finding] = []
    var blamed: Set<Int> = []
    for update in judgement.updatesInScope(where: { $0.transition == .forced }) {
      findings.append(update.report.ref.isTag ? tagMoved(update, judgement) : forced(update, judgement))
      blamed.insert(update.push)
    }
    findings += remadeTags(in: judgement)
    return findings + provenDrops(in: judgement)
  }

  private func forced(_ update: UpdateJudgement, _ judgement: Judgement) -> Finding {
    let event = judgement.event(of: update)
    let report = update.report
    var message = "\(Phrase.person(event.principal)) force-pushed \(report.ref.shorthand)"
    let befores = (report.before.possible ?? [report.before.tip]).compactMap(\.self)
    if !befores.isEmpty, let after = report.after {
      message += " from \(oneOf(befores)) to \(after.short)"
    }
    if let removed = report.removed, removed.count == 0, removed.incomplete {
      message += ": what it replaced depends on which of these stood there"
    } else if let removed = report.removed {
      message += ": \(removed.incomplete ? "at least " : "")\(Phrase.count(removed.count, "commit")) replaced"
      if !removed.commits.isEmpty { message += " (\(Phrase.survival(removed.commits, judgement.evidence)))" }
    } else if report.tip == .notACommit {
      message += ": the new tip is no commit, and has no history"
    } else {
      let isGone = report.before.tip.map(SettleCommands(judgement).isGone) ?? false
      message +=
        ": the old tip is in no clone here\(isGone ? ", nor on the server by its own word," : ",") and how many commits it took along is not known"
    }
    message += caveat(update, judgement)
    return Finding(
      rule: .forcePush, severity: update.isProtected ? .error : .warning, message: message, ref: report.ref,
      eventID: event.eventID, commits: replaced(report) ?? befores,
      evidence: [Phrase.event(event)] + proof(report),
      settle: settle(report, judgement),
      isProtected: update.isProtected)
  }

  /// `a`, `a or b`, and so on, as far as one reads.
  private func oneOf(_ tips: [ObjectID]) -> String {
    let more = tips.count > 3 ? " or \(tips.count - 3) more" : ""
    return tips.prefix(3).map(\.short).joined(separator: " or ") + more
  }

  /// The commits that were surely replaced; `nil` where not even one can be named.
  private func replaced(_ report: UpdateReport) -> [ObjectID]? {
    guard let removed = report.removed, removed.count > 0 || !removed.incomplete else { return nil }
    return removed.commits.map(\.id)
  }

  private func settle(_ report: UpdateReport, _ judgement: Judgement) -> [String] {
    guard let removed = report.removed else {
      if report.tip == .notACommit, let before = report.before.tip, judgement.history.isKnown(before) { return [] }
      return report.before.tip.map { SettleCommands(judgement).lookFor([$0]) } ?? []
    }
    return removed.incomplete && report.before.possible == nil
      ? SettleCommands(judgement).commands(for: .incompleteHistory, tips: [], from: nil, to: nil) : []
  }

  private func proof(_ report: UpdateReport) -> [String] {
    guard let before = report.before.tip, let after = report.after else { return [] }
    if report.tip == .notACommit { return ["\(after) is no commit"] }
    switch report.proof {
    case .absence: return ["the complete history of \(after.short) lacks \(before)"]
    case .graph: return ["\(before) is not an ancestor of \(after)"]
    default: return ["\(before) was replaced by \(after)"]
    }
  }

  private func caveat(_ update: UpdateJudgement, _ judgement: Judgement) -> String {
    var text = ""
    let time = judgement.ledger.pushes[update.push].time
    if [.ledger, .sighting].contains(update.report.before.source),
      !judgement.coverage.isVouchedFor(from: time, to: time)
    {
      text += "; by this push, or by one before it that no file here tells"
    }
    if update.report.landed == .logged { text += "; only the log shows that it landed" }
    return text
  }

  // MARK: - Tags

  private func tagMoved(_ update: UpdateJudgement, _ judgement: Judgement) -> Finding {
    let event = judgement.event(of: update)
    let report = update.report
    let before = report.before.tip?.short ?? "?"
    return Finding(
      rule: .tagMoved, severity: .error,
      message:
        "\(Phrase.person(event.principal)) moved tag \(report.ref.shorthand) from \(before) to \(report.after?.short ?? "?")"
        + caveat(update, judgement), ref: report.ref, eventID: event.eventID,
      commits: [report.before.tip, report.after].compactMap(\.self), evidence: [Phrase.event(event)],
      isProtected: update.isProtected)
  }

  /// A tag that was deleted and made again at another commit.
  private func remadeTags(in judgement: Judgement) -> [Finding] {
    var findings: [Finding] = []
    for knowledge in judgement.refs where knowledge.ref.isTag {
      var deleted: ObjectID?
      for item in knowledge.timeline.items {
        switch judgement.outcomes[item.update].transition {
        case .deleted: deleted = judgement.update(item.update).report.before.tip ?? deleted
        case .created:
          let update = judgement.update(item.update)
          if let old = deleted, let after = update.report.after, old != after,
            judgement.isInScope(judgement.ledger.pushes[update.push].time)
          {
            let event = judgement.event(of: update)
            findings.append(
              Finding(
                rule: .tagMoved, severity: .error,
                message:
                  "\(Phrase.person(event.principal)) made tag \(knowledge.ref.shorthand) again at \(after.short); it was deleted at \(old.short)",
                ref: knowledge.ref, eventID: event.eventID, commits: [old, after], evidence: [Phrase.event(event)],
                isProtected: true))
          }
          deleted = nil
        default: deleted = nil
        }
      }
    }
    return findings
  }

  // MARK: - Drops without a forced transition

  /// Tips that were provably overwritten, though which update did it cannot be told: one finding for each event by
  /// which they were gone.
  private func provenDrops(in judgement: Judgement) -> [Finding] {
    var byPush: [Int: [UpdateJudgement]] = [:]
    for update in judgement.updatesInScope(where: {
      $0.verdict == .overwritten && $0.dropped?.certainty == .noLaterThan
    }) {
      if let dropping = update.droppedBy { byPush[dropping, default: []].append(update) }
    }
    let drops = byPush.map { (push: judgement.ledger.pushes[$0], updates: $1) }
    return drops.sorted { $0.push.event.eventID < $1.push.event.eventID }.compactMap { push, updates -> Finding? in
      guard let first = updates.first else { return nil }
      let own = push.updates.first { judgement.ledger.updates[$0].ref == first.report.ref }.map(judgement.update)
      if own?.report.transition == .forced { return nil }
      // A deletion in between, or what may be one, took the tip away as well as a forced push would have; and what the
      // trail cannot see is not blamed on what it can.
      let timeline = judgement.refs[first.ref].timeline
      let last = own?.item ?? timeline.items.count - 1
      let earliest = updates.map(\.item).min() ?? last
      guard earliest < last, (earliest + 1...last).allSatisfy(timeline.isBeforeKnown) else { return nil }
      // Of those within seconds, also what the log has before it.
      let between = timeline.groups[timeline.groupOfItem[earliest]].lowerBound...last
      guard !between.contains(where: { timeline.isDeletion($0) || timeline.mayBeDeletion($0) }) else { return nil }
      let lost = updates.compactMap(\.report.after)
      let tips = unique(lost).filter { !isTold($0, between, of: timeline, judgement) }
      guard !tips.isEmpty else { return nil }
      // One that the server may have refused is not blamed.
      let isBlamed = own.map { !timeline.mayBeRefused($0.item) } ?? true
      var message =
        "\(first.report.ref.shorthand) lost \(Phrase.count(tips.count, "pushed tip")) (\(tips.prefix(3).map(\.short).joined(separator: ", "))) no later than "
      message +=
        isBlamed
        ? "this push by \(Phrase.person(push.event.principal)): this one, or one shortly before it, was forced"
        : "\(push.time): one of the pushes shortly before was forced, and which of them the server refused is not known"
      if !judgement.coverage.isVouchedFor(from: push.time, to: push.time) {
        message += "; or one that no file here tells"
      }
      return Finding(
        rule: first.report.ref.isTag ? .tagMoved : .forcePush, severity: first.isProtected ? .error : .warning,
        message: message, ref: first.report.ref, eventID: isBlamed ? push.event.eventID : nil, commits: tips,
        evidence: [Phrase.event(push.event)],
        isProtected: first.isProtected)
    }
  }

  /// Whether one of some updates is told to be the force push that took a tip away: what came seconds after it did not.
  private func isTold(
    _ tip: ObjectID, _ items: ClosedRange<Int>, of timeline: RefTimeline, _ judgement: Judgement
  ) -> Bool {
    items.contains { item in
      guard judgement.outcomes[timeline.items[item].update].transition == .forced,
        judgement.isInScope(timeline.items[item].time)
      else { return false }
      func relation(to values: some Collection<RefValue>) -> Relation {
        Relation(of: tip, to: values, isTag: false, judgement.history)
      }
      return relation(to: CollectionOfOne(timeline.items[item].target)) == .inNone
        && relation(to: timeline.possible[item].lazy.map(\.before)) == .inAll
    }
  }
}
