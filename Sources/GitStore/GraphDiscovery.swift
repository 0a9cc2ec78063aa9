internal import PushModel

/// The graph under construction: commits are numbered as they are first named, and read from the first clone that has
/// them.
///
/// Everything of a commit lies in flat arrays at its number; a history of a million commits has no object per commit.
struct GraphDiscovery {
  private static let nobody: UInt16 = .max

  private static let nowhere: UInt32 = .max

  private enum Object {
    case tag(ObjectID)
    case other
  }

  /// A commit that was named and not read yet; `position` in the commit-graph of the first clone, where that is how it
  /// was named.
  private struct Unread {
    var node: UInt32
    var position = GraphDiscovery.nowhere
  }

  /// Where a commit was found.
  private enum Place {
    case graph(clone: Int, position: UInt32)
    case object(ObjectDatabase.Outcome, owner: UInt16)
  }

  private let clones: [Clone]
  private let graphs: [CommitGraphChain?]
  private let told: [ObjectID: ToldCommit]
  private var table = NodeTable()
  private var ids: [ObjectID] = []
  private var times: [Int64] = []
  /// The clone that has the commit.
  private var owners: [UInt16] = []
  /// Whether some parents are not known.
  private var isBoundary: [Bool] = []
  /// `parents[parentStarts[n]..<parentStarts[n] + parentCounts[n]]`: in the order of reading, not of numbers.
  private var parentStarts: [UInt32] = []
  private var parentCounts: [UInt16] = []
  private var parents: [UInt32] = []
  private var others: [ObjectID: Object] = [:]
  /// For each clone, the number of the commit at each position of its commit-graph that was come to.
  private var nodesInGraph: [[UInt32]]
  private var unread: [Unread] = []
  private var parentPositions: [UInt32] = []
  /// A clone whose commit-graph contradicts itself.
  private var contradiction: Int?
  /// Objects of each clone that are there and cannot be read.
  private(set) var damage: [[String]]

  init(clones: [Clone], told: [ToldCommit]) {
    self.clones = clones
    self.told = Dictionary(told.map { ($0.id, $0) }) { first, _ in first }
    graphs = clones.map { $0.commitGraph() }
    nodesInGraph = graphs.map { Array(repeating: Self.nowhere, count: $0?.count ?? 0) }
    damage = Array(repeating: [], count: clones.count)
  }

  // MARK: - Discovery

  /// Reads what an id leads to: a commit's whole history, through tags.
  mutating func read(from tip: ObjectID) {
    var next: ObjectID? = tip
    while let id = next {
      next = nil
      guard table.node(of: id, in: ids) == nil, others[id] == nil else { break }
      let place = place(of: id)
      switch place {
      case .object(.tag(let target), _):
        others[id] = .tag(target)
        next = target
      case .object(.other, _): others[id] = .other
      case .object(_, owner: Self.nobody) where told[id] == nil:
        // An id that is nowhere is no node; it may still turn out to be somebody's parent.
        break
      case .graph, .object: put(place, at: number(id))
      }
    }
    while let next = unread.popLast() {
      if next.position != Self.nowhere {
        put(.graph(clone: 0, position: next.position), at: next.node)
      } else {
        put(place(of: ids[Int(next.node)]), at: next.node)
      }
    }
  }

  /// In the first clone that has it and can read it.
  private mutating func place(of id: ObjectID) -> Place {
    for (index, clone) in clones.enumerated() {
      if let position = graphs[index]?.position(of: id), clone.has(id) {
        return .graph(clone: index, position: position)
      }
      switch clone.read(id) {
      case .absent: continue
      case .damaged(let reason): damage[index].append("object \(id) cannot be read: \(reason)")
      case let outcome: return .object(outcome, owner: UInt16(index))
      }
    }
    return .object(.absent, owner: Self.nobody)
  }

  /// Notes at a commit's number what is known of it.
  private mutating func put(_ place: Place, at node: UInt32) {
    let index = Int(node)
    switch place {
    case .graph(let clone, let position): putFromGraph(clone, position, at: node)
    case .object(.commit(let parents, let time), let owner):
      (times[index], owners[index]) = (time, owner)
      link(node, to: parents)
    case .object:
      let commit = told[ids[index]]
      isBoundary[index] = !(commit?.allParents ?? false)
      link(node, to: commit?.parents ?? [])
    }
  }

  /// What a commit names as its parent is a node even where no clone has it: that much of its history is known.
  private mutating func link(_ node: UInt32, to parentIDs: [ObjectID]) {
    parentStarts[Int(node)] = UInt32(parents.count)
    parentCounts[Int(node)] = UInt16(clamping: parentIDs.count)
    if parentIDs.count > Int(UInt16.max) { isBoundary[Int(node)] = true }
    for id in parentIDs.prefix(Int(UInt16.max)) {
      let known = ids.count
      let parent = number(id)
      parents.append(parent)
      if parent == known { unread.append(Unread(node: parent)) }
    }
  }

  /// The same of a commit in a clone's commit-graph, which names parents by position. Those are in the graph as well:
  /// the first clone's are read there. Of another clone, an earlier one may have the parent, and comes first.
  private mutating func putFromGraph(_ clone: Int, _ position: UInt32, at node: UInt32) {
    guard let graph = graphs[clone], let time = graph.read(position, parents: &parentPositions) else {
      contradiction = clone
      return
    }
    (times[Int(node)], owners[Int(node)]) = (time, UInt16(clone))
    nodesInGraph[clone][Int(position)] = node
    parentStarts[Int(node)] = UInt32(parents.count)
    parentCounts[Int(node)] = UInt16(clamping: parentPositions.count)
    if parentPositions.count > Int(UInt16.max) { isBoundary[Int(node)] = true }
    for position in parentPositions.prefix(Int(UInt16.max)) {
      var parent = nodesInGraph[clone][Int(position)]
      if parent == Self.nowhere {
        let known = ids.count
        parent = number(graph.id(at: position))
        nodesInGraph[clone][Int(position)] = parent
        if parent == known { unread.append(Unread(node: parent, position: clone == 0 ? position : Self.nowhere)) }
      }
      parents.append(parent)
    }
  }

