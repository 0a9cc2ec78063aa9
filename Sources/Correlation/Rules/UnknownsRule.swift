internal import PushModel
internal import RefLedger

/// `evidence-incomplete`, `trail-behind`, `trail-gap`, `references-omitted`: what could not be checked and could hide a
/// finding, one finding for each protected ref and reason, and one for all other refs together.
///
/// What the next run judges for certain is said, and does not count. What can hide nothing that matters is not said: a trail shorter than the repository's life, refs that were pushed a
/// minute ago and the like are everybody's Tuesday.
struct UnknownsRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    struct Group: Hashable {
      /// Of a protected ref.
      var ref: Int?
      var reason: UnknownReason
    }
    var groups: [Group: [Unknown]] = [:]
    for unknown in Unknowns(judgement).all() {
      let ref = unknown.isProtected ? unknown.ref : nil
      groups[Group(ref: ref, reason: unknown.reason), default: []].append(unknown)
    }
    let named = groups.map { group, unknowns in
      (key: Key(ref: group.ref.map { judgement.refs[$0].ref }, reason: group.reason), unknowns: unknowns)
    }
    return omitted(in: judgement)
      + named.sorted { $0.key < $1.key }.map { finding($0.key, $0.unknowns, judgement) }
  }

  private struct Key: Comparable {
    var ref: RefName?
    var reason: UnknownReason

    static func < (left: Key, right: Key) -> Bool {
      (left.ref?.rawValue ?? "~", left.reason.rawValue) < (right.ref?.rawValue ?? "~", right.reason.rawValue)
    }
  }

  private func finding(_ key: Key, _ unknowns: [Unknown], _ judgement: Judgement) -> Finding {
    let refs = unique(unknowns.map(\.ref)).map { judgement.refs[$0].ref }.sorted()
    let pushes = unique(unknowns.compactMap(\.push))
    let tips = unique(unknowns.compactMap(\.tip))
    let what = unique(unknowns.map(\.subject)).map(\.words).sorted().joined(separator: " and ")
    let where_ =
      key.ref.map(\.shorthand)
      ?? (refs.count == 1 ? refs[0].shorthand : "\(refs.count) other refs")
    let times = unknowns.compactMap(\.time)
    var commands = SettleCommands(judgement).commands(
      for: key.reason, tips: tips, from: trailStart(key.reason, unknowns, judgement), to: times.max())
    commands = unique(commands)
    let isGone = !tips.isEmpty && tips.allSatisfy(SettleCommands(judgement).isGone)
    let gone = isGone ? ", and the server says that it does not have it" : ""
    return Finding(
      rule: rule(key.reason), severity: .warning,
      message:
        "\(where_): \(what) of \(Phrase.count(max(pushes.count, 1), "update")) cannot be told: \(reason(key.reason, unknowns, judgement))\(gone)",
      ref: key.ref ?? (refs.count == 1 ? refs[0] : nil),
      eventID: pushes.count == 1 ? judgement.ledger.pushes[pushes[0]].event.eventID : nil,
      commits: Array(tips.prefix(100)),
      evidence: refs.prefix(20).map { "\($0)" } + (refs.count > 20 ? ["and \(refs.count - 20) more"] : []),
      settle: commands, countsAsUnknown: unknowns.contains(where: \.counts), isProtected: key.ref != nil)
  }

  private func trailStart(_ reason: UnknownReason, _ unknowns: [Unknown], _ judgement: Judgement) -> Timestamp? {
    switch reason {
    case .trailBehind: judgement.coverage.end ?? unknowns.compactMap(\.time).min()
    default: unknowns.compactMap(\.time).min()
    }
  }

  private func rule(_ reason: UnknownReason) -> Rule {
    switch reason {
    case .trailGap: .trailGap
    case .trailBehind: .trailBehind
    case .referencesOmitted: .referencesOmitted
    default: .evidenceIncomplete
    }
  }

  /// A push whose list of refs CloudTrail cut may have done anything to any of them.
  private func omitted(in judgement: Judgement) -> [Finding] {
    judgement.order.filter { judgement.ledger.pushes[$0].omitted != nil }.compactMap { index in
      let push = judgement.ledger.pushes[index]
      guard let omission = push.omitted, judgement.isInScope(push.time) else { return nil }
      var ref: RefName?
      if case .oneRef(let name) = omission { ref = name }
      return Finding(
        rule: .referencesOmitted, severity: .warning,
        message:
          "CloudTrail cut what this \(push.event.action) by \(Phrase.person(push.event.principal)) moved: \(ref.map { $0.shorthand } ?? "any ref") may have moved",
        ref: ref, eventID: push.event.eventID, evidence: [Phrase.event(push.event)],
        settle: SettleCommands(judgement).lookAtRefs(), countsAsUnknown: true)
    }
  }

  private func reason(_ reason: UnknownReason, _ unknowns: [Unknown], _ judgement: Judgement) -> String {
    guard reason == .notFetchedYet else { return words(reason) }
    let last = unknowns.flatMap { unknown in
      [unknown.time, judgement.refs[unknown.ref].timeline.items.last?.time].compactMap(\.self)
    }.max()
    // A time that is merely the latest possible one is no fetch then.
    let seen = judgement.evidence.clones.compactMap(\.lastFetch).filter { [.reflog, .fetchHead].contains($0.by) }
    let fetches = judgement.evidence.fetches.map(\.time) + seen.map(\.time)
    guard let last, fetches.contains(where: { $0 > last }) else { return words(reason) }
    return "a clone was fetched since, but nothing proves that what it shows is later"
  }

  private func words(_ reason: UnknownReason) -> String {
    switch reason {
    case .incompleteHistory: "the clone's history is cut short"
    case .tipAbsent: "a tip is in no clone"
    case .beforeUnknown: "what stood there before is not known"
    case .trailGap: "the trail has a gap there"
    case .trailBehind: "the clone is later than the trail, which may not tell yet what happened"
    case .referencesOmitted: "a push whose list of refs CloudTrail cut lies in between"
    case .order: "updates within seconds of each other may have happened in another order"
    case .race: "the server may have refused one of several pushes at once, and no record says so"
    case .possibleDeletion: "a record may be a deletion or a push that was sent again"
    case .notFetchedYet: "no clone is known to have been fetched since"
    case .timeUnproven: "nothing dates the clone's last fetch well enough"
    case .refNotFetched: "no clone fetches that ref"
    case .notTracked: "a clone's tags do not follow the server's"
    }
  }
}
