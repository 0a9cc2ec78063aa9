internal import PushModel
internal import RefLedger

/// What the ledger says the server's branches may have been at, roughly: enough to tell that a fetch did not see them then.
final class ServerTips {
  private let ledger: Ledger
  private let befores: PossibleBefores
  /// By ref number, every tip that a record has on the ref, of those refs that were asked about.
  private var held: [Int: Set<ObjectID>] = [:]
  /// Some push moved refs that no record names.
  private let hasOmissions: Bool

  init(_ ledger: Ledger) {
    self.ledger = ledger
    befores = PossibleBefores(ledger.updates, deletionsArePlain: true)
    hasOmissions = ledger.pushes.contains { $0.omitted != nil }
  }

  /// Whether a record has the tip on the branch, at whatever time.
  func everHeld(_ tip: ObjectID, on ref: RefName) -> Bool {
    number(of: ref).map { everHeld(tip, onBranch: $0) } ?? false
  }

  /// Whether everything that a fetch showed may have stood on the server at some moment of the interval. A tip that no
  /// record has says nothing about the time.
  func mayShow(_ tips: [RefName: ObjectID], from start: Timestamp, to end: Timestamp) -> Bool {
    hasOmissions || tips.allSatisfy { mayHave($1, on: $0, from: start, to: end) }
  }

  private func number(of ref: RefName) -> Int? { ref.isBranch ? ledger.number(of: ref) : nil }

  private func everHeld(_ tip: ObjectID, onBranch number: Int) -> Bool {
    if let known = held[number] { return known.contains(tip) }
    var tips: Set<ObjectID> = []
    for index in ledger.updates(ofRef: number) {
      if let after = ledger.updates[index].after { tips.insert(after) }
      if case .tip(let before) = ledger.updates[index].told { tips.insert(before) }
    }
    held[number] = tips
    return tips.contains(tip)
  }

  private func mayHave(_ tip: ObjectID, on ref: RefName, from start: Timestamp, to end: Timestamp) -> Bool {
    guard let number = number(of: ref), everHeld(tip, onBranch: number) else { return true }
    let moves = ledger.updates(ofRef: number)
    // What may have been refused or reordered leaves the tip before it in place.
    let earliest = start - TimelineItem.raceWindow
    let first = moves.partitioningIndex { ledger.updates[$0].time >= earliest }
    let next = moves.partitioningIndex { ledger.updates[$0].time > end + TimelineItem.orderSlack }
    if befores.allow(.tip(tip), at: earliest, before: first, of: moves) { return true }
    if next < moves.endIndex, ledger.updates[moves[next]].told == .tip(tip) { return true }
    return moves[first..<next].contains {
      ledger.updates[$0].after == tip || ledger.updates[$0].told == .tip(tip)
    }
  }
}
