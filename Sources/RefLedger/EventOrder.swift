internal import PushModel

/// Sorts events by time, then rank, then id.
///
/// Their numbers are sorted rather than they, by time alone, for most files are in that order already; ranks and ids are
/// only looked at where times tie.
enum EventOrder {
  struct Key {
    var time: Timestamp
    var index: UInt32
  }

  /// - Parameter rank: Of two events of one second, that of the lower rank comes first.
  static func sort(
    _ keys: inout [Key], of events: [TrailEvent], rank: (TrailEvent) -> Int = { _ in 0 }
  ) {
    keys.sort { $0.time < $1.time }
    func precedes(_ left: Key, _ right: Key) -> Bool {
      let (left, right) = (Int(left.index), Int(right.index))
      let (leftRank, rightRank) = (rank(events[left]), rank(events[right]))
      return leftRank != rightRank ? leftRank < rightRank : events[left].hasSmallerID(than: events[right])
    }
    var start = 0
    while start < keys.count {
      var end = start + 1
      while end < keys.count, keys[end].time == keys[start].time { end += 1 }
      if end - start > 16 {
        keys.replaceSubrange(start..<end, with: keys[start..<end].sorted(by: precedes))
      } else {
        // Mostly two or three: put each in its place among those before it.
        for next in start + 1..<end {
          var place = next
          while place > start, precedes(keys[place], keys[place - 1]) {
            keys.swapAt(place, place - 1)
            place -= 1
          }
        }
      }
      start = end
    }
  }
}
