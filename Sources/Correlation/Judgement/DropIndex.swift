internal import PushModel

/// Finds where a ref provably lost a tip, without walking every later update for every tip.
///
/// If a later tip contains this one, this one cannot be proven dropped before that later tip is: so each position
/// remembers where its own value is dropped, and a walk jumps along those.
final class DropIndex {
  private let history: History
  /// By ref name: for each position, the first later one at which its single value is proven dropped.
  private var jumps: [RefName: [Int?]] = [:]
  /// By ref name: for each position, the first from it on at which a drop can be proven at all.
  private var telling: [RefName: [Int]] = [:]

  init(history: History) { self.history = history }

  /// The item that dropped the tip of `item`, or by which it was gone.
  func drop(
    of tip: ObjectID, item: Int, in timeline: RefTimeline
  ) -> (item: Int, certainty: UpdateReport.DroppedBy.Certainty)? {
    let group = timeline.groupOfItem[item]
    let isTag = timeline.ref.isTag
    // Across a gap or the delivery lag, a forced push is not blamed: the next run judges it again.
    func isSoft(_ position: Int) -> Bool {
      timeline.groups[position - 1].contains {
        timeline.softness[$0] != nil && timeline.items[$0].told == .notTold && timeline.items[$0].after != nil
      }
    }
    let first = timeline.groups[group].count > 1 || timeline.mayBeRefused(item) ? group + 1 : group + 2
    guard
      let position = walk(
        from: first, in: timeline,
        { Relation(of: tip, to: timeline.values(atPosition: $0), isTag: isTag, self.history) }),
      !isSoft(position)
    else { return nil }
    let dropping = timeline.groups[position - 1]
    let last = dropping.upperBound - 1
    let isExact =
      dropping.count == 1 && last != item && !timeline.mayBeRefused(last) && timeline.isBeforeKnown(last)
      && Relation(of: tip, to: timeline.values(atPosition: position - 1), isTag: isTag, history) == .inAll
      // Its own word on what it found may tell of a drop before it, across a gap.
      && Relation(of: tip, to: timeline.possible[last].lazy.map(\.before), isTag: isTag, history) == .inAll
    return (last, isExact ? .exact : .noLaterThan)
  }

  /// The first position from `start` on whose values all lack the tip.
  private func walk(from start: Int, in timeline: RefTimeline, _ relation: (Int) -> Relation) -> Int? {
    let telling = telling(of: timeline)
    var position = start
    while position <= timeline.groups.count {
      position = telling[position]
      guard position <= timeline.groups.count else { return nil }
      switch relation(position) {
      case .inNone: return position
      case .inAll where timeline.values(atPosition: position).count == 1:
        guard let next = jumps(of: timeline)[position] else { return nil }
        position = next
      default: position += 1
      }
    }
    return nil
  }

  /// Only a ref that is gone, or a history that is known whole, proves that a tip is not there: what lies between is passed
  /// over, however long it is.
  private func telling(of timeline: RefTimeline) -> [Int] {
    if let known = telling[timeline.ref] { return known }
    let count = timeline.groups.count
    var table = Array(repeating: count + 1, count: count + 2)
    for position in stride(from: count, through: 0, by: -1) {
      let tells = timeline.values(atPosition: position).allSatisfy { value in
        switch value {
        case .none: true
        case .unknown: false
        case .tip(let tip):
          timeline.ref.isTag || history.isComplete(tip) || (history.node(of: tip) == nil && history.isPresent(tip))
        }
      }
      table[position] = tells ? position : table[position + 1]
    }
    telling[timeline.ref] = table
    return table
  }

  private func jumps(of timeline: RefTimeline) -> [Int?] {
    if let known = jumps[timeline.ref] { return known }
    let telling = telling(of: timeline)
    let isTag = timeline.ref.isTag
    let count = timeline.groups.count
    var table: [Int?] = Array(repeating: nil, count: count + 1)
    for start in stride(from: count, through: 1, by: -1) {
      let values = timeline.values(atPosition: start)
      guard values.count == 1, let tip = values.first?.tip else {
        // Unknown or absent: the walk goes on one by one from here.
        table[start] = start < count ? start + 1 : nil
        continue
      }
      var position = start
      while true {
        position = telling[position + 1]
        guard position <= count else { break }
        let relation = Relation(of: tip, to: timeline.values(atPosition: position), isTag: isTag, history)
        if relation == .inNone {
          table[start] = position
          break
        }
        if relation == .inAll, timeline.values(atPosition: position).count == 1 {
          guard let next = table[position] else { break }
          position = next - 1
        }
      }
    }
    jumps[timeline.ref] = table
    return table
  }
}
