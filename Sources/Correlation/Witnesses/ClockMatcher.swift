internal import PushModel

/// Matches what clones say they did to what the trail logged, one to one, by time (DESIGN 7, "Pulls").
///
/// A match is made only where it is sure: nothing else fits the act, no other act fits the event, and the clone's clock
/// agrees. A clock agrees if it is right to within seconds, or as far off as in another match of the same clone.
struct ClockMatcher {
  /// Something that a clone did at a time of its own clock.
  struct Act {
    var clone: Int
    var time: Timestamp
    /// Logged events that it may be; indices into `events`.
    var candidates: [Int]
  }

  /// How far two readings of one clock may differ from each other, or a good clock from the trail's, in seconds.
  static let precision: Int64 = 10

  private let acts: [Act]
  private let events: [Timestamp]
  /// Whether a match with an event tells a clone's clock. A robot that polls every few minutes is always near: what
  /// transferred nothing tells none.
  private let tellsClocks: [Bool]
  /// For each event, the acts that it may be.
  private var rivals: [[Int]]
  private var matched: [Int?]
  private var isTaken: [Bool]
  private var clocks: [Int: Clock] = [:]

  /// - Parameter events: When each event was logged.
  init(acts: [Act], events: [Timestamp], tellsClocks: [Bool]) {
    self.acts = acts
    self.events = events
    self.tellsClocks = tellsClocks
    rivals = Array(repeating: [], count: events.count)
    matched = Array(repeating: nil, count: acts.count)
    isTaken = Array(repeating: false, count: events.count)
    for (index, act) in acts.enumerated() {
      for event in act.candidates { rivals[event].append(index) }
    }
  }

  /// For each act, the event that it surely was.
  mutating func matches() -> [Int?] {
    var open = Array(acts.indices)
    var hasChanged = true
    while hasChanged {
      let before = open.count
      open.removeAll { match($0) }
      hasChanged = open.count < before || matchPairs(&open)
    }
    return matched
  }

  /// Matches an act whose clock is known to be right, or known from other matches.
  private mutating func match(_ act: Int) -> Bool {
    guard let event = onlyCandidate(of: act) else { return false }
    let offset = acts[act].time - events[event]
    let known = clocks[acts[act].clone]?.offset(at: acts[act].time)
    guard let expected = known ?? (tellsClocks[event] ? 0 : nil) else { return false }
    guard abs(offset - expected) <= Self.precision else { return false }
    take(event, by: act)
    return true
  }

  /// A clock that is off shows itself where two acts of one clone are off by the same.
  private mutating func matchPairs(_ open: inout [Int]) -> Bool {
    var first: [Int: (act: Int, event: Int)] = [:]
    for act in open where clocks[acts[act].clone] == nil {
      guard let event = onlyCandidate(of: act), tellsClocks[event] else { continue }
      let clone = acts[act].clone
      guard let other = first[clone] else {
        first[clone] = (act, event)
        continue
      }
      let offset = acts[act].time - events[event]
      let otherOffset = acts[other.act].time - events[other.event]
      // Two acts of one command say no more than one.
      guard abs(acts[act].time - acts[other.act].time) > 2 * Self.precision else { continue }
      guard abs(offset - otherOffset) <= Self.precision, event != other.event else {
        first[clone] = (act, event)
        continue
      }
      take(event, by: act)
      take(other.event, by: other.act)
      open.removeAll { $0 == act || $0 == other.act }
      return true
    }
    return false
  }

  private func onlyCandidate(of act: Int) -> Int? {
    let fitting = acts[act].candidates.filter { !isTaken[$0] && agrees(act, $0) }
    guard fitting.count == 1, let event = fitting.first else { return nil }
    let hasRival = rivals[event].contains { $0 != act && matched[$0] == nil && agrees($0, event) }
    return hasRival ? nil : event
  }

  /// Whether the clone's clock, as far as it is known, allows the match.
  private func agrees(_ act: Int, _ event: Int) -> Bool {
    guard let expected = clocks[acts[act].clone]?.offset(at: acts[act].time) else { return true }
    return abs(acts[act].time - events[event] - expected) <= Self.precision
  }

  private mutating func take(_ event: Int, by act: Int) {
    matched[act] = event
    isTaken[event] = true
    clocks[acts[act].clone, default: Clock()].learn(acts[act].time - events[event], at: acts[act].time)
  }

  /// What is known of one clone's clock: by how much it was ahead of the trail's, and when.
  private struct Clock {
    private var readings: [(time: Timestamp, offset: Int64)] = []

    mutating func learn(_ offset: Int64, at time: Timestamp) {
      let place = readings.partitioningIndex { $0.time >= time }
      readings.insert((time, offset), at: place)
    }

    /// By the nearest reading.
    func offset(at time: Timestamp) -> Int64? {
      let place = readings.partitioningIndex { $0.time >= time }
      let near = [place - 1, place].filter(readings.indices.contains)
      return near.min { abs(readings[$0].time - time) < abs(readings[$1].time - time) }.map { readings[$0].offset }
    }
  }
}
