internal import PushModel

/// What the search for courses carries from one group to the next.
struct CourseState: Hashable {
  var value: RefValue
  /// Of the items that moved the ref the one with the latest record, and the latest of another actor: what a refusal
  /// may be blamed on.
  var lastMover: Int32 = -1
  var lastOtherMover: Int32 = -1

  /// The same state, with the value known.
  func holding(_ value: RefValue) -> CourseState {
    CourseState(value: value, lastMover: lastMover, lastOtherMover: lastOtherMover)
  }
}

/// One way in which a group of updates may have taken effect.
struct Course {
  /// The state that it starts from, among those with which its group begins.
  var start: Int
  /// The state that it ends in, among the distinct ones in which its group's courses end.
  var end: Int
  /// Index of the first of its steps: as many as the group has updates, in the order in which they took effect.
  var firstStep: Int
}

/// Finds every course of a timeline's groups, group after group.
///
/// Most groups are one update with one course: all courses and their steps stand in two arrays.
struct CourseSearch {
  /// More steps than this, and the group is described by its outcomes alone (`LooseGroup`).
  static let budget = 20_000
  static let longestGroup = 512

  let items: [TimelineItem]
  /// Of all groups so far.
  private(set) var courses: [Course] = []
  private(set) var steps: [Step] = []
  /// The distinct states in which the courses of the last group end, in the order in which they were found.
  private(set) var ends: [CourseState] = []

  private var places: [CourseState: Int] = [:]
  private var group = 0..<0
  private var budget = 0
  private var taken: [Bool] = []
  private var path: [Step] = []
  private var ignoresWords = false

  init(_ items: [TimelineItem]) {
    self.items = items
    courses.reserveCapacity(items.count)
    steps.reserveCapacity(items.count)
  }

  enum Result {
    case found
    /// The updates' own words contradict every course.
    case contradicted
    /// There are too many courses; none is kept.
    case exhausted
  }

  /// Adds the courses of the next group.
  ///
  /// - Parameter ignoringWords: What the group's updates say of their own befores does not count: for when they
  ///   contradict each other.
  mutating func search(
    _ group: Range<Int>, from starts: ArraySlice<CourseState>, ignoringWords: Bool = false
  ) -> Result {
    self.group = group
    ignoresWords = ignoringWords
    ends.removeAll(keepingCapacity: true)
    if !places.isEmpty { places.removeAll(keepingCapacity: true) }
    let first = courses.count
    if group.count == 1 {
      for (start, state) in starts.enumerated() { takeOnly(from: state, start) }
      return courses.count == first ? .contradicted : .found
    }
    // The search goes as deep as the group is long.
    guard group.count <= Self.longestGroup else { return .exhausted }
    let firstStep = steps.count
    budget = Self.budget + 64 * group.count
    taken = Array(repeating: false, count: group.count)
    for (start, state) in starts.enumerated() {
      guard extend(from: state, start) else {
        courses.removeSubrange(first...)
        steps.removeSubrange(firstStep...)
        ends.removeAll(keepingCapacity: true)
        path.removeAll(keepingCapacity: true)
        return .exhausted
      }
    }
    return courses.count == first ? .contradicted : .found
  }

  private mutating func takeOnly(from state: CourseState, _ start: Int) {
    let index = group.lowerBound
    let found = before(of: index, in: state)
    for outcome in outcomes(of: index, finding: found, in: state) {
      let end = self.end(after: outcome, of: index, finding: found, in: state)
      courses.append(Course(start: start, end: place(of: end), firstStep: steps.count))
      steps.append(Step(item: index, before: found, outcome: outcome))
    }
  }

  /// Takes each update that may come next, in ledger order, so that the first course found is the plainest. `false` where
  /// it is given up.
  private mutating func extend(from state: CourseState, _ start: Int) -> Bool {
    budget -= 1
    guard budget > 0 else { return false }
    guard let first = taken.firstIndex(of: false) else {
      courses.append(Course(start: start, end: place(of: state), firstStep: steps.count))
      steps += path
      return true
    }
    let horizon = items[group.lowerBound + first].time + TimelineItem.orderSlack
    for offset in first..<group.count where !taken[offset] {
      let index = group.lowerBound + offset
      guard items[index].time <= horizon else { break }
      let found = before(of: index, in: state)
      for outcome in outcomes(of: index, finding: found, in: state) {
        taken[offset] = true
        path.append(Step(item: index, before: found, outcome: outcome))
        let next = end(after: outcome, of: index, finding: found, in: state)
        guard extend(from: next, start) else { return false }
        path.removeLast()
        taken[offset] = false
      }
    }
    return true
  }

