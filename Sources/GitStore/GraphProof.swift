public import PushModel

/// Holds what commit-graphs told of some commits against the commits themselves.
///
/// A commit-graph is believed of the bulk of a history, as git believes it: that is what makes it quick. But a commit whose
/// bytes have rotted is whole in it, and one that was forged tells any history: what an answer rests on is read as well.
public enum GraphProof {
  /// How many commits the commit-graphs were asked about, all of which are as they say; `nil` where some commit-graph is
  /// from here on left aside, and the graph is to be loaded again.
  public static func check(_ graph: CommitGraph, of clones: [Clone], at commits: [ObjectID]) -> Int? {
    let nodes = commits.compactMap(graph.node(of:))
    var checked = 0
    var isFalse = false
    for (index, clone) in clones.enumerated() {
      guard let chain = clone.usedCommitGraph else { continue }
      let own = nodes.filter { graph.clone($0) == index && chain.position(of: graph.id($0)) != nil }
      if let reason = contradiction(of: own, in: graph, clone) {
        clone.distrustCommitGraph(reason)
        isFalse = true
      }
      checked += own.count
    }
    return isFalse ? nil : checked
  }

  /// Fewer commits than this are read one by one.
  private static let worthwhile = 64

  private static func contradiction(of nodes: [CommitGraph.Node], in graph: CommitGraph, _ clone: Clone) -> String? {
    var packed: [(place: Packs.Place, node: CommitGraph.Node)] = []
    var others: [CommitGraph.Node] = []
    for node in nodes {
      if nodes.count >= worthwhile, let place = clone.packedPlace(of: graph.id(node)) {
        packed.append((place, node))
      } else {
        others.append(node)
      }
    }
    packed.sort { ($0.place.pack, $0.place.offset) < ($1.place.pack, $1.place.offset) }
    var next = 0
    for batch in clone.parallelReader().read(packed.map(\.place)[...]) {
      var start = 0
      for (index, count) in batch.parentCounts.enumerated() {
        let node = packed[next].node
        next += 1
        // Another copy of it may be sound.
        guard let count else {
          others.append(node)
          continue
        }
        let parents = batch.parents[start..<start + count]
        start += count
        if let reason = difference(of: node, in: graph, parents, batch.times[index]) { return reason }
      }
    }
    others += packed[next...].map(\.node)
    for node in others {
      switch clone.read(graph.id(node)) {
      case .commit(let parents, let time):
        if let reason = difference(of: node, in: graph, parents[...], time) { return reason }
      case .damaged(let reason): return "commit \(graph.id(node)) is in it and cannot be read: \(reason)"
      case .absent, .tag, .other: return "commit \(graph.id(node)) is in it and no longer in the clone"
      }
    }
    return nil
  }

  /// What the commit itself says otherwise.
  private static func difference(
    of node: CommitGraph.Node, in graph: CommitGraph, _ parents: ArraySlice<ObjectID>, _ time: Int64
  ) -> String? {
    guard parents.count == graph.parents(node).count,
      zip(parents, graph.parents(node)).allSatisfy({ $0 == graph.id($1) })
    else { return "it gives commit \(graph.id(node)) other parents than the commit has" }
    // A date that is no number is 0 here, and not always in git.
    guard time == 0 || time & CommitGraphFile.timeMask == graph.committerTime(node) else {
      return "it gives commit \(graph.id(node)) another date than the commit has"
    }
    return nil
  }
}
