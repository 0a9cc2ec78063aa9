public import PushModel

/// What may have stood on a ref at a moment, by its records alone: those within seconds of each other may have taken effect
/// in another order, and some may have been refused (DESIGN 3).
public struct PossibleBefores {
  /// More updates than this are not looked back over: what they left is possible.
  private static let reach = 64

  private let updates: [Ledger.Update]
  private let deletionsArePlain: Bool

  /// - Parameter deletionsArePlain: No entry that names a tip is a deletion.
  public init(_ updates: [Ledger.Update], deletionsArePlain: Bool) {
    self.updates = updates
    self.deletionsArePlain = deletionsArePlain
  }

  /// Whether a value may have stood there just before `time`, when the updates at and after `place` of a ref's `moves` had
  /// not taken effect. Before the first of them anything may have.
  public func allow(_ value: ToldBefore, at time: Timestamp, before place: Int, of moves: ArraySlice<Int>) -> Bool {
    // What certainly took effect before the latest that certainly did is covered by that.
    var horizon: Timestamp?
    let end = max(moves.startIndex, place - Self.reach)
    for earlier in stride(from: place - 1, through: end, by: -1) {
      let left = updates[moves[earlier]].time
      if let horizon, left < horizon { return false }
      if mayLeave(value, moves[earlier]) { return true }
      if horizon == nil, time - left > Ledger.orderSlack, !mayBeRefused(earlier, moves) {
        horizon = left - Ledger.orderSlack
      }
    }
    return horizon == nil || end > moves.startIndex
  }

  /// Whether an update may have found a value on its ref: `place` is its own among the ref's `moves`.
  func allow(_ value: ToldBefore, before place: Int, of moves: [Int]) -> Bool {
    let time = updates[moves[place]].time
    let later = moves[(place + 1)...].prefix { updates[$0].time - time <= Ledger.orderSlack }
    return later.contains { mayLeave(value, $0) } || allow(value, at: time, before: place, of: moves[...])
  }

  private func mayLeave(_ value: ToldBefore, _ update: Int) -> Bool {
    guard let after = updates[update].after else { return value == .none }
    return value == .tip(after) || (value == .none && updates[update].isGitPush && !deletionsArePlain)
  }

  private func mayBeRefused(_ place: Int, _ moves: ArraySlice<Int>) -> Bool {
    let update = updates[moves[place]]
    guard update.isGitPush else { return false }
    let hasEarlier = place > moves.startIndex && update.time - updates[moves[place - 1]].time <= Ledger.raceWindow
    let hasLater = place + 1 < moves.endIndex && updates[moves[place + 1]].time - update.time <= Ledger.orderSlack
    return hasEarlier || hasLater
  }
}
