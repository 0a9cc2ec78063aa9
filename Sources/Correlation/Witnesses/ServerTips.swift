internal import PushModel
internal import RefLedger

/// What the ledger says the server's branches may have been at, roughly: enough to tell that a fetch did not see them then.
struct ServerTips {
  private let updates: [RefName: [Ledger.Update]]
  private let held: [RefName: Set<ObjectID>]
  /// Some push moved refs that no record names.
  private let hasOmissions: Bool

  init(_ ledger: Ledger) {
    updates = Dictionary(grouping: ledger.updates.filter { $0.ref.isBranch }, by: \.ref)
    held = updates.mapValues { moves in
      var tips: Set<ObjectID> = []
      for move in moves {
        if let after = move.after { tips.insert(after) }
        if case .tip(let before) = move.told { tips.insert(before) }
      }
      return tips
    }
    hasOmissions = ledger.pushes.contains { $0.omitted != nil }
  }

  /// Whether a record has the tip on the ref, at whatever time.
  func everHeld(_ tip: ObjectID, on ref: RefName) -> Bool { held[ref]?.contains(tip) ?? false }

  /// Whether everything that a fetch showed may have stood on the server at some moment of the interval. A tip that no
  /// record has says nothing about the time.
  func mayShow(_ tips: [RefName: ObjectID], from start: Timestamp, to end: Timestamp) -> Bool {
    hasOmissions || tips.allSatisfy { mayHave($1, on: $0, from: start, to: end) }
  }

  private func mayHave(_ tip: ObjectID, on ref: RefName, from start: Timestamp, to end: Timestamp) -> Bool {
    guard let moves = updates[ref], everHeld(tip, on: ref) else { return true }
    // What may have been refused or reordered leaves the tip before it in place.
    let earliest = start - TimelineItem.raceWindow
    let first = moves.partitioningIndex { $0.time >= earliest }
    let next = moves.partitioningIndex { $0.time > end + TimelineItem.orderSlack }
    guard first > 0 else { return true }
    var last = first - 1
    // A push that was refused in silence leaves what was there for good.
    while moves[last].after != tip, last > 0, moves[last].isGitPush,
      moves[last].time - moves[last - 1].time <= TimelineItem.raceWindow
    {
      last -= 1
    }
    if moves[last].after == tip { return true }
    if next < moves.count, moves[next].told == .tip(tip) { return true }
    return moves[first..<next].contains { $0.after == tip || $0.told == .tip(tip) }
  }
}
