internal import GitStore
internal import PushModel
internal import RefLedger

/// Which push first put each commit on the server: one walk over the whole graph for all pushes together (DESIGN 5).
///
/// Every node is marked once, by the first thing that shows it on the server: a tip that was there before, or an update.
/// Updates take their commits in ledger order, so that the cost is commits + updates, never their product.
struct Attribution {
  typealias Node = CommitGraph.Node

  /// What an update introduced.
  struct Introduction {
    /// Parents first.
    var exact: ArraySlice<Node>
    var atOrBefore: ArraySlice<Node>
    /// A boundary of the clones cuts the walk: there may be more.
    var isCut: Bool
  }

  /// A tip that was on the server by some time, by the word of something other than an update of the ledger.
  struct KnownTip {
    var tip: ObjectID
    var by: Timestamp
  }

  /// What attribution needs to know of an update.
  struct Candidate {
    /// Its tip, where a clone has it or the server tells of it, and it surely was on the ref.
    var tip: Node?
    /// Its tip otherwise: it may have been refused, or be a deletion.
    var doubtfulTip: Node?
    /// What surely stood before it.
    var before: Node?
    var isBeforeKnown = false
    /// It is the API call that made its tip.
    var makesTip = false
    /// It may have carried commits unseen: its tip is absent, cut, incomplete, or may have been refused.
    var isObstacle = false
  }

  private let history: History
  private let ledger: Ledger
  private let coverage: Coverage
  private let clockSkew: Int64
  /// For each node: 0 for nobody, 1 for "there before", the highest number for some update that is in doubt, else the
  /// introducing update + 2.
  private var owners: [UInt32]
  /// Of all updates, one after the other, what each introduced.
  private var nodes: [Node] = []
  /// By update.
  private var spans: [Span?]

  /// What an update introduced, in `nodes`: first what is exact.
  private struct Span {
    var start: UInt32
    var exact: UInt32
    var end: UInt32
    var isCut: Bool
  }

  private static let nobody: UInt32 = 0
  private static let before: UInt32 = 1
  private static let somebody = UInt32.max

  /// - Parameters:
  ///   - candidates: By update.
  ///   - order: The pushes, in ledger order.
  init(
    history: History, ledger: Ledger, coverage: Coverage, clockSkew: Int64, candidates: [Candidate], order: [Int],
    known: [KnownTip], omissions: [Timestamp]
  ) {
    self.history = history
    self.ledger = ledger
    self.coverage = coverage
    self.clockSkew = clockSkew
    spans = Array(repeating: nil, count: ledger.updates.count)
    owners = Array(repeating: Self.nobody, count: history.graph.count)
    run(candidates, order, known: known.sorted { $0.by < $1.by }, omissions: omissions)
  }

  /// Whether an update introduced the commit.
  func isIntroduced(_ node: Node) -> Bool { owners[Int(node)] > Self.before && !mayBeIntroduced(node) }
  /// Whether no update introduced the commit for certain, and one that may have been refused, or be a deletion, has it.
  func mayBeIntroduced(_ node: Node) -> Bool { owners[Int(node)] == Self.somebody }
  func isKnownBefore(_ node: Node) -> Bool { owners[Int(node)] == Self.before }
  /// The update that introduced a commit.
  func introducer(of node: Node) -> Int? {
    let owner = owners[Int(node)]
    return isIntroduced(node) ? Int(owner) - 2 : nil
  }

  /// `nil` where the tip is absent (and the server tells nothing of it), nothing, or may never have been there.
  func introduction(of update: Int) -> Introduction? {
    guard let span = spans[update] else { return nil }
    return Introduction(
      exact: nodes[Int(span.start)..<Int(span.exact)], atOrBefore: nodes[Int(span.exact)..<Int(span.end)],
      isCut: span.isCut)
  }

  /// Whether the commit is exactly attributed to some update.
  func isExact(_ node: Node) -> Bool {
    introducer(of: node).flatMap(introduction)?.exact.contains(node) ?? false
  }

