internal import GitStore
internal import PushModel
internal import RefLedger

/// Which push first put each commit on the server: one walk over the whole graph for all pushes together (DESIGN 5).
///
/// Every node is marked once, by the first thing that shows it on the server: a tip that was there before, or an update.
/// Updates take their commits in ledger order, so that the cost is commits + updates, never their product.
struct Attribution {
  /// What an update introduced.
  struct Introduction {
    /// Parents first.
    var exact: [CommitGraph.Node] = []
    var atOrBefore: [CommitGraph.Node] = []
    /// A boundary of the clones cuts the walk: there may be more.
    var isCut = false
  }

  /// A tip that was on the server by some time, by the word of something other than an update of the ledger.
  struct KnownTip {
    var tip: ObjectID
    var by: Timestamp
  }

  let history: History
  let ledger: Ledger
  let coverage: Coverage
  let clockSkew: Int64
  /// By update; `nil` where the tip is absent (and the server tells nothing of it), nothing, or may never have been there.
  private(set) var introductions: [Introduction?]
  /// For each node: 0 for nobody, 1 for "there before", else the introducing update + 2.
  private(set) var owners: [UInt32]

  private static let nobody: UInt32 = 0
  private static let before: UInt32 = 1

  /// What attribution needs to know of each update, in ledger order.
  struct Candidate {
    var update: Int
    /// It may have been refused: what it carried may have come later.
    var isDoubtful: Bool
    var isBeforeKnown: Bool
    /// It is the API call that made its tip.
    var makesTip: Bool
    var before: ObjectID?
  }

  init(
    history: History, ledger: Ledger, coverage: Coverage, clockSkew: Int64, candidates: [Candidate],
    known: [KnownTip], omissions: [Timestamp]
  ) {
    self.history = history
    self.ledger = ledger
    self.coverage = coverage
    self.clockSkew = clockSkew
    introductions = Array(repeating: nil, count: ledger.updates.count)
    owners = Array(repeating: Self.nobody, count: history.graph.count)
    run(candidates, known: known.sorted { $0.by < $1.by }, omissions: omissions)
  }

  /// Whether an update introduced the commit.
  func isIntroduced(_ node: CommitGraph.Node) -> Bool { owners[Int(node)] > Self.before }
  func isKnownBefore(_ node: CommitGraph.Node) -> Bool { owners[Int(node)] == Self.before }
  /// The update that introduced a commit.
  func introducer(of node: CommitGraph.Node) -> Int? {
    let owner = owners[Int(node)]
    return owner > Self.before ? Int(owner) - 2 : nil
  }

  private mutating func run(_ candidates: [Candidate], known: [KnownTip], omissions: [Timestamp]) {
    let obstacles = obstacleTimes(candidates, omissions)
    var shared: Set<CommitGraph.Node> = []
    var stack: [CommitGraph.Node] = []
    var nextKnown = 0
    var nextObstacle = 0
    // The latest obstacle, and the latest of another push than that one's.
    var latest: (time: Timestamp, push: Int)?
    var latestOther: Timestamp?
    for candidate in candidates {
      let update = ledger.updates[candidate.update]
      while nextKnown < known.count, known[nextKnown].by < update.time {
        markKnown(known[nextKnown].tip)
        nextKnown += 1
      }
      if let before = candidate.before { markKnown(before) }
      while nextObstacle < obstacles.count, obstacles[nextObstacle].time <= update.time + TimelineItem.orderSlack {
        let obstacle = obstacles[nextObstacle]
        if let latest, latest.push != obstacle.push { latestOther = latest.time }
        latest = obstacle
        nextObstacle += 1
      }
      let lastObstacle = latest?.push == update.push && update.push >= 0 ? latestOther : latest?.time
      guard let tip = update.after, !candidate.isDoubtful, let node = history.node(of: tip), history.isKnown(tip)
      else { continue }
      let found = take(node, for: candidate.update, sharing: &shared, &stack)
      introductions[candidate.update] = Introduction(exact: found.nodes, atOrBefore: [], isCut: found.isCut)
      split(candidate, floor: floor(of: update, lastObstacle))
    }
    demote(shared)
  }

