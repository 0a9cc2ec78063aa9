internal import PushModel
internal import RefLedger

/// Works out a ref's timeline: forward through the groups of updates, collecting courses, then back, dropping those that
/// lead nowhere.
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
    var timeline = solve(ref: ref, items: items, groups: groups, sightings: placed)
    // A tip that was seen, and that only one push can have put there, shows that push landed: solve again with that.
    var learned = false
    // A line that nothing explains accuses nobody; neither does what rests on there having been nothing in between. Of a
    // tip that the ref had at another time, only the log's order says that the clock is not at fault.
    for index in placed.indices where placed[index].isUnproven {
      let isOrdered = placed[index].proof != nil
      guard !timeline.explains(placed[index]), isOrdered || !timeline.everHeld(placed[index].value) else { continue }
      placed[index].isContradiction = true
      learned = true
    }
    for sighting in placed where sighting.canAccuse || !sighting.isCertain {
      guard let item = Self.soleProducer(of: sighting, in: timeline), !items[item].isShown else { continue }
      items[item].isShown = true
      learned = learned || timeline.mayBeRefused(item)
    }
    if learned { timeline = solve(ref: ref, items: items, groups: groups, sightings: placed) }
    timeline.items = items
    return timeline
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

  /// The one update that can have put the tip there that a sighting shows.
  private static func soleProducer(of sighting: PlacedSighting, in timeline: RefTimeline) -> Int? {
    guard case .tip(let tip) = sighting.value, sighting.high > 0,
      sighting.low == 0 || !timeline.values(atPosition: sighting.low).contains(sighting.value)
        || sighting.isCertain
    else { return nil }
    if sighting.low == 0, timeline.initialValues.contains(where: { $0.isUnknown || $0 == sighting.value }) {
      // It may have been there before the trail.
      return nil
    }
    var producer: Int?
    for group in timeline.groups[..<sighting.high] {
      for item in group where timeline.items[item].after == tip {
        guard producer == nil else { return nil }
        producer = item
      }
    }
    return producer
  }

  // MARK: - Courses

  /// What lies between two groups, or at either end.
  private struct Boundary {
    /// For each state that leads here, the state that it becomes; `nil` where the evidence excludes it.
    var mapping: [CourseState?]
    var states: [CourseState]
    /// Nothing after it says anything of what came before.
    var isCut: Bool
    var softness: UnknownReason?
  }

  private func solve(
    ref: RefName, items: [TimelineItem], groups: [Range<Int>], sightings: [PlacedSighting]
  ) -> RefTimeline {
    var holes: [RefTimeline.Hole] = []
    var softness: [UnknownReason?] = Array(repeating: nil, count: items.count)
    var boundaries: [Boundary] = []
    var courses: [[Course]] = []
    var loose: [Int: LooseGroup] = [:]
    var states = [CourseState(value: created == nil ? .unknown(.beforeUnknown) : .none)]
    var anchor = created
    let certain = Dictionary(grouping: sightings.filter { $0.isCertain && !$0.isTimeDoubtful }, by: \.low)
    // A move that no record tells, somewhere among updates: what stood before each of those is not known.
    var isHidden = Array(repeating: false, count: groups.count + 1)
    let hidden = sightings.filter(\.hidesMove)
    for placed in hidden {
      for number in placed.low...placed.high { isHidden[number] = true }
    }
    // What a line saw that accuses nobody may have been there instead: a claim must hold for either.
    var perhaps: [Int: [RefValue]] = [:]
    for placed in sightings where placed.isContradiction {
      for number in placed.low...placed.high { perhaps[number, default: []].append(placed.value) }
    }

    for (number, group) in groups.enumerated() {
      var boundary = pass(
        states, from: &anchor, until: items[group.lowerBound].time, sightings: certain[number] ?? [], holes: &holes)
      if isHidden[number] {
        boundary = Boundary(
          mapping: boundary.mapping.map { _ in nil }, states: [CourseState(value: .unknown(.trailGap))], isCut: true)
      } else if let seen = perhaps[number] {
        boundary.mapping = boundary.mapping.map { _ in nil }
        boundary.states = unique(boundary.states + seen.map { CourseState(value: $0) })
        boundary.isCut = true
      }
      softness[group.lowerBound] = boundary.softness
      for item in group.dropFirst() {
        softness[item] = boundary.softness ?? lagReason(from: items[item - 1].time, to: items[item].time)
      }
      var search = CourseSearch(items: items, group: group, starts: boundary.states)
      if search.courses.isEmpty, !search.isExhausted {
        // The events' own words contradict every course: something happened that no record tells.
        let found = contradiction(in: group, of: items, starts: boundary.states, since: anchor)
        if boundary.softness == nil { holes.append(found.hole) }
        boundary.isCut = true
        boundary.states = [CourseState(value: found.told)]
        boundary.mapping = boundary.mapping.map { _ in nil }
        search = CourseSearch(items: items, group: group, starts: boundary.states)
        if search.courses.isEmpty {
          search = CourseSearch(items: items.withoutWords(in: group), group: group, starts: boundary.states)
        }
      }
      boundaries.append(boundary)
      courses.append(search.courses)
      if search.courses.isEmpty {
        let group = LooseGroup(items: items, group: group, starts: boundary.states)
        loose[number] = group
        states = group.ends
      } else {
        states = unique(search.courses.map(\.end))
      }
      if states.count > Self.stateLimit { states = [CourseState(value: .unknown(.race))] }
      anchor = items[group.upperBound - 1].time
    }
    var last = pass(states, from: &anchor, until: nil, sightings: certain[groups.count] ?? [], holes: &holes)
    let late = sightings.filter { ($0.hidesMove || $0.isContradiction) && $0.high == groups.count }
    if !late.isEmpty {
      last.states = unique(last.states + late.map { CourseState(value: $0.value) })
      last.isCut = true
    }
    boundaries.append(last)

    return assemble(
      ref: ref, items: items, groups: groups, sightings: sightings, courses: courses, loose: loose,
      boundaries: boundaries, holes: holes, softness: softness)
  }

  /// Takes the states over a boundary: through the sightings that lie in it and what separates its two sides.
  private func pass(
    _ incoming: [CourseState], from anchor: inout Timestamp?, until next: Timestamp?, sightings: [PlacedSighting],
    holes: inout [RefTimeline.Hole]
  ) -> Boundary {
    var mapping: [CourseState?] = incoming
    var isCut = false
    var softness: UnknownReason?
    func replaceAll(with value: RefValue) {
      mapping = Array(repeating: nil, count: incoming.count)
      isCut = true
      replacement = CourseState(value: value)
      softness = nil
    }
    var replacement: CourseState?
    func cross(to end: Timestamp) {
      guard let start = anchor else {
        if omissions.contains(where: { $0 <= end + TimelineItem.orderSlack }) {
          replaceAll(with: .unknown(.referencesOmitted))
        }
        return
      }
      let slack = TimelineItem.orderSlack
      if omissions.contains(where: { $0 >= start - slack && $0 <= end + slack }) {
        replaceAll(with: .unknown(.referencesOmitted))
        return
      }
      switch coverage.separation(from: start, to: end) {
      case .none: break
      case .lag:
        softness = softness ?? .trailBehind
        isCut = true
      case .soft:
        softness = .trailGap
        isCut = true
      case .proven: replaceAll(with: .unknown(.trailGap))
      }
    }
    for placed in sightings {
      let before = (mapping, replacement, isCut, softness)
      let start = placed.sighting.earliest ?? anchor
      if let start { cross(to: max(placed.sighting.latest, start)) }
      let candidates = replacement.map { [$0] } ?? mapping.compactMap(\.self)
      let agrees = candidates.contains { $0.value == placed.value || $0.value.isUnknown }
      if !agrees {
        guard placed.canAccuse else {
          (mapping, replacement, isCut, softness) = before
          continue
        }
        if softness == nil, let anchor {
          holes.append(
            RefTimeline.Hole(item: nil, sighting: placed.sighting, start: anchor, end: placed.end))
        }
        replaceAll(with: placed.value)
      } else if softness != nil || replacement != nil {
        // Across a gap a sighting says what is, and nothing of what was.
        replaceAll(with: placed.value)
      } else {
        mapping = mapping.map { state in
          guard let state, state.value == placed.value || state.value.isUnknown else { return nil }
          return state.holding(placed.value)
        }
      }
      softness = nil
      let known = placed.sighting.earliest ?? anchor ?? placed.sighting.latest
      // A sighting that may be older than coverage leaves a hole that nothing can rule out.
      if let first = coverage.start, known < first, next != nil || placed.sighting.latest < first {
        replaceAll(with: next == nil ? placed.value : .unknown(.trailGap))
      }
      anchor = max(anchor ?? known, known)
    }
    if let next { cross(to: next) }
    let states = replacement.map { [$0] } ?? unique(mapping.compactMap(\.self))
    return Boundary(mapping: mapping, states: states, isCut: isCut, softness: softness)
  }

  private func lagReason(from start: Timestamp, to end: Timestamp) -> UnknownReason? {
    switch coverage.separation(from: start, to: end) {
    case .none: nil
    case .lag: .trailBehind
    case .soft, .proven: .trailGap
    }
  }

  /// The first update, in ledger order, whose own word no state explains.
  private func contradiction(
    in group: Range<Int>, of items: [TimelineItem], starts: [CourseState], since anchor: Timestamp?
  ) -> (hole: RefTimeline.Hole, told: RefValue) {
    var values = starts.map(\.value)
    var previous = anchor ?? items[group.lowerBound].time
    for index in group {
      let item = items[index]
      let told: RefValue? =
        switch item.told {
        case .notTold: nil
        case .none: RefValue.none
        case .tip(let id): .tip(id)
        }
      if let told, !values.contains(where: { $0 == told || $0.isUnknown }) {
        let start = index == group.lowerBound ? told : starts.first?.value ?? told
        return (RefTimeline.Hole(item: index, sighting: nil, start: previous, end: item.time), start)
      }
      values = [item.after.map(RefValue.tip) ?? .none]
      previous = item.time
    }
    return (
      RefTimeline.Hole(item: group.lowerBound, sighting: nil, start: previous, end: previous),
      starts.first?.value ?? .unknown(.order)
    )
  }

  // MARK: - The way back

  private func assemble(
    ref: RefName, items: [TimelineItem], groups: [Range<Int>], sightings: [PlacedSighting], courses: [[Course]],
    loose: [Int: LooseGroup], boundaries: [Boundary], holes: [RefTimeline.Hole], softness: [UnknownReason?]
  ) -> RefTimeline {
    var possible: [[Step]] = Array(repeating: [], count: items.count)
    var valuesAfter: [[RefValue]] = Array(repeating: [], count: groups.count)
    var kept: [[Course]] = Array(repeating: [], count: groups.count)
    // Whether each state on the near side of the boundary after a group leads on.
    var leadsOn: Set<CourseState>?
    for number in groups.indices.reversed() {
      let after = boundaries[number + 1]
      if let group = loose[number] {
        for step in group.steps where !possible[step.item].contains(step) { possible[step.item].append(step) }
        valuesAfter[number] = unique(group.ends.map(\.value))
        leadsOn = nil
        continue
      }
      let ends = unique(courses[number].map(\.end))
      var retained = courses[number]
      if !after.isCut, ends.count == after.mapping.count {
        var allowed: Set<CourseState> = []
        for (end, mapped) in zip(ends, after.mapping) {
          guard let mapped, leadsOn?.contains(mapped) ?? true else { continue }
          allowed.insert(end)
        }
        let filtered = retained.filter { allowed.contains($0.end) }
        if !filtered.isEmpty { retained = filtered }
      }
      kept[number] = retained
      valuesAfter[number] = unique(retained.map(\.end.value))
      for course in retained {
        for step in course.steps where !possible[step.item].contains(step) { possible[step.item].append(step) }
      }
      let starts = boundaries[number].states
      leadsOn = Set(retained.map { starts[$0.start] })
    }
    return RefTimeline(
      ref: ref, items: items, groups: groups,
      groupOfItem: groups.enumerated().flatMap { number, group in group.map { _ in number } },
      sightings: sightings, possible: possible,
      plainest: plainest(items: items, kept: kept, loose: loose, boundaries: boundaries), valuesAfter: valuesAfter,
      finalValues: unique(boundaries[groups.count].states.map(\.value)), holes: holes,
      softness: softness, initialValues: unique(boundaries[0].states.map(\.value)))
  }

  /// One course through all groups: in each, the first retained one that goes on from where the last ended.
  private func plainest(
    items: [TimelineItem], kept: [[Course]], loose: [Int: LooseGroup], boundaries: [Boundary]
  ) -> [Step] {
    var result: [Step] = []
    var state: CourseState?
    for number in kept.indices {
      if let group = loose[number] {
        result += group.plainest
        state = group.ends.last
        continue
      }
      let boundary = boundaries[number]
      let course =
        kept[number].first { course in state.map { boundary.states[course.start].value == $0.value } ?? true }
        ?? kept[number].first
      guard let course else { continue }
      result += course.steps.sorted { $0.item < $1.item }
      state = course.end
    }
    return result
  }
}

/// Each distinct element, in the order of first appearance.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  guard elements.count > 1 else { return elements }
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}

extension Array {
  /// The index of the first element for which `isPastBoundary` holds, in an array that it splits in two.
  func partitioningIndex(where isPastBoundary: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isPastBoundary(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension [TimelineItem] {
  /// The same items, those of a group without their own words: for when they contradict each other.
  fileprivate func withoutWords(in group: Range<Int>) -> [TimelineItem] {
    var result = self
    for index in group { result[index].told = .notTold }
    return result
  }
}
