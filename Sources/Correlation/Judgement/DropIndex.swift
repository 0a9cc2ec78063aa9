internal import PushModel

/// Finds where a ref provably lost a tip, without walking every later update for every tip.
///
/// If a later tip contains this one, this one cannot be proven dropped before that later tip is: so each position
/// remembers where its own value is dropped, and a walk jumps along those.
final class DropIndex {
  private let timeline: RefTimeline
  private let history: History
  /// For each position, the first later one at which its single value is proven dropped; `never` if there is none.
  private lazy var jumps = makeJumps()
  /// For each position, the first from it on at which a drop can be proven at all.
  private lazy var telling = makeTelling()

  private static let never: UInt32 = .max

  init(of timeline: RefTimeline, history: History) {
    self.timeline = timeline
    self.history = history
  }

  /// The item that dropped the tip of `item`, or by which it was gone.
  func drop(of tip: ObjectID, item: Int) -> (item: Int, certainty: UpdateReport.DroppedBy.Certainty)? {
    let group = timeline.groupOfItem[item]
    let first = timeline.groups[group].count > 1 || timeline.mayBeRefused(item) ? group + 1 : group + 2
    guard let position = walk(from: first, lacking: tip), !isSoft(position) else { return nil }
    let dropping = timeline.groups[position - 1]
    let last = dropping.upperBound - 1
    let isExact =
      dropping.count == 1 && last != item && !timeline.mayBeRefused(last) && timeline.isBeforeKnown(last)
      && relation(of: tip, at: position - 1) == .inAll
      // Its own word on what it found may tell of a drop before it, across a gap.
      && Relation(of: tip, to: timeline.possible[last].lazy.map(\.before), isTag: timeline.isTag, history) == .inAll
    return (last, isExact ? .exact : .noLaterThan)
  }

  /// Across a gap or the delivery lag, a forced push is not blamed: the next run judges it again.
  private func isSoft(_ position: Int) -> Bool {
    timeline.groups[position - 1].contains {
      timeline.softness[$0] != nil && timeline.items[$0].told == .notTold && timeline.items[$0].after != nil
    }
  }

  private func relation(of tip: ObjectID, at position: Int) -> Relation {
    Relation(of: tip, to: timeline.values(atPosition: position), isTag: timeline.isTag, history)
  }

  /// The first position from `start` on whose values all lack the tip.
  private func walk(from start: Int, lacking tip: ObjectID) -> Int? {
    var position = start
    while position <= timeline.groups.count {
      position = Int(telling[position])
      guard position <= timeline.groups.count else { return nil }
      switch relation(of: tip, at: position) {
      case .inNone: return position
      case .inAll where timeline.onlyValue(atPosition: position) != nil:
        let next = jumps[position]
        guard next != Self.never else { return nil }
        position = Int(next)
      default: position += 1
      }
    }
    return nil
  }

  /// Only a ref that is gone, or a history that is known whole, proves that a tip is not there: what lies between is passed
  /// over, however long it is.
  private func makeTelling() -> [UInt32] {
    let count = timeline.groups.count
    var table = Array(repeating: UInt32(count + 1), count: count + 2)
    for position in stride(from: count, through: 0, by: -1) {
      let tells = timeline.values(atPosition: position).allSatisfy { value in
        switch value {
        case .none: true
        case .unknown: false
        case .tip(let tip):
          timeline.isTag || history.isComplete(tip) || (history.node(of: tip) == nil && history.isPresent(tip))
        }
      }
      table[position] = tells ? UInt32(position) : table[position + 1]
    }
    return table
  }

  private func makeJumps() -> [UInt32] {
    let count = timeline.groups.count
    var table = Array(repeating: Self.never, count: count + 1)
    for start in stride(from: count, through: 1, by: -1) {
      guard let tip = timeline.onlyValue(atPosition: start)?.tip else {
        // Unknown or absent: the walk goes on one by one from here.
        if start < count { table[start] = UInt32(start + 1) }
        continue
      }
      var position = start
      while true {
        position = Int(telling[position + 1])
        guard position <= count else { break }
        let relation = relation(of: tip, at: position)
        if relation == .inNone {
          table[start] = UInt32(position)
          break
        }
        if relation == .inAll, timeline.onlyValue(atPosition: position) != nil {
          guard table[position] != Self.never else { break }
          position = Int(table[position]) - 1
        }
      }
    }
    return table
  }
}
