internal import GitStore
internal import PushModel
internal import RefLedger

extension Judgement {
  /// So many commits are read at no cost that anybody would notice.
  private static let fewEnough = 4096

  /// The commits that the answers rest on, annotated tags peeled: what the refs have, and tips of which something grave is
  /// said. Of the other pushed tips the latest, as long as they are few.
  func restsOn() -> [ObjectID] {
    var found: [ObjectID] = []
    var isFound = Array(repeating: false, count: history.graph.count)
    func add(_ tip: ObjectID?) {
      guard let node = tip.flatMap(history.node), !isFound[Int(node)] else { return }
      isFound[Int(node)] = true
      found.append(history.graph.id(node))
    }
    for knowledge in refs {
      for value in knowledge.lastKnown { add(value.tip) }
      add(knowledge.latest?.value.tip)
    }
    for update in scope {
      let outcome = outcomes[update]
      guard outcome.takesAway || outcome.isLost else { continue }
      let timeline = refs[Int(outcome.ref)].timeline
      add(ledger.updates[update].after)
      if outcome.takesAway { add(Befores(timeline: timeline).report(Int(outcome.item)).tip) }
      if let dropped = outcome.dropped { add(timeline.items[Int(dropped.item)].after) }
    }
    for update in scope.reversed() {
      guard found.count < Self.fewEnough else { break }
      add(ledger.updates[update].after)
    }
    return found
  }
}

extension UpdateOutcome {
  fileprivate var takesAway: Bool { transition == .forced || transition == .deleted }
  fileprivate var isLost: Bool { verdict == .missing || verdict == .overwritten || verdict == .deleted }
}
