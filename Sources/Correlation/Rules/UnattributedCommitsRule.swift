internal import GitStore
internal import PushModel
internal import RefLedger

/// `unattributed-commits`: commits on a protected ref, made within coverage, that nobody logged pushed.
struct UnattributedCommitsRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    judgement.refs.compactMap { knowledge in
      guard knowledge.isProtected, knowledge.state != .trailBehind, let latest = knowledge.latest, latest.canAccuse,
        case .tip(let tip) = latest.value, knowledge.lastKnown == [latest.value],
        let node = judgement.history.node(of: tip)
      else { return nil }
      let commits = Self.commits(below: node, seenBy: latest.end, in: judgement)
      guard !commits.isEmpty else { return nil }
      return Finding(
        rule: .unattributedCommits, severity: .warning,
        message:
          "\(Phrase.count(commits.count, "commit")) of \(knowledge.ref.shorthand), made within coverage, came with no logged push",
        ref: knowledge.ref, commits: commits.map(judgement.history.graph.id), evidence: [latest.sighting.evidence],
        isProtected: true)
    }
  }

  /// Commits that no update introduced and that were made since the trail can see; only those, so that the walk stays
  /// among what is new.
  static func commits(
    below root: CommitGraph.Node, seenBy end: Timestamp, in judgement: Judgement
  ) -> [CommitGraph.Node] {
    let graph = judgement.history.graph
    let coverage = judgement.coverage
    guard let effectiveEnd = coverage.effectiveEnd, end <= effectiveEnd,
      judgement.ledger.pushes.allSatisfy({ $0.omitted == nil })
    else { return [] }
    var result: [CommitGraph.Node] = []
    var seen = Array(repeating: false, count: graph.count)
    var stack = [root]
    while let node = stack.popLast() {
      guard !seen[Int(node)], graph.isPresent(node), !judgement.attribution.isKnownBefore(node) else { continue }
      seen[Int(node)] = true
      let made = Timestamp(seconds: graph.committerTime(node)) - judgement.options.clockSkew
      if judgement.attribution.isIntroduced(node) {
        stack += graph.parents(node)
        continue
      }
      guard coverage.isUnbroken(from: made, to: end) else { continue }
      result.append(node)
      stack += graph.parents(node)
    }
    return result.sorted()
  }
}
