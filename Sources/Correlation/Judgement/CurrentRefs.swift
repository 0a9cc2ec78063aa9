internal import GitStore
internal import PushModel

/// Which commits the refs' last known states have: marked once over the whole graph, not asked once for each commit.
struct CurrentRefs {
  private let history: History
  private let refs: [RefKnowledge]
  /// For each node, one more than the index of the first ref (protected ones first) whose only state has it; 0 for none.
  private var owners: [UInt32]
  /// For each node, whether some ref *may* have it that need not.
  private var possible: [Bool]
  /// The ref that was marked first: what it does not own it has not.
  private let firstRef: Int?
  /// Refs with a state that is unknown, in no clone, or incomplete; by index.
  private var uncertainRefs: Set<Int> = []

  init(history: History, refs: [RefKnowledge]) {
    self.history = history
    self.refs = refs
    let count = history.graph.count
    owners = Array(repeating: 0, count: count)
    possible = Array(repeating: false, count: count)
    var marked = Array(repeating: false, count: count)
    let order = refs.indices.sorted { left, right in
      if refs[left].isProtected != refs[right].isProtected { return refs[left].isProtected }
      return refs[left].ref < refs[right].ref
    }
    firstRef = order.first { refs[$0].lastKnown.count == 1 && refs[$0].lastKnown[0].tip.flatMap(history.node) != nil }
    for index in order {
      let values = refs[index].lastKnown
      if values.isEmpty { uncertainRefs.insert(index) }
      for value in values {
        switch value {
        case .none: break
        case .unknown: uncertainRefs.insert(index)
        case .tip(let tip):
          guard let node = history.node(of: tip) else {
            if history.kind(of: tip) == .absent { uncertainRefs.insert(index) }
            continue
          }
          if !history.graph.isComplete(node) { uncertainRefs.insert(index) }
          if values.count > 1 {
            history.graph.mark(from: node, in: &possible) { _ in }
          } else {
            let owner = UInt32(index + 1)
            history.graph.mark(from: node, in: &marked) { owners[Int($0)] = owner }
          }
        }
      }
    }
  }

  /// A ref whose last known state has the tip, for certain.
  func owner(of tip: ObjectID, besides own: Int? = nil) -> Int? {
    guard let node = history.node(of: tip) else {
      return refs.indices.first { $0 != own && refs[$0].lastKnown == [.tip(tip)] }
    }
    return owner(of: node, besides: own)
  }

  func owner(of node: CommitGraph.Node, besides own: Int? = nil) -> Int? {
    let owner = Int(owners[Int(node)]) - 1
    return owner < 0 || owner == own ? nil : owner
  }

  /// Whether a tip is in the last known state of one ref.
  ///
  /// Mostly the marks tell: what the ref owns it has, and what nobody has it has not. Only what another ref owns needs a
  /// search.
  func relation(of tip: ObjectID, to ref: Int) -> Relation {
    let knowledge = refs[ref]
    if knowledge.lastKnown.count == 1, !knowledge.ref.isTag, let last = knowledge.lastKnown[0].tip,
      let node = history.node(of: tip), let target = history.node(of: last)
    {
      let owner = Int(owners[Int(node)]) - 1
      if owner == ref { return .inAll }
      if owner < 0 || ref == firstRef { return history.graph.isComplete(target) ? .inNone : .unclear }
    }
    return Relation(of: tip, to: knowledge.lastKnown, isTag: knowledge.ref.isTag, history)
  }

  func mayBeReachable(_ node: CommitGraph.Node) -> Bool { possible[Int(node)] }

  /// Whether every ref's last known state is one value with a complete history, so that what none has is in none.
  func isCertain(besides own: Int? = nil) -> Bool {
    uncertainRefs.isEmpty || (uncertainRefs.count == 1 && own.map(uncertainRefs.contains) ?? false)
  }

  var uncertain: [RefName] { uncertainRefs.sorted().map { refs[$0].ref } }
}

/// Tips that a logged merge names as its source, and everything in their history: nothing of those was lost when their
/// branch went away.
struct MergedTips {
  private let history: History
  /// For each node, one more than the index of the first merging update; 0 for none.
  private var owners: [UInt32]
  private var byID: [ObjectID: Int] = [:]

  /// `merges`: the merging updates' indices in the ledger and their sources, in ledger order.
  init(history: History, merges: [(update: Int, source: ObjectID)]) {
    self.history = history
    owners = Array(repeating: 0, count: merges.isEmpty ? 0 : history.graph.count)
    var marked = Array(repeating: false, count: owners.count)
    for (update, source) in merges {
      if byID[source] == nil { byID[source] = update }
      guard let node = history.node(of: source) else { continue }
      history.graph.mark(from: node, in: &marked) { owners[Int($0)] = UInt32(update + 1) }
    }
  }

  func merge(of tip: ObjectID) -> Int? {
    if let update = byID[tip] { return update }
    guard !owners.isEmpty, let node = history.node(of: tip) else { return nil }
    let owner = Int(owners[Int(node)]) - 1
    return owner < 0 ? nil : owner
  }
}
