internal import GitStore
internal import PushModel
internal import RefLedger

/// The plainest order of pushes: by time, within a second by their own words, then an ancestor before its descendant,
/// then by event id (DESIGN 2.9). It is no proof.
struct LedgerOrder {
  let ledger: Ledger
  let history: History
  let told: [ToldBefore]

  /// More pushes than this in one second keep the order of their ids.
  static let tieLimit = 64

  /// Indices into the ledger's pushes.
  func pushes() -> [Int] {
    var order: [Int] = []
    order.reserveCapacity(ledger.pushes.count)
    var start = 0
    while start < ledger.pushes.count {
      var end = start + 1
      while end < ledger.pushes.count, ledger.pushes[end].time == ledger.pushes[start].time { end += 1 }
      if end - start == 1 || end - start > Self.tieLimit {
        order += start..<end
      } else {
        order += ordered(tie: start..<end)
      }
      start = end
    }
    return order
  }

  /// Takes, again and again, the first push that none of the others must precede.
  private func ordered(tie: Range<Int>) -> [Int] {
    var remaining = Array(tie)
    var result: [Int] = []
    while !remaining.isEmpty {
      let next =
        remaining.firstIndex { candidate in
          !remaining.contains { other in
            other != candidate && mustPrecede(other, candidate) && !mustPrecede(candidate, other)
          }
        } ?? 0
      result.append(remaining.remove(at: next))
    }
    return result
  }

  private func mustPrecede(_ first: Int, _ second: Int) -> Bool {
    for earlier in ledger.pushes[first].updates {
      guard let tip = ledger.updates[earlier].after else { continue }
      for later in ledger.pushes[second].updates {
        if ledger.updates[later].refNumber == ledger.updates[earlier].refNumber {
          if told[later] == .tip(tip) { return true }
          if case .tip = told[later] { continue }
          if told[later] == .none { continue }
        }
        guard let other = ledger.updates[later].after, other != tip else { continue }
        if history.isKnown(tip), history.contains(tip, in: other) == .yes { return true }
      }
    }
    return false
  }
}

/// The updates of each ref in ledger order.
struct UpdatesInOrder {
  private let ledger: Ledger
  /// By push, its place in the order; `nil` where that is the ledger's own.
  private var places: [UInt32]?

  init(ledger: Ledger, order: [Int]) {
    self.ledger = ledger
    guard !order.elementsEqual(ledger.pushes.indices) else { return }
    var places: [UInt32] = Array(repeating: 0, count: order.count)
    for (place, push) in order.enumerated() { places[push] = UInt32(place) }
    self.places = places
  }

  func ofRef(_ number: Int) -> [Int] {
    let updates = Array(ledger.updates(ofRef: number))
    guard let places else { return updates }
    return updates.sorted { left, right in
      (places[ledger.updates[left].push], left) < (places[ledger.updates[right].push], right)
    }
  }
}
