internal import GitStore
internal import PushModel
internal import RefLedger

/// What an update did to its ref, over every course that is possible (DESIGN 3).
struct TransitionRule {
  var history: History

  struct Result {
    var transition: Transition
    var proof: Proof?
    var reason: UnknownReason?
    /// Whether some course that stands is an accusation, though not all are.
    var mayAccuse = false
  }

  func judge(_ item: Int, of timeline: RefTimeline) -> Result {
    if let step = timeline.possible.only(item) { return sole(step, in: timeline) }
    let steps = timeline.possible[item]
    guard !steps.isEmpty else { return Result(transition: .unknown, reason: .order) }
    if timeline.isRefused(item) { return Result(transition: .unchanged, proof: .ledger) }
    let plainest = single(timeline.plainest[item], in: timeline)
    let results = steps.map { single($0, in: timeline) }
    let accusing = results.filter { $0.transition == .forced || $0.transition == .deleted }
    let unknown = results.filter { $0.transition == .unknown }
    if unknown.isEmpty, accusing.isEmpty { return plainest }
    let isSoft = timeline.softness[item]
    if unknown.isEmpty, accusing.count == results.count, Set(accusing.map(\.transition)).count == 1 {
      if let isSoft, timeline.items[item].told == .notTold, !isPlainDeletion(item, of: timeline) {
        return Result(transition: .unknown, reason: isSoft, mayAccuse: true)
      }
      return plainest.transition == accusing[0].transition ? plainest : accusing[0]
    }
    if plainest.transition == .unknown {
      return Result(transition: .unknown, reason: plainest.reason, mayAccuse: true)
    }
    if accusing.isEmpty {
      return Result(transition: .unknown, reason: unknown[0].reason, mayAccuse: true)
    }
    return Result(transition: .unknown, reason: mixedReason(item, of: timeline), mayAccuse: true)
  }

  /// The transition where only one course is possible.
  private func sole(_ step: Step, in timeline: RefTimeline) -> Result {
    let result = single(step, in: timeline)
    switch result.transition {
    case .forced, .deleted:
      guard let softness = timeline.softness[step.item], timeline.items[step.item].told == .notTold,
        !isPlainDeletion(step.item, of: timeline)
      else { return result }
      return Result(transition: .unknown, reason: softness, mayAccuse: true)
    case .unknown: return Result(transition: .unknown, reason: result.reason, mayAccuse: true)
    default: return result
    }
  }

  private func isPlainDeletion(_ item: Int, of timeline: RefTimeline) -> Bool {
    timeline.items[item].after == nil
  }

  /// Why some courses accuse and others do not.
  private func mixedReason(_ item: Int, of timeline: RefTimeline) -> UnknownReason {
    if timeline.mayBeDeletion(item) { return .possibleDeletion }
    if timeline.mayBeRefused(item) { return .race }
    let befores = Set(timeline.possible[item].map(\.before))
    if timeline.sightings.contains(where: { $0.isContradiction && befores.contains($0.value) }) { return .timeUnproven }
    // The befores differ because of an earlier update: name what is uncertain of it.
    for earlier in timeline.items.indices.prefix(item).reversed().prefix(64) {
      guard let tip = timeline.items[earlier].after, befores.contains(.tip(tip)) else { continue }
      if timeline.mayBeDeletion(earlier) { return .possibleDeletion }
      if timeline.mayBeRefused(earlier) { return .race }
    }
    return .order
  }

  /// The transition in one course.
  private func single(_ step: Step, in timeline: RefTimeline) -> Result {
    let item = timeline.items[step.item]
    switch step.outcome {
    case .refused, .repeated: return Result(transition: .unchanged, proof: .ledger)
    case .deleted: return Result(transition: .deleted, proof: .ledger)
    case .applied: break
    }
    guard let after = item.after else {
      return step.before == .none
        ? Result(transition: .unchanged, proof: .ledger) : Result(transition: .deleted, proof: .ledger)
    }
    if item.addsToBranch {
      return step.before == .none
        ? Result(transition: .created, proof: .event) : Result(transition: .fastForward, proof: .event)
    }
    switch step.before {
    case .none: return Result(transition: .created, proof: .ledger)
    case .unknown(let reason): return Result(transition: .unknown, reason: reason)
    case .tip(let before):
      if timeline.isTag { return Result(transition: .forced, proof: .ledger) }
      return ancestry(from: before, to: after)
    }
  }

  private func ancestry(from before: ObjectID, to after: ObjectID) -> Result {
    switch history.contains(before, in: after) {
    case .yes: return Result(transition: .fastForward, proof: .graph)
    case .no:
      return Result(transition: .forced, proof: history.isKnown(before) ? .graph : .absence)
    case .unknown:
      return Result(
        transition: .unknown, reason: history.isKnown(after) ? .incompleteHistory : .tipAbsent)
    }
  }
}
