internal import PushModel
internal import RefLedger

/// Works out a ref's timeline from its updates and what was sighted of it.
struct TimelineBuilder {
  let coverage: Coverage
  /// When pushes whose refs CloudTrail cut may have moved this ref, sorted.
  let omissions: [Timestamp]
  /// When the repository was created, where the trail tells.
  let created: Timestamp?

  /// More states than this at one place, and the ref's value is said to be unknown there.
  static let stateLimit = 512

  /// - Parameters:
  ///   - items: in ledger order.
  ///   - sightings: with the clock allowance already added to `start` and `end`; in order of their start.
  func timeline(ref: RefName, items: [TimelineItem], sightings: [PlacedSighting]) -> RefTimeline {
    var items = items
    let groups = Self.groups(of: items)
    var placed = sightings.map { Self.place($0, among: groups, of: items) }
    let timeline = solve(ref: ref, items: items, groups: groups, sightings: placed)
    // A tip that was seen, and that only one push can have put there, shows that push landed: solve again with that.
    var learned = false
    var isShown = false
    // A line that nothing explains accuses nobody; neither does what rests on there having been nothing in between. Of a
    // tip that the ref had at another time, only the log's order says that the clock is not at fault.
    for index in placed.indices where placed[index].isUnproven {
      let isOrdered = placed[index].proof != nil
      guard !timeline.explains(placed[index]), isOrdered || !timeline.everHeld(placed[index].value) else { continue }
      placed[index].isContradiction = true
      learned = true
    }
    let telling = placed.filter { $0.canAccuse || !$0.isCertain }
    let producers = Producers(of: telling, among: items)
    for sighting in telling {
      guard let item = Self.soleProducer(of: sighting, in: timeline, producers), !items[item].isShown else { continue }
      items[item].isShown = true
      isShown = true
      learned = learned || timeline.mayBeRefused(item)
    }
    if learned { return solve(ref: ref, items: items, groups: groups, sightings: placed) }
    return isShown ? RefTimeline(timeline, items: items) : timeline
  }

  private func solve(
    ref: RefName, items: [TimelineItem], groups: [Range<Int>], sightings: [PlacedSighting]
  ) -> RefTimeline {
    var solver = TimelineSolver(ref: ref, items: items, groups: groups, sightings: sightings, builder: self)
    return solver.solve()
  }

  // MARK: - Groups and places

  /// Runs of updates each within a few seconds of the one before it.
  private static func groups(of items: [TimelineItem]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var start = 0
    for index in items.indices {
      let isLast = index + 1 == items.count
      if isLast || items[index + 1].time - items[index].time > TimelineItem.orderSlack {
        groups.append(start..<index + 1)
        start = index + 1
      }
    }
    return groups
  }

  private static func place(
    _ sighting: PlacedSighting, among groups: [Range<Int>], of items: [TimelineItem]
  ) -> PlacedSighting {
    var placed = sighting
    if let start = sighting.start {
      placed.low = groups.partitioningIndex { items[$0.upperBound - 1].time >= start }
    }
    placed.high = max(placed.low, groups.partitioningIndex { items[$0.lowerBound].time > sighting.end })
    return placed
  }

  /// For each tip that was sighted, the first two updates to it.
  private struct Producers {
    private var ofTip: [ObjectID: (first: Int, second: Int)] = [:]

    init(of sightings: [PlacedSighting], among items: [TimelineItem]) {
      for case .tip(let tip) in sightings.lazy.map(\.value) { ofTip[tip] = (.max, .max) }
      guard !ofTip.isEmpty else { return }
      for (index, item) in items.enumerated() {
        guard let after = item.after, let known = ofTip[after], known.second == .max else { continue }
        ofTip[after] = known.first == .max ? (index, .max) : (known.first, index)
      }
    }

    /// The one update to a tip among those before `end`.
    func only(_ tip: ObjectID, before end: Int) -> Int? {
      guard let known = ofTip[tip], known.first < end, known.second >= end else { return nil }
      return known.first
    }
  }

  /// The one update that can have put the tip there that a sighting shows.
  private static func soleProducer(
    of sighting: PlacedSighting, in timeline: RefTimeline, _ producers: Producers
  ) -> Int? {
    guard case .tip(let tip) = sighting.value, sighting.high > 0,
      sighting.low == 0 || !timeline.values(atPosition: sighting.low).contains(sighting.value)
        || sighting.isCertain
    else { return nil }
    if sighting.low == 0, timeline.initialValues.contains(where: { $0.isUnknown || $0 == sighting.value }) {
      // It may have been there before the trail.
      return nil
    }
    return producers.only(tip, before: timeline.groups[sighting.high - 1].upperBound)
  }
}

/// Each distinct element, in the order of first appearance.
func unique<Element: Hashable>(_ elements: some Collection<Element>) -> [Element] {
  guard elements.count > 8 else {
    var result: [Element] = []
    for element in elements where !result.contains(element) { result.append(element) }
    return result
  }
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}

extension RandomAccessCollection where Index == Int {
  /// The index of the first element for which `isPastBoundary` holds, in a collection that it splits in two.
  func partitioningIndex(where isPastBoundary: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if isPastBoundary(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
