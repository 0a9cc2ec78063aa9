internal import PushModel

/// Finds where a ref provably lost a tip, without walking every later update for every tip.
///
/// If a later tip contains this one, this one cannot be proven dropped before that later tip is: so each position
/// remembers where its own value is dropped, and a walk jumps along those.
final class DropIndex {
  private let history: History
  /// By ref name: for each position, the first later one at which its single value is proven dropped.
  private var jumps: [RefName: [Int?]] = [:]

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
      && Relation(of: tip, to: timeline.possible[last].map(\.before), isTag: isTag, history) == .inAll
    return (last, isExact ? .exact : .noLaterThan)
  }

  /// The first position from `start` on whose values all lack the tip.
  private func walk(from start: Int, in timeline: RefTimeline, _ relation: (Int) -> Relation) -> Int? {
    var position = start
    while position <= timeline.groups.count {
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

  private func jumps(of timeline: RefTimeline) -> [Int?] {
    if let known = jumps[timeline.ref] { return known }
    let isTag = timeline.ref.isTag
    let count = timeline.groups.count
    var table: [Int?] = Array(repeating: nil, count: count + 1)
    for start in stride(from: count, through: 1, by: -1) {
      let values = timeline.values(atPosition: start)
      guard values.count == 1, let tip = values[0].tip else {
        // Unknown or absent: the walk goes on one by one from here.
        table[start] = start < count ? start + 1 : nil
        continue
      }
      var position = start + 1
      while position <= count {
        let relation = Relation(of: tip, to: timeline.values(atPosition: position), isTag: isTag, history)
        if relation == .inNone {
          table[start] = position
          break
        }
        if relation == .inAll, timeline.values(atPosition: position).count == 1 {
          guard let next = table[position] else { break }
          position = next
        } else {
          position += 1
        }
      }
    }
    jumps[timeline.ref] = table
    return table
  }
}
