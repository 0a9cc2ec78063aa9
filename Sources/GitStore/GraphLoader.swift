public import PushModel

/// An edge of the graph from an event's word, for a commit that no clone may have. A clone's own object always wins.
public struct ToldCommit: Hashable, Sendable {
  public var id: ObjectID
  public var parents: [ObjectID]
  /// Whether these are all its parents; otherwise its history stays incomplete.
  public var allParents: Bool

  public init(id: ObjectID, parents: [ObjectID], allParents: Bool) {
    self.id = id
    self.parents = parents
    self.allParents = allParents
  }
}

/// Loads the commit graph from clones: everything that their refs, FETCH_HEADs and reflogs lead to, and the ids asked for.
public enum GraphLoader {
  public static func load(
    clones: [Clone], ids: [ObjectID], told: [ToldCommit]
  ) throws(GitStoreError) -> CommitGraph {
    var loading = Loading(clones: clones, told: told)
    for clone in clones {
      for id in try clone.allTips() { loading.add(id) }
    }
    for id in ids { loading.add(id) }
    loading.readAll()
    for (index, clone) in clones.enumerated() { clone.noteHistory(isCut: loading.isCut[index], loading.damage[index]) }
    return loading.graph()
  }
}

/// The graph under construction, numbered in the order of discovery.
private struct Loading {
  private enum Source {
    static let unread: UInt16 = .max
  }

  private let clones: [Clone]
  private let told: [ObjectID: ToldCommit]
  private var numbers: [ObjectID: UInt32] = [:]
  private var ids: [ObjectID] = []
  private var times: [Int64] = []
  /// The clone that has the object; `unread` for none.
  private var owners: [UInt16] = []
  private var parents: [[UInt32]] = []
  private var parentIDs: [[ObjectID]] = []
  private var isParent: Set<ObjectID> = []
  /// Whether some parents are not known.
  private var isBoundary: [Bool] = []
  private var others: [ObjectID: Kind] = [:]
  private var pending: [ObjectID] = []
  private(set) var isCut: [Bool]
  private(set) var damage: [[String]]

  private enum Kind {
    case tag(ObjectID)
    case other
  }

  init(clones: [Clone], told: [ToldCommit]) {
    self.clones = clones
    self.told = Dictionary(told.map { ($0.id, $0) }) { first, _ in first }
    isCut = Array(repeating: false, count: clones.count)
    damage = Array(repeating: [], count: clones.count)
  }

  mutating func add(_ id: ObjectID) { pending.append(id) }

  mutating func readAll() {
    while let id = pending.popLast() {
      guard numbers[id] == nil, others[id] == nil else { continue }
      read(id)
    }
    linkParents()
  }

  private mutating func read(_ id: ObjectID) {
    for (index, clone) in clones.enumerated() {
      switch clone.read(id) {
      case .commit(let parentIDs, let time):
        append(id, time: time, owner: UInt16(index), parents: parentIDs)
        return
      case .tag(let target):
        others[id] = .tag(target)
        pending.append(target)
        return
      case .other:
        others[id] = .other
        return
      case .absent: continue
      case .damaged(let reason):
        damage[index].append("object \(id) cannot be read: \(reason)")
      }
    }
    if let commit = told[id] {
      append(id, time: .min, owner: Source.unread, parents: commit.parents)
      if !commit.allParents { isBoundary[ids.count - 1] = true }
    } else if isParent.contains(id) {
      append(id, time: .min, owner: Source.unread, parents: [])
      isBoundary[ids.count - 1] = true
    }
    // Any other id is in no clone; it may still turn out to be somebody's parent, so nothing is noted of it.
  }

  private mutating func append(_ id: ObjectID, time: Int64, owner: UInt16, parents: [ObjectID]) {
    numbers[id] = UInt32(ids.count)
    ids.append(id)
    times.append(time)
    owners.append(owner)
    isBoundary.append(false)
    parentIDs.append(parents)
    pending += parents
    // What a commit names as its parent is a node even where no clone has it: that much of its history is known.
    for parent in parents where numbers[parent] == nil { isParent.insert(parent) }
  }

  private mutating func linkParents() {
    parents.reserveCapacity(ids.count)
    for number in ids.indices {
      let list = parentIDs[number].compactMap { numbers[$0] }
      if owners[number] != Source.unread, list.contains(where: { owners[Int($0)] == Source.unread }) {
        isCut[Int(owners[number])] = true
      }
      parents.append(list)
    }
    parentIDs = []
    isParent = []
  }

  // MARK: - The finished graph

  func graph() -> CommitGraph {
    let order = topologicalOrder()
    var renumbered: [UInt32] = Array(repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { renumbered[Int(old)] = UInt32(new) }
    var offsets: [UInt32] = [0]
    var parentNodes: [UInt32] = []
    var generations: [UInt32] = []
    var flags: [CommitGraph.Flags] = []
    offsets.reserveCapacity(order.count + 1)
    for old in order {
      var generation: UInt32 = 1
      var isComplete = !isBoundary[Int(old)]
      for parent in parents[Int(old)] {
        let node = Int(renumbered[Int(parent)])
        parentNodes.append(UInt32(node))
        generation = max(generation, generations[node] + 1)
        isComplete = isComplete && flags[node].contains(.complete)
      }
      offsets.append(UInt32(parentNodes.count))
      generations.append(generation)
      var flag: CommitGraph.Flags = isComplete ? [.complete] : []
      if owners[Int(old)] != Source.unread { flag.insert(.present) }
      flags.append(flag)
    }
    let newIDs = order.map { ids[Int($0)] }
    let sorted = (0..<UInt32(order.count)).sorted { newIDs[Int($0)] < newIDs[Int($1)] }
    return CommitGraph(
      ids: newIDs, times: order.map { times[Int($0)] }, offsets: offsets, parentNodes: parentNodes,
      generations: generations, flags: flags, owners: order.map { owners[Int($0)] }, sortedByID: sorted,
      others: peeled(renumbered))
  }

  /// Parents before children: a depth-first walk, first parents last, so that a branch's commits lie side by side.
  private func topologicalOrder() -> [UInt32] {
    var order: [UInt32] = []
    order.reserveCapacity(ids.count)
    // 0 unseen, 1 its parents are being walked, 2 placed.
    var state: [UInt8] = Array(repeating: 0, count: ids.count)
    var stack: [UInt32] = []
    for root in 0..<UInt32(ids.count) where state[Int(root)] == 0 {
      stack.append(root)
      while let node = stack.last {
        if state[Int(node)] == 0 {
          state[Int(node)] = 1
          for parent in parents[Int(node)] where state[Int(parent)] == 0 { stack.append(parent) }
        } else {
          stack.removeLast()
          if state[Int(node)] == 1 {
            state[Int(node)] = 2
            order.append(node)
          }
        }
      }
    }
    return order
  }

  /// What tags lead to, through other tags.
  private func peeled(_ renumbered: [UInt32]) -> [ObjectID: CommitGraph.Object] {
    var result: [ObjectID: CommitGraph.Object] = [:]
    for (id, kind) in others {
      switch kind {
      case .other: result[id] = .other
      case .tag(var target):
        var hops = 0
        while case .tag(let next) = others[target], hops < 64 {
          target = next
          hops += 1
        }
        result[id] = .tag(peeled: numbers[target].map { renumbered[Int($0)] })
      }
    }
    return result
  }
}
