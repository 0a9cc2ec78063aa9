internal import PushModel

/// The commits that a walk has left behind, parents before children: the arrays of the finished graph.
///
/// A branch's commits lie side by side in it, and what was first reached through a commit lies just before it.
struct FoundCommits {
  /// What each is called in the discovery.
  private(set) var order: [GraphDiscovery.Slot] = []
  private var firstBelow: [UInt32] = []
  private var offsets: [UInt32] = [0]
  private var parentNodes: [UInt32] = []
  private var generations: [UInt32] = []
  private var flags: [CommitGraph.Flags] = []
  private var owners: [UInt16] = []
  /// By clone: whether some commit of it names a parent that is in no clone.
  private(set) var isCut: [Bool]

  // MARK: The commit that is being left behind

  private var owner = GraphDiscovery.nobody
  private var generation: UInt32 = 1
  private var flag: CommitGraph.Flags = []

  init(clones: Int) { isCut = Array(repeating: false, count: clones) }

  var count: Int { flags.count }

  /// Arrays that grow by doubling hold up to three times what is in them.
  mutating func reserve(_ count: Int) {
    order.reserveCapacity(count)
    firstBelow.reserveCapacity(count)
    offsets.reserveCapacity(count + 1)
    parentNodes.reserveCapacity(count + count / 2)
    generations.reserveCapacity(count)
    flags.reserveCapacity(count)
    owners.reserveCapacity(count)
  }

  @inline(__always)
  mutating func begin(_ slot: GraphDiscovery.Slot, _ first: UInt32, owner: UInt16, isComplete: Bool) {
    order.append(slot)
    firstBelow.append(first)
    self.owner = owner
    generation = 1
    flag = isComplete ? [.complete] : []
    if owner != GraphDiscovery.nobody { flag.insert(.present) }
  }

  mutating func noteOnServer() { flag.insert(.onServer) }

  /// Adds a parent, which lies before it.
  @inline(__always)
  mutating func link(_ place: UInt32) {
    let node = Int(place)
    // Only what events or a forged commit-graph tell can go round in a circle; such an edge is no history.
    guard node < count else {
      flag.remove(.complete)
      return
    }
    parentNodes.append(place)
    generation = max(generation, generations[node] + 1)
    if !flags[node].contains(.complete) { flag.remove(.complete) }
  }

  /// The parent is in no clone.
  mutating func noteCut() {
    if owner != GraphDiscovery.nobody { isCut[Int(owner)] = true }
  }

  @inline(__always)
  mutating func end() {
    offsets.append(UInt32(parentNodes.count))
    generations.append(generation)
    flags.append(flag)
    owners.append(owner)
  }

  func graph(_ names: CommitNames, _ table: NodeTable, others: [ObjectID: CommitGraph.Object]) -> CommitGraph {
    CommitGraph(
      names: names, table: table, offsets: offsets, parentNodes: parentNodes, generations: generations,
      firstBelow: firstBelow,
      flags: flags, owners: owners, others: others)
  }
}

/// Their ids and dates, which the walk itself has no need of.
struct CommitNames: Sendable {
  private(set) var ids: [ObjectID]
  private(set) var times: [Int64]

  init(count: Int) {
    ids = Array(repeating: .zero, count: count)
    times = Array(repeating: .min, count: count)
  }

  /// Only for what the walk came to.
  mutating func put(_ id: ObjectID, _ time: Int64, at place: UInt32) {
    guard place < ids.count else { return }
    ids[Int(place)] = id
    times[Int(place)] = time
  }
}
