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
  /// Index of the state that it starts from.
  var start: Int
  var end: CourseState
  var steps: [Step]
}

/// Finds every course of one group of updates.
struct CourseSearch {
  /// More steps than this, and the group is described by its outcomes alone (`looseOutcomes`).
  static let budget = 20_000
  static let longestGroup = 512

  let items: [TimelineItem]
  let group: Range<Int>
  private(set) var courses: [Course] = []
  /// The search was given up: there are too many courses.
  private(set) var isExhausted = false

  private var budget: Int
  private var taken: [Bool]
  private var steps: [Step] = []

  init(items: [TimelineItem], group: Range<Int>, starts: [CourseState]) {
    self.items = items
    self.group = group
    budget = Self.budget + 64 * group.count
    taken = Array(repeating: false, count: group.count)
    // The search goes as deep as the group is long.
    if group.count > Self.longestGroup {
      isExhausted = true
      return
    }
    for (index, start) in starts.enumerated() {
      search(from: start, startIndex: index)
    }
    if isExhausted { courses = [] }
  }

  /// Takes each update that may come next, in ledger order, so that the first course found is the plainest.
  private mutating func search(from state: CourseState, startIndex: Int) {
    guard !isExhausted else { return }
    budget -= 1
    guard budget > 0 else {
      isExhausted = true
      return
    }
    guard let first = taken.firstIndex(of: false) else {
      courses.append(Course(start: startIndex, end: state, steps: steps))
      return
    }
    let horizon = items[group.lowerBound + first].time + TimelineItem.orderSlack
    for offset in first..<group.count where !taken[offset] {
      let index = group.lowerBound + offset
      guard items[index].time <= horizon else { break }
      for (outcome, next) in outcomes(of: index, in: state) {
        taken[offset] = true
        steps.append(Step(item: index, before: before(of: index, in: state), outcome: outcome))
        search(from: next, startIndex: startIndex)
        steps.removeLast()
        taken[offset] = false
      }
    }
  }

  /// The value that an update found: its own word, where the state is not known.
  private func before(of index: Int, in state: CourseState) -> RefValue {
    guard state.value.isUnknown else { return state.value }
    switch items[index].told {
    case .notTold: return state.value
    case .none: return .none
    case .tip(let id): return .tip(id)
    }
  }

  private func outcomes(of index: Int, in state: CourseState) -> [(Step.Outcome, CourseState)] {
    let item = items[index]
    let found = before(of: index, in: state)
    var result: [(Step.Outcome, CourseState)] = []
    let agrees =
      switch item.told {
      case .notTold: true
      case .none: found == .none
      case .tip(let id): found == .tip(id)
      }
    guard agrees else {
      // What a refused push said of its ref was only what its client believed.
      if mayBeRefused(item, in: state) { result.append((.refused, state.holding(found))) }
      return result
    }
    let target: RefValue = item.after.map(RefValue.tip) ?? .none
    if found == target {
      result.append(
        (.repeated, state.holding(target)))
      if item.isGitPush, item.after != nil, item.mayBeDeletion {
        result.append((.deleted, moved(state, by: index, to: .none)))
      }
      return result
    }
    result.append((.applied, moved(state, by: index, to: target)))
    if found.isUnknown, item.isGitPush, item.after != nil, item.mayBeFirstDeletion {
      result.append((.deleted, moved(state, by: index, to: .none)))
    }
    if mayBeRefused(item, in: state) {
      result.append(
        (.refused, state.holding(found)))
    }
    return result
  }

  private func mayBeRefused(_ item: TimelineItem, in state: CourseState) -> Bool {
    for mover in [state.lastMover, state.lastOtherMover] where mover >= 0 {
      if item.mayBeRefused(becauseOf: items[Int(mover)]) { return true }
    }
    return false
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
