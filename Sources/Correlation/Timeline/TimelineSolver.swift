internal import PushModel
internal import RefLedger

/// Finds all that may have happened to one ref: goes forward through the groups of its updates, collecting courses, then
/// back, marking those that lead somewhere, and tells what those say of each update.
///
/// Between two groups lies a *junction*: the courses of the group before it end in *exits*, and those of the group after
/// it begin at *entries*. Where nothing is known of the time in between each exit leads to an entry of its own; a sighting
/// or a gap makes fewer of them.
struct TimelineSolver {
  private let ref: RefName
  private let items: [TimelineItem]
  private let groups: [Range<Int>]
  private let sightings: [PlacedSighting]
  private let builder: TimelineBuilder

  private struct Junction {
    /// Indices into `entries`.
    var entries: Range<Int>
    /// Nothing after it says anything of what came before.
    var isCut = false
    var softness: UnknownReason?
  }

  private struct Exit {
    var state: CourseState
    /// The entry that it leads to; `nil` where the evidence excludes it.
    var entry: Int?
    /// Whether it leads to the end of the timeline.
    var leadsOn = true
  }

  private var search: CourseSearch
  /// For each group, the end of its courses in `search.courses`.
  private var endOfCourses: [Int] = []
  private var loose: [Int: LooseGroup] = [:]
  private var entries: [CourseState] = []
  private var exits: [Exit] = []
  /// For the timeline's start and for each group, the end of its exits.
  private var endOfExits: [Int] = []
  /// Before each group, and after the last one.
  private var junctions: [Junction] = []
  private var holes: [RefTimeline.Hole] = []
  private var softness: [UnknownReason?]

  /// By the number of the group after them, the sightings whose place is certain.
  private let certain: [Int: [PlacedSighting]]
  /// Groups before which a move that no record tells may lie: what stood there is not known.
  private var hidden: Set<Int> = []
  /// By group: what a line saw before it that accuses nobody may have been there instead. A claim must hold for either.
  private var perhaps: [Int: [RefValue]] = [:]

  init(
    ref: RefName, items: [TimelineItem], groups: [Range<Int>], sightings: [PlacedSighting], builder: TimelineBuilder
  ) {
    self.ref = ref
    self.items = items
    self.groups = groups
    self.sightings = sightings
    self.builder = builder
    search = CourseSearch(items)
    softness = Array(repeating: nil, count: items.count)
    certain = Dictionary(grouping: sightings.filter { $0.isCertain && !$0.isTimeDoubtful }, by: \.low)
    for placed in sightings where placed.hidesMove { hidden.formUnion(placed.low...placed.high) }
    for placed in sightings where placed.isContradiction {
      for number in placed.low...placed.high { perhaps[number, default: []].append(placed.value) }
    }
    endOfCourses.reserveCapacity(groups.count)
    entries.reserveCapacity(groups.count + 1)
    exits.reserveCapacity(groups.count + 1)
    endOfExits.reserveCapacity(groups.count + 1)
    junctions.reserveCapacity(groups.count + 1)
  }

  mutating func solve() -> RefTimeline {
    goForward()
    goBack()
    return timeline()
  }

  private func exits(of group: Int) -> Range<Int> { endOfExits[group]..<endOfExits[group + 1] }

  private func courses(of group: Int) -> ArraySlice<Course> {
    search.courses[(group == 0 ? 0 : endOfCourses[group - 1])..<endOfCourses[group]]
  }

  // MARK: - Forward

  private mutating func goForward() {
    exits.append(Exit(state: CourseState(value: builder.created == nil ? .unknown(.beforeUnknown) : .none)))
    endOfExits.append(1)
    var last = 0..<1
    var anchor = builder.created
    for (number, group) in groups.enumerated() {
      pass(last, to: number, from: &anchor)
      softness[group.lowerBound] = junctions[number].softness
      for item in group.dropFirst() {
        softness[item] = junctions[number].softness ?? lagReason(from: items[item - 1].time, to: items[item].time)
      }
      collectCourses(of: number, since: anchor)
      last = exits(of: number)
      anchor = items[group.upperBound - 1].time
    }
    pass(last, to: groups.count, from: &anchor)
    let late = sightings.filter { ($0.hidesMove || $0.isContradiction) && $0.high == groups.count }
    if !late.isEmpty {
      let states = unique(entries[junctions[groups.count].entries] + late.map { CourseState(value: $0.value) })
      replaceEntries(of: groups.count, with: states)
    }
  }

