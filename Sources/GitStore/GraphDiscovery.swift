internal import PushModel

/// The graph under construction: commits are numbered as they are first named, and read from the first clone that has
/// them.
///
/// Everything of a commit lies in flat arrays at its number; a history of a million commits has no object per commit.
/// One walk from the tips, depth first, reads each commit when it comes to it and leaves it behind in topological order.
struct GraphDiscovery {
  private static let nobody: UInt16 = .max
  private static let nowhere: UInt32 = .max

  private enum Object {
    case tag(ObjectID)
    case other
  }

  /// Where a commit was found.
  private enum Place {
    case graph(clone: Int, position: UInt32)
    case object(ObjectDatabase.Outcome, owner: UInt16)
  }

  /// How far the walk is with a commit.
  private enum State: UInt8 {
    case unread, read
    /// Its parents are being walked.
    case open
    case placed
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
  private var states: [State] = []
  /// `parents[parentStarts[n]..<parentStarts[n] + parentCounts[n]]`: in the order of reading, not of numbers.
  private var parentStarts: [UInt32] = []
  private var parentCounts: [UInt16] = []
  private var parents: [UInt32] = []
  private var others: [ObjectID: Object] = [:]

  /// For each clone, the number of the commit at each position of its commit-graph that was come to.
  private var nodesInGraph: [[UInt32]]
  /// The position in the first clone's commit-graph of a commit that was named by it; until the walk comes to it.
  private var positions: [UInt32] = []
  private var parentPositions: [UInt32] = []
  /// A clone whose commit-graph contradicts itself.
  private var contradiction: Int?

  private var stack: [UInt32] = []
  /// Parents before children: a branch's commits lie side by side, and what was first reached through a commit lies just
  /// before it, from its `firstBelow` on.
  private var order: [UInt32] = []
  private var firstBelow: [UInt32] = []
  /// How many commits were placed when the walk came to a commit.
  private var opened: [UInt32] = []
  /// Objects of each clone that are there and cannot be read.
  private(set) var damage: [[String]]

  init(clones: [Clone], told: [ToldCommit]) {
    self.clones = clones
    self.told = Dictionary(told.map { ($0.id, $0) }) { first, _ in first }
    graphs = clones.map { $0.commitGraph() }
    nodesInGraph = graphs.map { Array(repeating: Self.nowhere, count: $0?.count ?? 0) }
    damage = Array(repeating: [], count: clones.count)
    reserve(graphs.compactMap { $0?.count }.max() ?? 0)
  }

  /// Arrays that grow by doubling hold up to three times what is in them.
  private mutating func reserve(_ more: Int) {
    let count = ids.count + more
    ids.reserveCapacity(count)
    times.reserveCapacity(count)
    owners.reserveCapacity(count)
    isBoundary.reserveCapacity(count)
    states.reserveCapacity(count)
    parentStarts.reserveCapacity(count)
    parentCounts.reserveCapacity(count)
    parents.reserveCapacity(parents.count + more + more / 3)
    positions.reserveCapacity(count)
    order.reserveCapacity(count)
    firstBelow.reserveCapacity(count)
    opened.reserveCapacity(count)
  }

  // MARK: - Reading ahead

  /// Fewer commits than this are read where the walk comes to them.
  private static let worthwhile = 64

  /// Reads at once, on several threads, what the walk from these tips will surely ask the first clones' objects for:
  /// of a clone without a commit-graph the commits of its packs, else what lies on top of its commit-graph.
  mutating func readAhead(from tips: [ObjectID]) {
    for index in clones.indices {
      if graphs[index] == nil {
        readPackedCommits(of: index)
      } else if index == 0 {
        readTop(of: index, from: tips)
      }
    }
  }

  /// Packs hold hardly any commit that no tip leads to; what none does is dropped again.
  private mutating func readPackedCommits(of clone: Int) {
    let earlier = clones[..<clone]
    let commits = clones[clone].packedCommits().filter { id in
      guard state(of: id) == .unread else { return false }
      return !earlier.contains { $0.has(id) }
    }
    guard commits.count >= Self.worthwhile else { return }
    reserve(commits.count)
    if clone == 0 { table.reserve(commits.count, ids) }
    let reader = ParallelReader(path: clones[clone].commonDirectory)
    // So many at a time that what was read and not yet noted down takes little room.
    let share = 1 << 15
    for start in stride(from: 0, to: commits.count, by: share) {
      note(reader.read(Array(commits[start..<min(commits.count, start + share)])), of: clone)
    }
  }

