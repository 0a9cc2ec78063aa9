internal import PushModel

/// A group of updates with too many courses to list: each update by itself, with everything that may have preceded it.
///
/// It allows more than can have happened, never less, so that what is said of it holds.
struct LooseGroup {
  var steps: [Step] = []
  var plainest: [Step] = []
  var ends: [CourseState] = []

  /// Beyond so many that may directly precede an update, what stood before it is not known.
  private static let mostNeighbours = 64

  private let items: [TimelineItem]
  private let group: Range<Int>
  private let starts: ArraySlice<CourseState>
  /// For each update of the group, whether the server may have refused it.
  private var refusable: [Bool] = []

  init(items: [TimelineItem], group: Range<Int>, starts: ArraySlice<CourseState>) {
    self.items = items
    self.group = group
    self.starts = starts
    refusable = group.map(mayBeRefused)
    var previous = starts.first?.value ?? .unknown(.order)
    for index in group {
      let item = items[index]
      for before in unique(befores(of: index)) { addSteps(of: index, finding: before) }
      switch item.told {
      case .none: previous = .none
      case .tip(let id): previous = .tip(id)
      case .notTold: break
      }
      plainest.append(Step(item: index, before: previous, outcome: previous == item.target ? .repeated : .applied))
      previous = item.target
    }
    addEnds()
  }

  private mutating func addSteps(of index: Int, finding before: RefValue) {
    let item = items[index]
    let isRepeated = before == item.target
    steps.append(Step(item: index, before: before, outcome: isRepeated ? .repeated : .applied))
    if item.isGitPush, item.after != nil,
      isRepeated && item.mayBeDeletion || before.isUnknown && (item.mayBeDeletion || item.mayBeFirstDeletion)
    {
      steps.append(Step(item: index, before: before, outcome: .deleted))
    }
    if !isRepeated, refusable[index - group.lowerBound] {
      steps.append(Step(item: index, before: before, outcome: .refused))
    }
  }

  // MARK: - What may have stood there

  /// The latest update for certain before a time that cannot have been refused: what certainly precedes it is covered by it.
  private func cover(before time: Timestamp) -> Int? {
    var index = group.lowerBound + group.partitioning(items, after: time - TimelineItem.orderSlack - 1) - 1
    while index >= group.lowerBound, refusable[index - group.lowerBound] { index -= 1 }
    return index >= group.lowerBound ? index : nil
  }

  /// What a covering update, or any that may follow it, may have left.
  private func values(since cover: Int?, until time: Timestamp, besides own: Int?) -> [RefValue] {
    var values = cover == nil ? starts.map(\.value) : []
    let first = cover.map { items[$0].time - TimelineItem.orderSlack }
    var seen = 0
    var index = group.lowerBound + group.partitioning(items, after: time) - 1
    while index >= group.lowerBound, first.map({ items[index].time >= $0 }) ?? true {
      defer { index -= 1 }
      guard index != own else { continue }
      seen += 1
      guard seen <= Self.mostNeighbours else { return values + [.unknown(.race)] }
      values.append(items[index].target)
      if mayBeDeletion(index) { values.append(.none) }
    }
    return values
  }

  private func befores(of index: Int) -> [RefValue] {
    let item = items[index]
    switch item.told {
    case .none: return [.none]
    case .tip(let id): return [.tip(id)]
    case .notTold:
      return values(since: cover(before: item.time), until: item.time + TimelineItem.orderSlack, besides: index)
    }
  }

  private func mayBeDeletion(_ index: Int) -> Bool {
    items[index].isGitPush && items[index].after != nil
      && (items[index].mayBeDeletion || items[index].mayBeFirstDeletion)
  }

  /// The plainest last.
  private mutating func addEnds() {
    let last = group.upperBound - 1
    let cover = group.last { !refusable[$0 - group.lowerBound] }
    // Any of them may have moved the ref: the latest are the most that a refusal may be blamed on.
    let movers = group.reversed() + starts.flatMap { [Int($0.lastMover), Int($0.lastOtherMover)] }.filter { $0 >= 0 }
    let other = movers.first { items[$0].actor != items[last].actor }
    let plainest = items[last].target
    let others = values(since: cover, until: items[last].time, besides: nil).filter { $0 != plainest }
    ends = unique(others + [plainest]).map { value in
      CourseState(value: value, lastMover: Int32(last), lastOtherMover: Int32(other ?? -1))
    }
  }

  // MARK: - Refusals

  private func mayBeRefused(_ index: Int) -> Bool {
    let item = items[index]
    var other = group.lowerBound + group.partitioning(items, after: item.time + TimelineItem.orderSlack) - 1
    while other >= group.lowerBound, item.time - items[other].time <= TimelineItem.raceWindow {
      if other != index, item.mayBeRefused(becauseOf: items[other]) { return true }
      other -= 1
    }
    return starts.contains { state in
      [state.lastMover, state.lastOtherMover].contains { $0 >= 0 && item.mayBeRefused(becauseOf: items[Int($0)]) }
    }
  }
}

extension Range<Int> {
  /// How many of some items, in order of time, are no later than a time.
  fileprivate func partitioning(_ items: [TimelineItem], after time: Timestamp) -> Int {
    items[self].partitioningIndex { $0.time > time } - lowerBound
  }
}