  // MARK: - The walk

  private mutating func run(_ candidates: [Candidate], _ order: [Int], known: [KnownTip], omissions: [Timestamp]) {
    var obstacles = Obstacles(ledger, candidates, omissions)
    var shared: Set<Node> = []
    var stack: [Node] = []
    var later: [Node] = []
    var nextKnown = 0
    var floors = Floors(coverage, created: ledger.created)
    for push in order {
      let time = ledger.pushes[push].time
      while nextKnown < known.count, known[nextKnown].by < time {
        if let node = history.node(of: known[nextKnown].tip) { mark(Self.before, below: node, &stack) }
        nextKnown += 1
      }
      for index in ledger.pushes[push].updates {
        let candidate = candidates[index]
        if let before = candidate.before { mark(Self.before, below: before, &stack) }
        guard let tip = candidate.tip else { continue }
        let start = nodes.count
        let isCut = take(tip, for: index, time, push, sharing: &shared, &stack)
        let exact: Int
        if nodes.count == start {
          exact = start
        } else {
          nodes[start...].sort()
          let floor = floors.floor(at: time).map { max($0, obstacles.last(at: time, besides: push) ?? $0) }
          exact = split(from: start, candidate, at: time, floor: floor, &later)
        }
        spans[index] = Span(start: UInt32(start), exact: UInt32(exact), end: UInt32(nodes.count), isCut: isCut)
      }
    }
    demote(shared)
    for candidate in candidates {
      if let tip = candidate.doubtfulTip { mark(Self.somebody, below: tip, &stack) }
    }
  }

  /// Gives what nobody has below a tip to an owner.
  private mutating func mark(_ owner: UInt32, below root: Node, _ stack: inout [Node]) {
    guard owners[Int(root)] == Self.nobody else { return }
    stack.removeAll(keepingCapacity: true)
    stack.append(root)
    owners[Int(root)] = owner
    while let node = stack.popLast() {
      history.graph.forEachParent(of: node) { parent in
        guard owners[Int(parent)] == Self.nobody else { return }
        owners[Int(parent)] = owner
        stack.append(parent)
      }
    }
  }

  /// Marks everything below a tip that nobody has yet, and adds it to `nodes`. Where it meets commits of a push within
  /// seconds, either may have brought them: those are shared. Returns whether a boundary cuts the walk.
  private mutating func take(
    _ root: Node, for update: Int, _ time: Timestamp, _ push: Int, sharing shared: inout Set<Node>,
    _ stack: inout [Node]
  ) -> Bool {
    let mine = UInt32(update + 2)
    var isCut = false
    stack.removeAll(keepingCapacity: true)
    func isShareable(_ owner: UInt32) -> Bool {
      guard owner > Self.before, owner != mine else { return false }
      let other = ledger.updates[Int(owner) - 2].push
      return other != push && time - ledger.pushes[other].time <= TimelineItem.orderSlack
    }
    func visit(_ node: Node) {
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
      history.graph.forEachParent(of: node, visit)
    }
    return isCut
  }

  /// Puts what is exact of the newest nodes before the rest, and returns where that begins. No commit that was made before
  /// `floor` is exact; `nil` where none is at all.
  private mutating func split(
    from start: Int, _ candidate: Candidate, at time: Timestamp, floor: Timestamp?, _ later: inout [Node]
  ) -> Int {
    let made = candidate.makesTip ? candidate.tip : nil
    later.removeAll(keepingCapacity: true)
    var exact = start
    for index in start..<nodes.count {
      let node = nodes[index]
      let committed = history.graph.committerTime(node)
      // A date later than the push itself is false, whatever else it claims.
      let isPlausible = committed <= time.seconds + clockSkew
      let isYounger = isPlausible && (floor.map { $0 == .distantPast || committed - clockSkew > $0.seconds } ?? false)
      if node == made || (candidate.isBeforeKnown && isYounger) {
        nodes[exact] = node
        exact += 1
      } else {
        later.append(node)
      }
    }
    for (place, node) in later.enumerated() { nodes[exact + place] = node }
    return exact
  }

