/// Questions of ancestry, asked of a commit graph with scratch space that is used again: a search costs what it visits.
public struct GraphQueries: Sendable {
  private let graph: CommitGraph
  private var search: Search

  public init(_ graph: CommitGraph) {
    self.graph = graph
    search = Search(count: graph.count)
  }

  /// Whether `ancestor` is in the history of `tip`; every commit is in its own.
  public mutating func contains(_ ancestor: CommitGraph.Node, in tip: CommitGraph.Node) -> CommitGraph.Containment {
    if search.reaches(ancestor, from: tip, in: graph) { return .yes }
    return graph.isComplete(tip) ? .no : .unknown
  }

  /// Commits in the history of `tips` and of none of `excluded` (`git rev-list TIPS --not EXCLUDED`), parents first.
  ///
  /// Walks down from the tips and turns back at what the excluded ones contain, which mostly costs what is found. Where
  /// asking that costs too much, it paints down from both sides in falling node order, where every child comes before its
  /// parents, and stops as soon as nothing that is left can belong to the answer: the cost is that of the divergence.
  public mutating func difference(_ tips: [CommitGraph.Node], excluding excluded: [CommitGraph.Node]) -> [CommitGraph
    .Node]
  {
    search.prunedDifference(tips, excluding: excluded, in: graph)
      ?? search.difference(tips, excluding: excluded, in: graph)
  }
}

/// The scratch space and the walks.
private struct Search {
  /// `stamp` of the search that visited a node last: nothing needs clearing between searches.
  private var visited: [UInt32]
  private var stamp: UInt32 = 0
  private var stack: [CommitGraph.Node] = []
  private var paint: [UInt8] = []
  /// How many commits the questions of a pruned walk may look at before it is given up: so many, and a few more for each
  /// commit that is found.
  private static let patience = 256
  private static let patiencePerCommit = 16
  private var looked = 0

  init(count: Int) { visited = Array(repeating: 0, count: count) }

  /// Depth first, from `tip` down to `ancestor`'s number and generation: a parent has a smaller number and a smaller
  /// generation than its child, so nothing at or below those can lead to it. What the loader's own depth-first walk found
  /// below a commit has the numbers just under it, which answers most questions without a walk.
  mutating func reaches(_ ancestor: CommitGraph.Node, from tip: CommitGraph.Node, in graph: CommitGraph) -> Bool {
    guard ancestor <= tip else { return false }
    if graph.firstBelow[Int(tip)] <= ancestor { return true }
    let floor = graph.generations[Int(ancestor)]
    guard graph.generations[Int(tip)] > floor else { return false }
    nextStamp()
    stack.removeAll(keepingCapacity: true)
    stack.append(tip)
    while let node = stack.popLast() {
      looked += 1
      for edge in Int(graph.offsets[Int(node)])..<Int(graph.offsets[Int(node) + 1]) {
        let parent = graph.parentNodes[edge]
        guard parent >= ancestor, visited[Int(parent)] != stamp else { continue }
        if graph.firstBelow[Int(parent)] <= ancestor { return true }
        visited[Int(parent)] = stamp
        if graph.generations[Int(parent)] > floor { stack.append(parent) }
      }
    }
    return false
  }

  private mutating func nextStamp() {
    if stamp == .max {
      for index in visited.indices { visited[index] = 0 }
      stamp = 0
    }
    stamp += 1
  }

  mutating func prunedDifference(
    _ tips: [CommitGraph.Node], excluding excluded: [CommitGraph.Node], in graph: CommitGraph
  ) -> [CommitGraph.Node]? {
    if paint.isEmpty { paint = Array(repeating: 0, count: graph.count) }
    looked = 0
    var result: [CommitGraph.Node] = []
    var touched = tips
    var pending = tips
    defer { for node in touched { paint[Int(node)] = 0 } }
    while let node = pending.popLast() {
      guard paint[Int(node)] < 2 else { continue }
      paint[Int(node)] = 2
      if excluded.contains(where: { reaches(node, from: $0, in: graph) }) { continue }
      guard looked <= Self.patience + Self.patiencePerCommit * result.count else { return nil }
      result.append(node)
      graph.forEachParent(of: node) { parent in
        guard paint[Int(parent)] == 0 else { return }
        paint[Int(parent)] = 1
        touched.append(parent)
        pending.append(parent)
      }
    }
    return result.sorted()
  }

  mutating func difference(
    _ tips: [CommitGraph.Node], excluding excluded: [CommitGraph.Node], in graph: CommitGraph
  ) -> [CommitGraph.Node] {
    if paint.isEmpty { paint = Array(repeating: 0, count: graph.count) }
    let wanted: UInt8 = 1
    let unwanted: UInt8 = 2
    var queue = NodeHeap()
    var touched: [CommitGraph.Node] = []
    // How many nodes in the queue are still wanted and nothing else.
    var open = 0
    func add(_ node: CommitGraph.Node, _ colour: UInt8, _ paint: inout [UInt8]) {
      let old = paint[Int(node)]
      guard old | colour != old else { return }
      if old == 0 {
        queue.insert(node)
        touched.append(node)
      }
      if old | colour == wanted { open += 1 } else if old == wanted { open -= 1 }
      paint[Int(node)] = old | colour
    }
    for node in excluded { add(node, unwanted, &paint) }
    for node in tips { add(node, wanted, &paint) }
    var result: [CommitGraph.Node] = []
    while open > 0, let node = queue.removeMax() {
      let colour = paint[Int(node)]
      if colour == wanted {
        open -= 1
        result.append(node)
      }
      for edge in Int(graph.offsets[Int(node)])..<Int(graph.offsets[Int(node) + 1]) {
        add(graph.parentNodes[edge], colour & unwanted != 0 ? unwanted : wanted, &paint)
      }
    }
    for node in touched { paint[Int(node)] = 0 }
    result.reverse()
    return result
  }
}

/// A binary heap of nodes, the greatest first.
struct NodeHeap {
  private var nodes: [CommitGraph.Node] = []

  mutating func insert(_ node: CommitGraph.Node) {
    nodes.append(node)
    var child = nodes.count - 1
    while child > 0, nodes[(child - 1) / 2] < nodes[child] {
      nodes.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeMax() -> CommitGraph.Node? {
    guard let top = nodes.first else { return nil }
    let last = nodes.removeLast()
    guard !nodes.isEmpty else { return top }
    nodes[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < nodes.count else { return top }
      if child + 1 < nodes.count, nodes[child + 1] > nodes[child] { child += 1 }
      guard nodes[child] > nodes[parent] else { return top }
      nodes.swapAt(parent, child)
      parent = child
    }
  }
}