  /// Pushes that may have carried commits unseen: their tips are absent, cut, incomplete, or may have been refused.
  private func obstacleTimes(
    _ candidates: [Candidate], _ omissions: [Timestamp]
  ) -> [(time: Timestamp, push: Int)] {
    var result = omissions.map { (time: $0, push: -1) }
    for candidate in candidates {
      let update = ledger.updates[candidate.update]
      guard let tip = update.after else { continue }
      if candidate.isDoubtful || !history.isKnown(tip)
        || (history.kind(of: tip) != .notACommit && !history.isComplete(tip))
      {
        result.append((update.time, update.push))
      }
    }
    return result.sorted { ($0.time, $0.push) < ($1.time, $1.push) }
  }

  private mutating func markKnown(_ tip: ObjectID) {
    guard let root = history.node(of: tip), owners[Int(root)] == Self.nobody else { return }
    var stack = [root]
    owners[Int(root)] = Self.before
    while let node = stack.popLast() {
      for parent in history.graph.parents(node) where owners[Int(parent)] == Self.nobody {
        owners[Int(parent)] = Self.before
        stack.append(parent)
      }
    }
  }

  /// Marks everything below a tip that nobody has yet. Where it meets commits of a push within seconds, either may have
  /// brought them: those are shared.
  private mutating func take(
    _ root: CommitGraph.Node, for update: Int, sharing shared: inout Set<CommitGraph.Node>,
    _ stack: inout [CommitGraph.Node]
  ) -> (nodes: [CommitGraph.Node], isCut: Bool) {
    let mine = UInt32(update + 2)
    let time = ledger.updates[update].time
    let push = ledger.updates[update].push
    var nodes: [CommitGraph.Node] = []
    var isCut = false
    stack.removeAll(keepingCapacity: true)
    func isShareable(_ owner: UInt32) -> Bool {
      guard owner > Self.before, owner != mine else { return false }
      let other = ledger.updates[Int(owner) - 2]
      return other.push != push && time - other.time <= TimelineItem.orderSlack
    }
    func visit(_ node: CommitGraph.Node) {
      let owner = owners[Int(node)]
      if owner == Self.nobody {
        owners[Int(node)] = mine
        if history.graph.isPresent(node) || history.graph.isOnServer(node) {
          nodes.append(node)
        } else {
          isCut = true
        }
        stack.append(node)
      } else if isShareable(owner), shared.insert(node).inserted {
        stack.append(node)
      }
    }
    visit(root)
    while let node = stack.popLast() {
      for parent in history.graph.parents(node) { visit(parent) }
    }
    nodes.sort()
    return (nodes, isCut)
  }

  /// No commit made before this moment is exactly attributed to the update; `nil` if none is at all.
  private func floor(of update: Ledger.Update, _ lastObstacle: Timestamp?) -> Timestamp? {
    guard coverage.contains(update.time), !coverage.hasProvenGap(from: update.time, to: update.time) else { return nil }
    var floor = coverage.lastBlindMoment(before: update.time) ?? update.time
    if let created = ledger.created, coverage.separation(from: created, to: update.time) != .proven,
      coverage.stretch(at: created) == coverage.stretch(at: update.time),
      !coverage.hasProvenGap(from: created, to: update.time)
    {
      floor = .distantPast
    }
    if let lastObstacle { floor = max(floor, lastObstacle) }
    return floor
  }

  private mutating func split(_ candidate: Candidate, floor: Timestamp?) {
    guard var introduction = introductions[candidate.update] else { return }
    let made = candidate.makesTip ? ledger.updates[candidate.update].after.flatMap(history.node(of:)) : nil
    var exact: [CommitGraph.Node] = []
    for node in introduction.exact {
      let time = history.graph.committerTime(node)
      // A date later than the push itself is false, whatever else it claims.
      let isPlausible = time <= ledger.updates[candidate.update].time.seconds + clockSkew
      let isYounger = isPlausible && (floor.map { $0 == .distantPast || time - clockSkew > $0.seconds } ?? false)
      if node == made || (candidate.isBeforeKnown && isYounger) {
        exact.append(node)
      } else {
        introduction.atOrBefore.append(node)
      }
    }
    introduction.exact = exact
    introductions[candidate.update] = introduction
  }

  /// Commits that a push within seconds has as well are no longer exact.
  private mutating func demote(_ shared: Set<CommitGraph.Node>) {
    let byUpdate = Dictionary(grouping: shared.sorted()) { introducer(of: $0) ?? -1 }
    for (update, nodes) in byUpdate {
      guard update >= 0, var introduction = introductions[update] else { continue }
      let demoted = Set(nodes)
      introduction.atOrBefore += introduction.exact.filter(demoted.contains)
      introduction.atOrBefore.sort()
      introduction.exact.removeAll(where: demoted.contains)
      introductions[update] = introduction
    }
  }
}