  /// Commits that a push within seconds has as well are no longer exact.
  private mutating func demote(_ shared: Set<Node>) {
    for update in Set(shared.compactMap(introducer)) {
      guard var span = spans[update] else { continue }
      let demoted = nodes[Int(span.start)..<Int(span.exact)].filter(shared.contains)
      guard !demoted.isEmpty else { continue }
      let kept = nodes[Int(span.start)..<Int(span.exact)].filter { !shared.contains($0) }
      let rest = (nodes[Int(span.exact)..<Int(span.end)] + demoted).sorted()
      nodes.replaceSubrange(Int(span.start)..<Int(span.end), with: kept + rest)
      span.exact = span.start + UInt32(kept.count)
      spans[update] = span
    }
  }
}

/// Pushes that may have carried commits unseen, gone through in order of time.
private struct Obstacles {
  private var all: [(time: Timestamp, push: Int)]
  private var next = 0
  /// The latest so far, and the latest of another push than that one's.
  private var latest: (time: Timestamp, push: Int)?
  private var latestOther: Timestamp?

  init(_ ledger: Ledger, _ candidates: [Attribution.Candidate], _ omissions: [Timestamp]) {
    all = omissions.map { (time: $0, push: -1) }
    for index in candidates.indices where candidates[index].isObstacle {
      let push = ledger.updates[index].push
      all.append((ledger.pushes[push].time, push))
    }
    all.sort { ($0.time, $0.push) < ($1.time, $1.push) }
  }

  /// The latest that may have come before a push; `time` must not fall from call to call.
  mutating func last(at time: Timestamp, besides push: Int) -> Timestamp? {
    while next < all.count, all[next].time <= time + TimelineItem.orderSlack {
      if let latest, latest.push != all[next].push { latestOther = latest.time }
      latest = all[next]
      next += 1
    }
    return latest?.push == push ? latestOther : latest?.time
  }
}

/// Until when the trail cannot see what a push may have found.
private struct Floors {
  private let coverage: Coverage
  private let created: Timestamp?
  private var last: (time: Timestamp, floor: Timestamp?)?

  init(_ coverage: Coverage, created: Timestamp?) {
    self.coverage = coverage
    self.created = created
  }

  /// No commit made before this moment is exactly attributed to a push of that time; `nil` if none is at all.
  mutating func floor(at time: Timestamp) -> Timestamp? {
    if let last, last.time == time { return last.floor }
    let floor = find(time)
    last = (time, floor)
    return floor
  }

  private func find(_ time: Timestamp) -> Timestamp? {
    guard coverage.contains(time), !coverage.hasProvenGap(from: time, to: time) else { return nil }
    if let created, coverage.separation(from: created, to: time) != .proven,
      coverage.stretch(at: created) == coverage.stretch(at: time), !coverage.hasProvenGap(from: created, to: time)
    {
      return .distantPast
    }
    return coverage.lastBlindMoment(before: time) ?? time
  }
}

extension Attribution.Candidate {
  init(_ item: Int, of timeline: RefTimeline, _ history: History) {
    let before = Befores(timeline: timeline).report(item)
    isBeforeKnown =
      before.source != .unknown && before.possible == nil
      && (timeline.softness[item] == nil || before.source == .event)
    if before.possible == nil, let tip = before.tip { self.before = history.node(of: tip) }
    guard let tip = timeline.items[item].after else { return }
    let isDoubtful = timeline.mayBeRefused(item) || timeline.isDeletion(item)
    let isKnown = history.isKnown(tip)
    if isKnown, isDoubtful { doubtfulTip = history.node(of: tip) } else if isKnown { self.tip = history.node(of: tip) }
    makesTip = timeline.items[item].makesTip
    isObstacle = isDoubtful || !isKnown || (history.kind(of: tip) != .notACommit && !history.isComplete(tip))
  }
}