  /// Level by level: the tips that the commit-graph lacks, then their parents that it lacks ...
  private mutating func readTop(of clone: Int, from tips: [ObjectID]) {
    var wanted = unique(tips)
    var reader: ParallelReader?
    while true {
      wanted = wanted.filter { id in
        state(of: id) == .unread && graphs[clone]?.position(of: id) == nil && clones[clone].isPacked(id)
      }
      guard wanted.count >= Self.worthwhile else { return }
      let known = reader ?? ParallelReader(path: clones[clone].commonDirectory)
      reader = known
      let batches = known.read(wanted)
      note(batches, of: clone)
      wanted = unique(batches.flatMap(\.parents))
    }
  }

  private func state(of id: ObjectID) -> State {
    node(of: id).map { states[Int($0)] } ?? .unread
  }

  private mutating func note(_ batches: [ParallelReader.Batch], of clone: Int) {
    for batch in batches {
      var start = 0
      for (index, count) in batch.parentCounts.enumerated() {
        guard let count else { continue }
        let node = Int(number(batch.ids[index]))
        if states[node] == .unread {
          (times[node], owners[node], states[node]) = (batch.times[index], UInt16(clone), .read)
          link(node, to: batch.parents[start..<start + count])
        }
        start += count
      }
    }
  }

  // MARK: - The walk

  /// Reads what an id leads to: a commit's whole history, through tags.
  mutating func read(from tip: ObjectID) {
    var next: ObjectID? = tip
    while let id = next {
      next = nil
      if let node = node(of: id), states[Int(node)] != .unread { return walk(from: node) }
      guard others[id] == nil else { return }
      let place = place(of: id)
      switch place {
      case .object(.tag(let target), _):
        others[id] = .tag(target)
        next = target
      case .object(.other, _): others[id] = .other
      case .object(_, owner: Self.nobody) where told[id] == nil:
        // An id that is nowhere is no node; it may still turn out to be somebody's parent.
        return
      case .graph, .object:
        let node = number(id)
        put(place, at: Int(node))
        walk(from: node)
      }
    }
  }

  private mutating func walk(from root: UInt32) {
    guard states[Int(root)] != .placed else { return }
    stack.append(root)
    while let next = stack.last {
      let node = Int(next)
      switch states[node] {
      case .unread, .read:
        if states[node] == .unread { read(node) }
        states[node] = .open
        opened[node] = UInt32(order.count)
        // The first parent is taken up first: then a main line has all of its history just below it.
        let start = Int(parentStarts[node])
        for edge in (start..<start + Int(parentCounts[node])).reversed() {
          let parent = parents[edge]
          if states[Int(parent)].rawValue < State.open.rawValue { stack.append(parent) }
        }
      case .open:
        stack.removeLast()
        states[node] = .placed
        order.append(next)
        firstBelow.append(opened[node])
      case .placed: stack.removeLast()
      }
    }
  }