  private mutating func collectCourses(of number: Int, since anchor: Timestamp?) {
    let group = groups[number]
    var result = search.search(group, from: entries[junctions[number].entries])
    if result == .contradicted {
      // The events' own words contradict every course: something happened that no record tells.
      let found = contradiction(in: group, starts: entries[junctions[number].entries], since: anchor)
      if junctions[number].softness == nil { holes.append(found.hole) }
      replaceEntries(of: number, with: [CourseState(value: found.told)])
      result = search.search(group, from: entries[junctions[number].entries])
      if result != .found {
        result = search.search(group, from: entries[junctions[number].entries], ignoringWords: true)
      }
    }
    if result == .found {
      for end in search.ends { exits.append(Exit(state: end)) }
    } else {
      let described = LooseGroup(items: items, group: group, starts: entries[junctions[number].entries])
      loose[number] = described
      for end in described.ends { exits.append(Exit(state: end)) }
    }
    endOfExits.append(exits.count)
    endOfCourses.append(search.courses.count)
  }

  /// The first update, in ledger order, whose own word no state explains.
  private func contradiction(
    in group: Range<Int>, starts: ArraySlice<CourseState>, since anchor: Timestamp?
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
      values = [item.target]
      previous = item.time
    }
    return (
      RefTimeline.Hole(item: group.lowerBound, sighting: nil, start: previous, end: previous),
      starts.first?.value ?? .unknown(.order)
    )
  }

  private func lagReason(from start: Timestamp, to end: Timestamp) -> UnknownReason? {
    switch builder.coverage.separation(from: start, to: end) {
    case .none: nil
    case .lag: .trailBehind
    case .soft, .proven: .trailGap
    }
  }

  // MARK: - Junctions

  /// Makes the junction before a group, or after the last one, to which some exits lead.
  private mutating func pass(_ last: Range<Int>, to number: Int, from anchor: inout Timestamp?) {
    let next = number < groups.count ? items[groups[number].lowerBound].time : nil
    let first = entries.count
    junctions.append(Junction(entries: first..<first))
    guard last.count <= TimelineBuilder.stateLimit else {
      let passage = passage(
        of: [CourseState(value: .unknown(.race))], sightings: certain[number] ?? [], from: &anchor, to: next)
      replaceEntries(of: number, with: passage.states)
      junctions[number].softness = passage.softness
      change(number)
      return
    }
    if certain.isEmpty || certain[number] == nil {
      switch next.map({ crossing(from: anchor, to: $0) }) ?? .unbroken {
      case .unbroken: open(last, number)
      case .soft(let reason):
        open(last, number)
        junctions[number].isCut = true
        junctions[number].softness = reason
      case .unknown(let reason): replaceEntries(of: number, with: [CourseState(value: .unknown(reason))])
      }
    } else {
      let passage = passage(
        of: exits[last].map(\.state), sightings: certain[number] ?? [], from: &anchor, to: next)
      entries += passage.states
      for (exit, place) in zip(last, passage.places) { exits[exit].entry = place.map { first + $0 } }
      junctions[number] = Junction(
        entries: first..<entries.count, isCut: passage.isCut, softness: passage.softness)
    }
    change(number)
  }

  /// Every exit leads to an entry of its own.
  private mutating func open(_ last: Range<Int>, _ number: Int) {
    let first = entries.count
    for exit in last {
      exits[exit].entry = entries.count
      entries.append(exits[exit].state)
    }
    junctions[number].entries = first..<entries.count
  }

  /// What may have been at the junction that no record tells.
  private mutating func change(_ number: Int) {
    guard number < groups.count else { return }
    if hidden.contains(number) {
      replaceEntries(of: number, with: [CourseState(value: .unknown(.trailGap))])
      junctions[number].softness = nil
    } else if let seen = perhaps[number] {
      replaceEntries(
        of: number, with: unique(entries[junctions[number].entries] + seen.map { CourseState(value: $0) }))
    }
  }

  /// Gives the newest junction other entries, to which nothing leads.
  private mutating func replaceEntries(of number: Int, with states: [CourseState]) {
    let first = junctions[number].entries.lowerBound
    entries.removeSubrange(first...)
    entries += states
    junctions[number].entries = first..<entries.count
    junctions[number].isCut = true
  }

  /// What separates two moments.
  private enum Crossing {
    case unbroken
    case soft(UnknownReason)
    /// Anything may have happened in between.
    case unknown(UnknownReason)
  }

  private func crossing(from start: Timestamp?, to end: Timestamp) -> Crossing {
    let slack = TimelineItem.orderSlack
    let omissions = builder.omissions
    if !omissions.isEmpty {
      let first = start.map { start in omissions.partitioningIndex { $0 >= start - slack } } ?? 0
      if first < omissions.count, omissions[first] <= end + slack { return .unknown(.referencesOmitted) }
    }
    guard let start else { return .unbroken }
    switch builder.coverage.separation(from: start, to: end) {
    case .none: return .unbroken
    case .lag: return .soft(.trailBehind)
    case .soft: return .soft(.trailGap)
    case .proven: return .unknown(.trailGap)
    }
  }

  /// Where states come out of a junction in which the ref was sighted.
  private struct Passage {
    var states: [CourseState]
    /// For each state that went in, its index in `states`; `nil` where the evidence excludes it.
    var places: [Int?]
    var isCut: Bool
    var softness: UnknownReason?
  }

  /// Takes states over a junction: through the sightings that lie in it and what separates its two sides.
  private mutating func passage(
    of incoming: [CourseState], sightings: [PlacedSighting], from anchor: inout Timestamp?, to next: Timestamp?
  ) -> Passage {
    var mapping: [CourseState?] = incoming
    var isCut = false
    var softness: UnknownReason?
    var replacement: CourseState?
    func replaceAll(with value: RefValue) {
      mapping = Array(repeating: nil, count: incoming.count)
      isCut = true
      replacement = CourseState(value: value)
      softness = nil
    }
    func cross(from start: Timestamp?, to end: Timestamp) {
      switch crossing(from: start, to: end) {
      case .unbroken: break
      case .soft(let reason):
        softness = reason == .trailBehind ? softness ?? reason : reason
        isCut = true
      case .unknown(let reason): replaceAll(with: .unknown(reason))
      }
    }
    for placed in sightings {
      let before = (mapping, replacement, isCut, softness)
      let start = placed.sighting.earliest ?? anchor
      if let start { cross(from: anchor, to: max(placed.sighting.latest, start)) }
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
      if let first = builder.coverage.start, known < first, next != nil || placed.sighting.latest < first {
        replaceAll(with: next == nil ? placed.value : .unknown(.trailGap))
      }
      anchor = max(anchor ?? known, known)
    }
    if let next { cross(from: anchor, to: next) }
    let states = replacement.map { [$0] } ?? unique(mapping.compactMap(\.self))
    let places = mapping.map { state in state.flatMap { states.firstIndex(of: $0) } }
    return Passage(states: states, places: places, isCut: isCut, softness: softness)
  }

  // MARK: - Back

  /// Marks the exits that lead on to the end; where none does, all of them.
  private mutating func goBack() {
    var leadsOn = Array(repeating: false, count: entries.count)
    for entry in junctions[groups.count].entries { leadsOn[entry] = true }
    for number in groups.indices.reversed() {
      let own = exits(of: number)
      let begin = junctions[number].entries
      if loose[number] != nil {
        for entry in begin { leadsOn[entry] = true }
        continue
      }
      if !junctions[number + 1].isCut {
        var anyLeadsOn = false
        for exit in own {
          let doesLeadOn = exits[exit].entry.map { leadsOn[$0] } ?? false
          exits[exit].leadsOn = doesLeadOn
          anyLeadsOn = anyLeadsOn || doesLeadOn
        }
        if !anyLeadsOn {
          for exit in own { exits[exit].leadsOn = true }
        }
      }
      for course in courses(of: number) where exits[own.lowerBound + course.end].leadsOn {
        leadsOn[begin.lowerBound + course.start] = true
      }
    }
  }

  // MARK: - The outcome

  private func timeline() -> RefTimeline {
    var possible = PossibleSteps()
    possible.reserveCapacity(items.count)
    var values = Rows<RefValue>()
    values.reserveCapacity(groups.count + 1)
    var groupOfItem: [Int] = []
    groupOfItem.reserveCapacity(items.count)
    values.append(distinctValues(entries[junctions[0].entries]))
    var state: RefValue?
    var value: [RefValue] = []
    for (number, group) in groups.enumerated() {
      for _ in group { groupOfItem.append(number) }
      if let described = loose[number] {
        append(described.steps, of: group, plainest: described.plainest[...], to: &possible)
        values.append(distinctValues(described.ends[...]))
        state = described.ends.last?.value
        continue
      }
      let own = exits(of: number)
      if own.count == 1 {
        values.append(row: exits[own.lowerBound].state.value)
      } else {
        value.removeAll(keepingCapacity: true)
        for exit in own where exits[exit].leadsOn && !value.contains(exits[exit].state.value) {
          value.append(exits[exit].state.value)
        }
        values.append(value)
      }
      guard let course = plainestCourse(of: number, from: state) else { continue }
      state = exits[own.lowerBound + course.end].state.value
      if courses(of: number).count == 1, group.count == 1 {
        possible.append(only: search.steps[course.firstStep])
      } else {
        let plainest = search.steps[course.firstStep..<course.firstStep + group.count]
        append(keptSteps(of: number), of: group, plainest: plainest, to: &possible)
      }
    }
    return RefTimeline(
      ref: ref, items: items, groups: groups, groupOfItem: groupOfItem, sightings: sightings, possible: possible,
      values: values, finalValues: distinctValues(entries[junctions[groups.count].entries]),
      plainestEnd: state ?? .unknown(.beforeUnknown), holes: holes, softness: softness)
  }

  /// Of the courses that lead on, the first that goes on from where the last group's ended.
  private func plainestCourse(of number: Int, from state: RefValue?) -> Course? {
    let exit = exits(of: number).lowerBound
    let entry = junctions[number].entries.lowerBound
    var first: Course?
    for course in courses(of: number) where exits[exit + course.end].leadsOn {
      guard let state, entries[entry + course.start].value != state else { return course }
      first = first ?? course
    }
    return first
  }

  private func keptSteps(of number: Int) -> [Step] {
    let exit = exits(of: number).lowerBound
    var steps: [Step] = []
    for course in courses(of: number) where exits[exit + course.end].leadsOn {
      steps += search.steps[course.firstStep..<course.firstStep + groups[number].count]
    }
    return steps
  }

  private func distinctValues(_ states: ArraySlice<CourseState>) -> [RefValue] { unique(states.map(\.value)) }

  /// Adds the updates of a group with their distinct steps.
  private func append(
    _ steps: [Step], of group: Range<Int>, plainest: ArraySlice<Step>, to possible: inout PossibleSteps
  ) {
    if group.count == 1, let only = plainest.first {
      possible.append(unique(steps), plainest: only)
      return
    }
    var rows: [[Step]] = Array(repeating: [], count: group.count)
    for step in steps where !rows[step.item - group.lowerBound].contains(step) {
      rows[step.item - group.lowerBound].append(step)
    }
    for step in plainest.sorted(by: { $0.item < $1.item }) {
      possible.append(rows[step.item - group.lowerBound], plainest: step)
    }
  }
}