  /// The number of an id; a new one if it has none yet.
  private mutating func number(_ id: ObjectID) -> UInt32 {
    let node = table.numberOrInsert(id, in: &ids)
    if Int(node) == times.count {
      times.append(.min)
      owners.append(Self.nobody)
      isBoundary.append(false)
      parentStarts.append(0)
      parentCounts.append(0)
    }
    return node
  }

  private func parents(_ node: Int) -> ArraySlice<UInt32> {
    parents[Int(parentStarts[node])..<Int(parentStarts[node]) + Int(parentCounts[node])]
  }

  /// A clone whose commit-graph cannot be believed, and why: it contradicts itself, or a commit that was read from it is
  /// no longer there.
  func falseGraph() -> (clone: Int, reason: String)? {
    if let contradiction { return (contradiction, "it names parents that are not in it") }
    for (index, graph) in graphs.enumerated() {
      guard let graph else { continue }
      let nodes = nodesInGraph[index]
      let read = nodes.indices.lazy.filter { nodes[$0] != Self.nowhere && owners[Int(nodes[$0])] == UInt16(index) }
      if let gone = clones[index].firstGone(of: read.map { UInt32($0) }, in: graph) {
        return (index, "commit \(gone) is in it and no longer in the clone")
      }
    }
    return nil
  }

  // MARK: - What was found

  /// Whether some clone has the object.
  func isKnown(_ id: ObjectID) -> Bool {
    if let node = table.node(of: id, in: ids) { return owners[Int(node)] != Self.nobody }
    return others[id] != nil
  }

  /// Whether some commit of a clone names a parent that is in no clone.
  func isCut(_ clone: Int) -> Bool {
    ids.indices.contains { node in
      owners[node] == UInt16(clone) && parents(node).contains { owners[Int($0)] == Self.nobody }
    }
  }

  // MARK: - The finished graph

  func graph() -> CommitGraph {
    let (order, firstBelow) = topologicalOrder()
    var renumbered: [UInt32] = Array(repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { renumbered[Int(old)] = UInt32(new) }
    var offsets: [UInt32] = [0]
    var parentNodes: [UInt32] = []
    var generations: [UInt32] = []
    var flags: [CommitGraph.Flags] = []
    offsets.reserveCapacity(order.count + 1)
    parentNodes.reserveCapacity(parents.count)
    generations.reserveCapacity(order.count)
    flags.reserveCapacity(order.count)
    for old in order {
      var generation: UInt32 = 1
      var isComplete = !isBoundary[Int(old)]
      for parent in parents(Int(old)) {
        let node = Int(renumbered[Int(parent)])
        // Only what events tell can go round in a circle; such an edge is no history.
        guard node < generations.count else {
          isComplete = false
          continue
        }
        parentNodes.append(UInt32(node))
        generation = max(generation, generations[node] + 1)
        isComplete = isComplete && flags[node].contains(.complete)
      }
      offsets.append(UInt32(parentNodes.count))
      generations.append(generation)
      var flag: CommitGraph.Flags = isComplete ? [.complete] : []
      if owners[Int(old)] != Self.nobody { flag.insert(.present) }
      flags.append(flag)
    }
    return CommitGraph(
      ids: order.map { ids[Int($0)] }, times: order.map { times[Int($0)] }, offsets: offsets,
      parentNodes: parentNodes, generations: generations, firstBelow: firstBelow, flags: flags,
      owners: order.map { owners[Int($0)] },
      table: table.renumbered(renumbered), others: peeled(renumbered))
  }

  /// Parents before children: a depth-first walk, so that a branch's commits lie side by side and what was first reached
  /// through a commit lies just before it, from `firstBelow` on.
  private func topologicalOrder() -> (order: [UInt32], firstBelow: [UInt32]) {
    var order: [UInt32] = []
    // How many nodes were placed when the walk came to a node.
    var opened: [UInt32] = Array(repeating: 0, count: ids.count)
    var firstBelow: [UInt32] = []
    firstBelow.reserveCapacity(ids.count)
    order.reserveCapacity(ids.count)
    // 0 unseen, 1 its parents are being walked, 2 placed.
    var state: [UInt8] = Array(repeating: 0, count: ids.count)
    var stack: [UInt32] = []
    for root in 0..<UInt32(ids.count) where state[Int(root)] == 0 {
      stack.append(root)
      while let node = stack.last {
        if state[Int(node)] == 0 {
          state[Int(node)] = 1
          opened[Int(node)] = UInt32(order.count)
          for parent in parents(Int(node)) where state[Int(parent)] == 0 { stack.append(parent) }
        } else {
          stack.removeLast()
          if state[Int(node)] == 1 {
            state[Int(node)] = 2
            order.append(node)
            firstBelow.append(opened[Int(node)])
          }
        }
      }
    }
    return (order, firstBelow)
  }

  /// What tags lead to, through other tags.
  private func peeled(_ renumbered: [UInt32]) -> [ObjectID: CommitGraph.Object] {
    others.mapValues { object in
      guard case .tag(var target) = object else { return .other }
      // A tag's id hashes its target's: no chain of tags comes back to itself.
      while case .tag(let next) = others[target] { target = next }
      return .tag(peeled: table.node(of: target, in: ids).map { renumbered[Int($0)] })
    }
  }
}