  private mutating func read(_ node: Int) {
    if positions[node] != Self.nowhere {
      putFromGraph(0, positions[node], at: node)
    } else {
      put(place(of: ids[node]), at: node)
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
  private mutating func put(_ place: Place, at node: Int) {
    switch place {
    case .graph(let clone, let position): putFromGraph(clone, position, at: node)
    case .object(.commit(let parents, let time), let owner):
      (times[node], owners[node], states[node]) = (time, owner, .read)
      link(node, to: parents[...])
    case .object:
      let commit = told[ids[node]]
      isBoundary[node] = !(commit?.allParents ?? false)
      states[node] = .read
      if let time = commit?.time { times[node] = time }
      link(node, to: commit?.parents[...] ?? [])
    }
  }

  /// What a commit names as its parent is a node even where no clone has it: that much of its history is known.
  private mutating func link(_ node: Int, to parentIDs: ArraySlice<ObjectID>) {
    startParents(of: node, count: parentIDs.count)
    for id in parentIDs.prefix(Int(UInt16.max)) { parents.append(number(id)) }
  }

  /// The same of a commit in a clone's commit-graph, which names parents by position. Those are in the graph as well:
  /// the first clone's are read there. Of another clone, an earlier one may have the parent, and comes first.
  private mutating func putFromGraph(_ clone: Int, _ position: UInt32, at node: Int) {
    guard let graph = graphs[clone], let time = graph.read(position, parents: &parentPositions) else {
      contradiction = clone
      return
    }
    (times[node], owners[node], states[node]) = (time, UInt16(clone), .read)
    nodesInGraph[clone][Int(position)] = UInt32(node)
    startParents(of: node, count: parentPositions.count)
    for position in parentPositions.prefix(Int(UInt16.max)) {
      var parent = nodesInGraph[clone][Int(position)]
      if parent == Self.nowhere {
        parent = clone == 0 ? newNumber(graph.id(at: position)) : number(graph.id(at: position))
        nodesInGraph[clone][Int(position)] = parent
        if clone == 0 { positions[Int(parent)] = position }
      }
      parents.append(parent)
    }
  }

  private mutating func startParents(of node: Int, count: Int) {
    parentStarts[node] = UInt32(parents.count)
    parentCounts[node] = UInt16(clamping: count)
    if count > Int(UInt16.max) { isBoundary[node] = true }
  }

  /// The number of an id; a new one if it has none yet.
  private mutating func number(_ id: ObjectID) -> UInt32 {
    if let node = node(of: id) { return node }
    if let position = graphs.first??.position(of: id) {
      let node = newNumber(id)
      nodesInGraph[0][Int(position)] = node
      return node
    }
    table.insert(UInt32(ids.count), of: id, ids)
    return newNumber(id)
  }

  /// An id that is in the first clone's commit-graph is found by its position there, any other one in the table.
  private func node(of id: ObjectID) -> UInt32? {
    if let position = graphs.first??.position(of: id) {
      let node = nodesInGraph[0][Int(position)]
      return node == Self.nowhere ? nil : node
    }
    return table.node(of: id, in: ids)
  }

  private mutating func newNumber(_ id: ObjectID) -> UInt32 {
    ids.append(id)
    times.append(.min)
    owners.append(Self.nobody)
    isBoundary.append(false)
    states.append(.unread)
    parentStarts.append(0)
    parentCounts.append(0)
    positions.append(Self.nowhere)
    opened.append(0)
    return UInt32(ids.count - 1)
  }

  private func parents(_ node: UInt32) -> ArraySlice<UInt32> {
    let start = Int(parentStarts[Int(node)])
    return parents[start..<start + Int(parentCounts[Int(node)])]
  }

  // MARK: - What was found

  /// A clone whose commit-graph cannot be believed, and why: it contradicts itself, or a commit that was read from it is
  /// no longer there.
  func falseGraph() -> (clone: Int, reason: String)? {
    if let contradiction { return (contradiction, "it names parents that are not in it") }
    for (index, graph) in graphs.enumerated() {
      guard let graph else { continue }
      let nodes = nodesInGraph[index]
      var read: [UInt32] = []
      read.reserveCapacity(nodes.count)
      for position in nodes.indices where nodes[position] != Self.nowhere {
        if owners[Int(nodes[position])] == UInt16(index) { read.append(UInt32(position)) }
      }
      if let gone = clones[index].firstGone(of: read, in: graph) {
        return (index, "commit \(gone) is in it and no longer in the clone")
      }
    }
    return nil
  }

  /// Whether some clone has the object.
  func isKnown(_ id: ObjectID) -> Bool {
    if let node = node(of: id) { return owners[Int(node)] != Self.nobody }
    return others[id] != nil
  }

  /// Whether some commit of a clone names a parent that is in no clone.
  func isCut(_ clone: Int) -> Bool {
    order.contains { node in
      owners[Int(node)] == UInt16(clone) && parents(node).contains { owners[Int($0)] == Self.nobody }
    }
  }

  // MARK: - The finished graph

  /// What the walk came to, numbered in its order.
  func graph() -> CommitGraph {
    var renumbered: [UInt32] = Array(repeating: Self.nowhere, count: ids.count)
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
      for parent in parents(old) {
        let node = Int(renumbered[Int(parent)])
        // Only what events or a forged commit-graph tell can go round in a circle; such an edge is no history.
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
      if owners[Int(old)] != Self.nobody {
        flag.insert(.present)
      } else if told[ids[Int(old)]]?.isOnServer == true {
        flag.insert(.onServer)
      }
      flags.append(flag)
    }
    let sorted = order.map { ids[Int($0)] }
    return CommitGraph(
      ids: sorted, times: order.map { times[Int($0)] }, offsets: offsets, parentNodes: parentNodes,
      generations: generations, firstBelow: firstBelow, flags: flags, owners: order.map { owners[Int($0)] },
      table: NodeTable(sorted), others: peeled(renumbered))
  }

  /// What tags lead to, through other tags.
  private func peeled(_ renumbered: [UInt32]) -> [ObjectID: CommitGraph.Object] {
    others.mapValues { object in
      guard case .tag(var target) = object else { return .other }
      // A tag's id hashes its target's: no chain of tags comes back to itself.
      while case .tag(let next) = others[target] { target = next }
      let node = node(of: target).map { renumbered[Int($0)] }
      return .tag(peeled: node == Self.nowhere ? nil : node)
    }
  }
}

/// Each id once, in the order of first appearance.
private func unique(_ ids: [ObjectID]) -> [ObjectID] {
  var seen: Set<ObjectID> = []
  seen.reserveCapacity(ids.count)
  return ids.filter { seen.insert($0).inserted }
}
