internal import GitStore
internal import PushModel

/// Which commits an update took from its ref, and where each still is (DESIGN 3, `removed`).
struct RemovedCommits {
  var history: History
  var current: CurrentRefs
  let refs: [RefKnowledge]
  let clones: [CloneSummary]
  private let localOwners: [UInt32]
  private let localBranches: [Evidence.LocalBranch]

  init(
    history: History, current: CurrentRefs, refs: [RefKnowledge], clones: [CloneSummary],
    localBranches: [Evidence.LocalBranch]
  ) {
    self.history = history
    self.current = current
    self.refs = refs
    self.clones = clones
    self.localBranches = localBranches
    let tips = localBranches.enumerated().compactMap { index, branch in history.node(of: branch.tip).map { (index, $0) }
    }
    localOwners = tips.isEmpty ? [] : history.owners(tips)
  }

  /// Of a forced update: in the history of every possible old tip, and not of the new one; at least those, where the old
  /// tips differ in what they lose. `nil` where that is not known.
  func byForce(from befores: [ObjectID], to after: ObjectID) -> UpdateReport.Removed? {
    guard history.isComplete(after), let first = befores.first, befores.allSatisfy(history.isKnown) else {
      return nil
    }
    let nodes = history.difference(first, excluding: [after])
    let others = befores.dropFirst().map { Set(history.difference($0, excluding: [after])) }
    let common = nodes.filter { node in others.allSatisfy { $0.contains(node) } }
    var removed = report(common, upperBound: false)
    if common.count < nodes.count || others.contains(where: { common.count < $0.count }) { removed.incomplete = true }
    return removed
  }

  /// Of a deletion: in the history of the old tip and of no ref's last known state.
  func byDeletion(of tip: ObjectID) -> UpdateReport.Removed? {
    guard history.isKnown(tip), let root = history.node(of: tip) else { return nil }
    var seen: Set<CommitGraph.Node> = []
    var stack: [CommitGraph.Node] = []
    var nodes: [CommitGraph.Node] = []
    var upperBound = !current.isCertain()
    // A commit that only the record of the call that made it tells of is not listed.
    var isAllListed = true
    func visit(_ node: CommitGraph.Node) {
      guard current.owner(of: node) == nil, seen.insert(node).inserted else { return }
      if history.graph.isPresent(node) || history.graph.isOnServer(node) {
        nodes.append(node)
      } else {
        isAllListed = false
      }
      if current.possibleOwner(of: node) != nil { upperBound = true }
      stack.append(node)
    }
    visit(root)
    while let node = stack.popLast() {
      history.graph.forEachParent(of: node, visit)
    }
    var removed = report(nodes.sorted(), upperBound: upperBound && !nodes.isEmpty)
    if !isAllListed { removed.incomplete = true }
    return removed
  }

  /// Where commits are, removed or not; of what is no commit nothing.
  func places(of ids: some Sequence<ObjectID>) -> [ObjectID: UpdateReport.Removed.Commit] {
    var places: [ObjectID: UpdateReport.Removed.Commit] = [:]
    for id in ids {
      guard case .commit(let node) = history.graph.object(id) else { continue }
      let place = place(of: node)
      places[id] = UpdateReport.Removed.Commit(id: id, survival: place.survival, refs: words(for: place))
    }
    return places
  }

  private func report(_ nodes: [CommitGraph.Node], upperBound: Bool) -> UpdateReport.Removed {
    // Neighbours in a history are mostly in one place, whose words they share.
    var last: (place: Place, words: [String]?)?
    return UpdateReport.Removed(
      count: nodes.count, upperBound: upperBound, incomplete: !nodes.allSatisfy(history.graph.isComplete),
      commits: nodes.map { node in
        let place = place(of: node)
        let words = last?.place == place ? last?.words : words(for: place)
        last = (place, words)
        return UpdateReport.Removed.Commit(id: history.graph.id(node), survival: place.survival, refs: words)
      })
  }

  /// Where a removed commit still is; numbers are indices.
  private enum Place: Equatable {
    case onRef(Int)
    case onLocalBranch(Int)
    case inClone(Int)
    case onServer
    case nowhere

    var survival: UpdateReport.Removed.Survival {
      switch self {
      case .onRef: .reachable
      case .onLocalBranch, .inClone: .unreachable
      case .onServer, .nowhere: .absent
      }
    }
  }

  private func place(of node: CommitGraph.Node) -> Place {
    if let owner = current.owner(of: node) { return .onRef(owner) }
    guard let clone = history.graph.clone(node) else { return history.graph.isOnServer(node) ? .onServer : .nowhere }
    return !localOwners.isEmpty && localOwners[Int(node)] > 0
      ? .onLocalBranch(Int(localOwners[Int(node)]) - 1) : .inClone(clone)
  }

  private func words(for place: Place) -> [String]? {
    switch place {
    case .onRef(let index): return [refs[index].ref.rawValue]
    case .onLocalBranch(let index):
      return ["\(clones[localBranches[index].clone].path): \(localBranches[index].ref.rawValue)"]
    case .inClone(let index): return [clones[index].path]
    case .onServer: return [UpdateReport.Removed.Commit.onServer]
    case .nowhere: return nil
    }
  }
}