  /// The state's place among the distinct ends.
  private mutating func place(of end: CourseState) -> Int {
    if places.isEmpty {
      if let place = ends.firstIndex(of: end) { return place }
      ends.append(end)
      if ends.count == 16 {
        for (place, end) in ends.enumerated() { places[end] = place }
      }
      return ends.count - 1
    }
    let place = places[end, default: ends.count]
    if place == ends.count {
      places[end] = place
      ends.append(end)
    }
    return place
  }

  // MARK: - One update

  /// What an update may have done, the plainest first.
  private struct Outcomes: Sequence, IteratorProtocol {
    private var bits: UInt8 = 0

    mutating func insert(_ outcome: Step.Outcome) { bits |= 1 << outcome.rawValue }

    mutating func next() -> Step.Outcome? {
      guard bits != 0 else { return nil }
      let first = Step.Outcome(rawValue: UInt8(bits.trailingZeroBitCount))
      bits &= bits - 1
      return first
    }
  }

  private func told(_ index: Int) -> ToldBefore { ignoresWords ? .notTold : items[index].told }

  /// The value that an update found: its own word, where the state is not known.
  private func before(of index: Int, in state: CourseState) -> RefValue {
    guard state.value.isUnknown else { return state.value }
    switch told(index) {
    case .notTold: return state.value
    case .none: return .none
    case .tip(let id): return .tip(id)
    }
  }

  private func outcomes(of index: Int, finding found: RefValue, in state: CourseState) -> Outcomes {
    let item = items[index]
    var result = Outcomes()
    let agrees =
      switch told(index) {
      case .notTold: true
      case .none: found == .none
      case .tip(let id): found == .tip(id)
      }
    guard agrees else {
      // What a refused push said of its ref was only what its client believed.
      if mayBeRefused(item, in: state) { result.insert(.refused) }
      return result
    }
    if found == item.target {
      result.insert(.repeated)
      if item.isGitPush, item.after != nil, item.mayBeDeletion { result.insert(.deleted) }
      return result
    }
    result.insert(.applied)
    if found.isUnknown, item.isGitPush, item.after != nil, item.mayBeFirstDeletion { result.insert(.deleted) }
    if mayBeRefused(item, in: state) { result.insert(.refused) }
    return result
  }

  private func end(
    after outcome: Step.Outcome, of index: Int, finding found: RefValue, in state: CourseState
  ) -> CourseState {
    switch outcome {
    case .applied: moved(state, by: index, to: items[index].target)
    case .repeated: state.holding(items[index].target)
    case .deleted: moved(state, by: index, to: .none)
    case .refused: state.holding(found)
    }
  }

  private func mayBeRefused(_ item: TimelineItem, in state: CourseState) -> Bool {
    (state.lastMover >= 0 && item.mayBeRefused(becauseOf: items[Int(state.lastMover)]))
      || (state.lastOtherMover >= 0 && item.mayBeRefused(becauseOf: items[Int(state.lastOtherMover)]))
  }

  private func moved(_ state: CourseState, by index: Int, to value: RefValue) -> CourseState {
    var next = state
    next.value = value
    let mover = items[index]
    guard state.lastMover >= 0 else {
      next.lastMover = Int32(index)
      return next
    }
    let last = items[Int(state.lastMover)]
    if mover.time >= last.time {
      if mover.actor != last.actor { next.lastOtherMover = state.lastMover }
      next.lastMover = Int32(index)
    } else if mover.actor != last.actor,
      state.lastOtherMover < 0 || mover.time > items[Int(state.lastOtherMover)].time
    {
      next.lastOtherMover = Int32(index)
    }
    return next
  }
}
