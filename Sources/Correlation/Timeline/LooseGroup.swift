internal import PushModel

/// A group of updates with too many courses to list: each update by itself, with everything that may have preceded it.
///
/// It allows more than can have happened, never less, so that what is said of it holds.
struct LooseGroup {
  var steps: [Step] = []
  var plainest: [Step] = []
  var ends: [CourseState] = []

  /// Beyond so many within seconds, what stood before an update is not known.
  private static let mostNeighbours = 64

  init(items: [TimelineItem], group: Range<Int>, starts: ArraySlice<CourseState>) {
    var previous = starts.first?.value ?? .unknown(.order)
    var allMayBeRefused = true
    var someMayBeRefused = false
    for index in group {
      let item = items[index]
      let target = item.target
      var befores: [RefValue] = []
      switch item.told {
      case .none: befores = [.none]
      case .tip(let id): befores = [.tip(id)]
      case .notTold:
        befores = starts.map(\.value)
        let neighbours = Self.neighbours(of: index, in: group, items)
        if neighbours.count > Self.mostNeighbours {
          befores.append(.unknown(.race))
        } else {
          for other in neighbours { befores.append(items[other].target) }
        }
        if someMayBeRefused { befores.append(.unknown(.race)) }
      }
      let mayBeRefused = Self.mayBeRefused(index, in: group, items)
      allMayBeRefused = allMayBeRefused && mayBeRefused
      someMayBeRefused = someMayBeRefused || mayBeRefused
      for before in unique(befores) {
        if before == target {
          steps.append(Step(item: index, before: before, outcome: .repeated))
          if item.isGitPush, item.after != nil, item.mayBeDeletion {
            steps.append(Step(item: index, before: before, outcome: .deleted))
          }
        } else {
          steps.append(Step(item: index, before: before, outcome: .applied))
          if mayBeRefused { steps.append(Step(item: index, before: before, outcome: .refused)) }
        }
      }
      if item.told == .none {
        previous = .none
      } else if case .tip(let id) = item.told {
        previous = .tip(id)
      }
      plainest.append(Step(item: index, before: previous, outcome: previous == target ? .repeated : .applied))
      previous = target
      let last = items[group.upperBound - 1].time
      if last - item.time <= TimelineItem.orderSlack || index == group.upperBound - 1 {
        ends.append(CourseState(value: target, lastMover: Int32(index)))
        if item.isGitPush, item.after != nil, item.mayBeDeletion {
          ends.append(CourseState(value: .none, lastMover: Int32(index)))
        }
      }
    }
    if allMayBeRefused { ends += starts }
    ends = unique(ends)
  }

  /// The updates that may directly precede one: with more than three times the slack between two of a group, another
  /// one lies between them in every order.
  private static func neighbours(of index: Int, in group: Range<Int>, _ items: [TimelineItem]) -> [Int] {
    var result: [Int] = []
    var other = index
    while other > group.lowerBound, items[index].time - items[other - 1].time <= 3 * TimelineItem.orderSlack {
      other -= 1
    }
    while other < group.upperBound, items[other].time - items[index].time <= TimelineItem.orderSlack {
      if other != index { result.append(other) }
      other += 1
    }
    return result
  }

  private static func mayBeRefused(_ index: Int, in group: Range<Int>, _ items: [TimelineItem]) -> Bool {
    let item = items[index]
    var other = group.upperBound - 1
    while other >= group.lowerBound, item.time - items[other].time <= TimelineItem.raceWindow {
      if other != index, item.mayBeRefused(becauseOf: items[other]) { return true }
      other -= 1
    }
    return false
  }
}
