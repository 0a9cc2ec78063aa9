internal import PushModel

/// The graph under construction: commits are numbered as they are first named, and read from the first clone that has
/// them.
///
/// Everything of a commit lies in flat arrays at its number; a history of a million commits has no object per commit.
struct GraphDiscovery {
  private static let nobody: UInt16 = .max

  private enum Object {
    case tag(ObjectID)
    case other
  }

  private let clones: [Clone]
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
  /// Objects of each clone that are there and cannot be read.
  private(set) var damage: [[String]]

  init(clones: [Clone], told: [ToldCommit]) {
    self.clones = clones
    self.told = Dictionary(told.map { ($0.id, $0) }) { first, _ in first }
    damage = Array(repeating: [], count: clones.count)
  }

  // MARK: - Discovery

  /// Reads what an id leads to: a commit's whole history, through tags.
  mutating func read(from tip: ObjectID) {
    var next: ObjectID? = tip
    var unread: [UInt32] = []
    while let id = next {
      next = nil
      guard table.node(of: id, in: ids) == nil, others[id] == nil else { break }
      let (outcome, owner) = object(id)
      switch outcome {
      case .tag(let target):
        others[id] = .tag(target)
        next = target
      case .other: others[id] = .other
      case .commit, .absent, .damaged:
        // An id that is nowhere is no node; it may still turn out to be somebody's parent.
        if owner != Self.nobody || told[id] != nil { place(outcome, owner, at: number(id), unread: &unread) }
      }
    }
    while let node = unread.popLast() {
      let (outcome, owner) = object(ids[Int(node)])
      place(outcome, owner, at: node, unread: &unread)
    }
  }

  /// From the first clone that can read it.
  private mutating func object(_ id: ObjectID) -> (ObjectDatabase.Outcome, UInt16) {
    for (index, clone) in clones.enumerated() {
      switch clone.read(id) {
      case .absent: continue
      case .damaged(let reason): damage[index].append("object \(id) cannot be read: \(reason)")
      case let outcome: return (outcome, UInt16(index))
      }
    }
    return (.absent, Self.nobody)
  }

  /// Notes what was read at a commit's number. What a commit names as its parent is a node even where no clone has it:
  /// that much of its history is known.
  private mutating func place(
    _ outcome: ObjectDatabase.Outcome, _ owner: UInt16, at node: UInt32, unread: inout [UInt32]
  ) {
    let node = Int(node)
    let parentIDs: [ObjectID]
    if case .commit(let read, let time) = outcome {
      (parentIDs, times[node], owners[node]) = (read, time, owner)
    } else if let commit = told[ids[node]] {
      (parentIDs, isBoundary[node]) = (commit.parents, !commit.allParents)
      if let time = commit.time { times[node] = time }
    } else {
      (parentIDs, isBoundary[node]) = ([], true)
    }
    parentStarts[node] = UInt32(parents.count)
    parentCounts[node] = UInt16(clamping: parentIDs.count)
    if parentIDs.count > Int(UInt16.max) { isBoundary[node] = true }
    for id in parentIDs.prefix(Int(UInt16.max)) {
      let known = ids.count
      let parent = number(id)
      parents.append(parent)
      if parent == known { unread.append(parent) }
    }
  }

  /// The number of an id; a new one if it has none yet.
  private mutating func number(_ id: ObjectID) -> UInt32 {
    if let node = table.node(of: id, in: ids) { return node }
    ids.append(id)
    table.insertLast(of: ids)
    times.append(.min)
    owners.append(Self.nobody)
    isBoundary.append(false)
    parentStarts.append(0)
    parentCounts.append(0)
    return UInt32(ids.count - 1)
  }

  private func parents(_ node: Int) -> ArraySlice<UInt32> {
    parents[Int(parentStarts[node])..<Int(parentStarts[node]) + Int(parentCounts[node])]
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
      if owners[Int(old)] != Self.nobody {
        flag.insert(.present)
      } else if told[ids[Int(old)]]?.isOnServer == true {
        flag.insert(.onServer)
      }
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
