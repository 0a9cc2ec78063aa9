internal import GitStore
internal import PushModel

/// Which commits the refs' last known states have: marked once over the whole graph, not asked once for each commit.
struct CurrentRefs {
  /// Of the thread that asks.
  var history: History
  private let refs: [RefKnowledge]
  /// For each node, one more than the index of the first ref (branches, protected ones first, then tags) that has it in each of its possible
  /// states; 0 for none.
  private var owners: [UInt32] = []
  /// The same for refs that have it in some of their possible states; empty where every ref has but one.
  private var possibleOwners: [UInt32] = []
  /// For each ref, the tip that each of its possible states has.
  private var commonTips: [CommitGraph.Node?]
  /// The ref that was marked first: what it does not own it has not.
  private let firstRef: Int?
  /// For each branch, whether every possible state is a tip, and each with a complete history; for a tag `nil`.
  private var branchStates: [(areTips: Bool, areComplete: Bool)?]
  /// Refs with a state that is unknown, in no clone, or incomplete; by index.
  private var uncertainRefs: Set<Int> = []

  init(history: History, refs: [RefKnowledge]) {
    self.history = history
    self.refs = refs
    let order = refs.indices.sorted { left, right in
      if refs[left].ref.isTag != refs[right].ref.isTag { return refs[right].ref.isTag }
      if refs[left].isProtected != refs[right].isProtected { return refs[left].isProtected }
      return refs[left].ref < refs[right].ref
    }
    firstRef = order.first { !refs[$0].lastKnown.contains(where: \.isUnknown) && refs[$0].lastKnown != [.none] }
    commonTips = Array(repeating: nil, count: refs.count)
    branchStates = refs.map { knowledge in
      if knowledge.ref.isTag { return nil }
      let tips = knowledge.lastKnown.compactMap(\.tip)
      return (tips.count == knowledge.lastKnown.count, tips.allSatisfy(history.isComplete))
    }
    for index in order {
      noteUncertainty(index)
      commonTips[index] = Self.commonTip(refs[index].lastKnown, history)
    }
    owners = history.owners(order.compactMap { index in commonTips[index].map { (index, $0) } })
    let doubtful = order.filter { refs[$0].lastKnown.count > 1 }
    guard !doubtful.isEmpty else { return }
    possibleOwners = history.owners(
      doubtful.flatMap { index in
        refs[index].lastKnown.compactMap(\.tip).compactMap(history.node).map { (index, $0) }
      })
  }

  /// The tip that every possible state has, if there is one: all that is below it is on the ref for certain.
  private static func commonTip(_ values: [RefValue], _ history: History) -> CommitGraph.Node? {
    let tips = values.compactMap(\.tip)
    guard !tips.isEmpty, tips.count == values.count else { return nil }
    let common = tips.first { tip in tips.allSatisfy { history.contains(tip, in: $0) == .yes } }
    return common.flatMap(history.node)
  }

  private mutating func noteUncertainty(_ index: Int) {
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
      }
    }
  }

  // MARK: - Questions

  /// A ref whose last known state has the tip, for certain.
  func owner(of tip: ObjectID, besides own: Int? = nil) -> Int? {
    guard let node = history.node(of: tip) else {
      return refs.indices.first { $0 != own && refs[$0].lastKnown == [.tip(tip)] }
    }
    return owner(of: node, besides: own)
  }

  func owner(of node: CommitGraph.Node, besides own: Int? = nil) -> Int? {
    let owner = Int(owners[Int(node)]) - 1
    guard owner >= 0, owner == own else { return owner < 0 ? nil : owner }
    // Only a tag that was moved onwards meets its own old tip here; the marks tell no second owner.
    return refs.indices.first { $0 != own && commonTips[$0].map { history.contains(node, in: $0) == .yes } ?? false }
  }

  /// A ref that has the commit in one of its possible states, though not in all.
  func possibleOwner(of node: CommitGraph.Node) -> Int? {
    guard !possibleOwners.isEmpty else { return nil }
    let owner = Int(possibleOwners[Int(node)]) - 1
    return owner < 0 ? nil : owner
  }

  /// Whether a tip is in the last known state of one ref.
  ///
  /// Mostly the marks tell: what the ref owns it has, and what nobody may have it has not. Only what another ref owns
  /// needs a search.
  func relation(of tip: ObjectID, to ref: Int) -> Relation {
    if let state = branchStates[ref], state.areTips, let node = history.node(of: tip) {
      let owner = owners[Int(node)]
      if Int(owner) == ref + 1 { return .inAll }
      let isNowhere = owner == 0 || ref == firstRef
      if isNowhere, possibleOwner(of: node) == nil, state.areComplete { return .inNone }
    }
    return Relation(of: tip, to: refs[ref].lastKnown, isTag: branchStates[ref] == nil, history)
  }

  /// Whether every ref's last known state has a complete history, so that what none has is in none.
  func isCertain(besides own: Int? = nil) -> Bool {
    uncertainRefs.isEmpty || (uncertainRefs.count == 1 && own.map(uncertainRefs.contains) ?? false)
  }

  /// Whether a tip is in no ref, for certain.
  func isNowhere(_ tip: ObjectID, besides own: Int? = nil) -> Bool {
    guard isCertain(besides: own), owner(of: tip, besides: own) == nil else { return false }
    return history.node(of: tip).map { possibleOwner(of: $0) == nil || possibleOwner(of: $0) == own } ?? true
  }

  var uncertain: [RefName] { uncertainRefs.sorted().map { refs[$0].ref } }
}

/// Tips that a logged merge names as its source, and everything in their history: nothing of those was lost when their
/// branch went away.
struct MergedTips {
  /// Of the thread that asks.
  var history: History
  /// For each node, one more than the index of the first merging update; 0 for none.
  private var owners: [UInt32]
  private var byID: [ObjectID: Int] = [:]

  /// `merges`: the merging updates' indices in the ledger and their sources, in ledger order.
  init(history: History, merges: [(update: Int, source: ObjectID)]) {
    self.history = history
    for (update, source) in merges where byID[source] == nil { byID[source] = update }
    let found = merges.compactMap { merge in history.node(of: merge.source).map { (merge.update, $0) } }
    owners = found.isEmpty ? [] : history.owners(found)
  }

  func merge(of tip: ObjectID) -> Int? {
    if let update = byID[tip] { return update }
    guard !owners.isEmpty, let node = history.node(of: tip) else { return nil }
    let owner = Int(owners[Int(node)]) - 1
    return owner < 0 ? nil : owner
  }
}
