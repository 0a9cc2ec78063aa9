internal import GitStore
internal import PushModel
internal import RefLedger

/// `unattributed-commits`: commits on a protected ref, made within coverage, that nobody logged pushed.
struct UnattributedCommitsRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    // A hundred thousand tags share a history: what can be on none of them is looked for once.
    var suspects: [Timestamp: Suspects] = [:]
    return judgement.refs.compactMap { knowledge in
      guard knowledge.isProtected, knowledge.state != .trailBehind, let latest = knowledge.latest, latest.canAccuse,
        case .tip(let tip) = latest.value, knowledge.lastKnown == [latest.value],
        let node = judgement.history.node(of: tip)
      else { return nil }
      let known = suspects[latest.end] ?? Suspects(seenBy: latest.end, in: judgement)
      suspects[latest.end] = known
      let commits = known.commits(below: node, in: judgement.history.graph)
      guard !commits.isEmpty else { return nil }
      return Finding(
        rule: .unattributedCommits, severity: .warning,
        message:
          "\(Phrase.count(commits.count, "commit")) of \(knowledge.ref.shorthand), made within coverage, came with no logged push",
        ref: knowledge.ref, commits: commits.map(judgement.history.graph.id), evidence: [latest.sighting.evidence],
        isProtected: true)
    }
  }

  /// Commits that no update introduced or may have introduced and that were made since the trail can see, on whatever ref,
  /// of what was seen by a time.
  private struct Suspects {
    /// Of each node, whether it is one, or a walk through what was introduced leads to one; empty where none is.
    private var leads: [Bool] = []
    private var isSuspect: [Bool] = []

    init(seenBy end: Timestamp, in judgement: Judgement) {
      let graph = judgement.history.graph
      let coverage = judgement.coverage
      let attribution = judgement.attribution
      guard let start = coverage.start, let effectiveEnd = coverage.effectiveEnd, end <= effectiveEnd,
        judgement.ledger.pushes.allSatisfy({ $0.omitted == nil })
      else { return }
      leads = Array(repeating: false, count: graph.count)
      isSuspect = leads
      // Parents have smaller numbers than their children.
      for index in leads.indices {
        let node = CommitGraph.Node(index)
        guard graph.isPresent(node), !attribution.isKnownBefore(node) else { continue }
        if attribution.isIntroduced(node) {
          graph.forEachParent(of: node) { if leads[Int($0)] { leads[index] = true } }
        } else if !attribution.mayBeIntroduced(node) {
          let made = Timestamp(seconds: graph.committerTime(node)) - judgement.options.clockSkew
          isSuspect[index] = made >= start && coverage.isUnbroken(from: made, to: end)
          leads[index] = isSuspect[index]
        }
      }
    }

    /// Those in the history of a commit, as far as the walk among what is new leads; parents first.
    func commits(below root: CommitGraph.Node, in graph: CommitGraph) -> [CommitGraph.Node] {
      guard !leads.isEmpty, leads[Int(root)] else { return [] }
      var result: [CommitGraph.Node] = []
      var seen: Set<CommitGraph.Node> = [root]
      var stack = [root]
      while let node = stack.popLast() {
        if isSuspect[Int(node)] { result.append(node) }
        for parent in graph.parents(node) where leads[Int(parent)] && seen.insert(parent).inserted {
          stack.append(parent)
        }
      }
      return result.sorted()
    }
  }
}
