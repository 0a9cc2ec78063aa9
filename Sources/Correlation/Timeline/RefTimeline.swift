internal import PushModel
internal import RefLedger

/// All that may have happened to one ref: every course of events that its records, their own words and the sightings
/// allow (DESIGN 3).
///
/// Updates within a few seconds of each other form a *group*, inside which any order is possible that they allow.
/// Courses run from group to group; a sighting or a told `before` that contradicts a course removes it, and one that
/// contradicts all of them is a *hole*: an event is missing.
///
/// It is never changed once made, and looked at for each of its updates.
final class RefTimeline: Sendable {
  /// A contradiction that only a missing record explains.
  struct Hole {
    /// The item whose own word proves it; `nil` where a sighting does.
    var item: Int?
    var sighting: Sighting?
    /// The interval in which the missing event lies.
    var start: Timestamp
    var end: Timestamp
  }

  let ref: RefName
  let isTag: Bool
  /// In ledger order.
  let items: [TimelineItem]
  /// Ranges of `items`.
  let groups: [Range<Int>]
  let groupOfItem: [Int]
  let sightings: [PlacedSighting]
  /// For each item, every distinct thing that it may have done.
  let possible: PossibleSteps
  /// Every value that the ref may have had after all updates and all sightings that are certainly later.
  let finalValues: [RefValue]
  /// The value after all updates, in the plainest course.
  let plainestEnd: RefValue
  let holes: [Hole]
  /// What separates an item from what its `before` rests on, where something does.
  let softness: [UnknownReason?]
  /// The values before the first group, then for each group those that the ref may have had after it.
  private let values: Rows<RefValue>
  private let fates: [Fate]
  /// The last item that may have been refused, and the last that may be a deletion written as the old tip; -1 for none.
  let lastRefusable: Int
  let lastPossibleDeletion: Int
  /// Items with a softness.
  private let softItems: [Int]
  /// By position, the values that sightings show whose place is certain.
  private let sighted: [Int: [RefValue]]

  /// What is asked most often of an item's possible steps.
  private struct Fate: OptionSet {
    let rawValue: UInt8
    static let mayBeRefused = Fate(rawValue: 1)
    static let isRefused = Fate(rawValue: 2)
    static let mayBeDeletion = Fate(rawValue: 4)
    static let isDeletion = Fate(rawValue: 8)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(of steps: ArraySlice<Step>, _ item: TimelineItem) {
      self = [.isRefused, .isDeletion]
      for step in steps {
        if step.outcome == .refused { insert(.mayBeRefused) } else { remove(.isRefused) }
        if step.outcome == .deleted { insert(.mayBeDeletion) } else { remove(.isDeletion) }
      }
      if item.after == nil { insert(.isDeletion) }
    }
  }

  /// `values` holds those before the first group as well.
  init(
    ref: RefName, items: [TimelineItem], groups: [Range<Int>], groupOfItem: [Int], sightings: [PlacedSighting],
    possible: PossibleSteps, values: Rows<RefValue>, finalValues: [RefValue], plainestEnd: RefValue,
    holes: [Hole], softness: [UnknownReason?]
  ) {
    self.ref = ref
    isTag = ref.isTag
    self.items = items
    self.groups = groups
    self.groupOfItem = groupOfItem
    self.sightings = sightings
    self.possible = possible
    self.values = values
    self.finalValues = finalValues
    self.plainestEnd = plainestEnd
    self.holes = holes
    self.softness = softness
    let fates = items.indices.map { Fate(of: possible[$0], items[$0]) }
    self.fates = fates
    lastRefusable = fates.lastIndex { $0.contains(.mayBeRefused) } ?? -1
    lastPossibleDeletion = fates.lastIndex { $0.contains(.mayBeDeletion) } ?? -1
    softItems = softness.indices.filter { softness[$0] != nil }
    sighted = Dictionary(grouping: sightings.filter(\.isCertain), by: \.low).mapValues { $0.map(\.value) }
  }

  /// The same timeline, once more updates are known to have been shown.
  init(_ solved: RefTimeline, items: [TimelineItem]) {
    ref = solved.ref
    isTag = solved.isTag
    self.items = items
    groups = solved.groups
    groupOfItem = solved.groupOfItem
    sightings = solved.sightings
    possible = solved.possible
    values = solved.values
    finalValues = solved.finalValues
    plainestEnd = solved.plainestEnd
    holes = solved.holes
    softness = solved.softness
    fates = solved.fates
    lastRefusable = solved.lastRefusable
    lastPossibleDeletion = solved.lastPossibleDeletion
    softItems = solved.softItems
    sighted = solved.sighted
  }

  /// For each item, what it did in the plainest course: logged order, nothing refused, nothing deleted.
  var plainest: [Step] { possible.plainest }

  /// The values that the ref may have had when exactly `position` groups had taken effect.
  func values(atPosition position: Int) -> ArraySlice<RefValue> { values[position] }
  /// Its value then, if only one is possible.
  func onlyValue(atPosition position: Int) -> RefValue? { values.only(position) }
  var initialValues: ArraySlice<RefValue> { values[0] }

  /// Whether a sighting shows the value when exactly `position` groups had taken effect.
  func wasSighted(at value: RefValue, position: Int) -> Bool {
    !sighted.isEmpty && sighted[position]?.contains(value) ?? false
  }

  /// Whether a sighting shows the value after all updates: it is later than they, or the ref was elsewhere before.
  func wasSeenLast(at value: RefValue) -> Bool {
    sightings.contains { placed in
      placed.value == value && placed.canAccuse && placed.high == groups.count
        && !(placed.low..<placed.high).contains { position in
          values(atPosition: position).contains { $0 == value || $0.isUnknown }
        }
    }
  }

  /// What separates the first later item that something separates.
  func softness(after item: Int) -> UnknownReason? {
    let next = softItems.partitioningIndex { $0 > item }
    return next < softItems.count ? softness[softItems[next]] : nil
  }

  /// Whether in some possible course the item's tip was never on the ref.
  func mayBeRefused(_ item: Int) -> Bool { fates[item].contains(.mayBeRefused) }
  func isRefused(_ item: Int) -> Bool { fates[item].contains(.isRefused) }
  func mayBeDeletion(_ item: Int) -> Bool { fates[item].contains(.mayBeDeletion) }
  func isDeletion(_ item: Int) -> Bool { fates[item].contains(.isDeletion) }
  /// Whether nothing that the trail cannot see lies between the update and what its `before` rests on.
  func isBeforeKnown(_ item: Int) -> Bool {
    if items[item].told != .notTold { return true }
    return softness[item] == nil && !possible[item].contains { $0.before.isUnknown }
  }

  /// Whether other updates may have taken effect on the other side of this one than their records say.
  func mayBeReordered(_ item: Int) -> Bool { groups[groupOfItem[item]].count > 1 && !hasCertainOrder(item) }

  private func hasCertainOrder(_ item: Int) -> Bool {
    let group = groups[groupOfItem[item]]
    return group.allSatisfy { member in
      let befores = Set(possible[member].filter { $0.outcome != .refused }.map(\.before))
      return befores.count == 1 && befores.first == plainest[member].before
    }
  }

  /// Whether the ref may have been where a sighting saw it, at some moment of its interval.
  func explains(_ placed: PlacedSighting) -> Bool {
    for position in placed.low...placed.high
    where values(atPosition: position).contains(where: { $0 == placed.value || $0.isUnknown }) {
      return true
    }
    return groups[placed.low..<placed.high].contains { group in
      group.contains { items[$0].target == placed.value }
    }
  }

  /// Whether the records have a tip on the ref, at whatever time.
  func everHeld(_ value: RefValue) -> Bool {
    items.contains { item in
      if item.after.map(RefValue.tip) == value { return true }
      guard case .tip(let told) = item.told else { return false }
      return value == .tip(told)
    }
  }
}

/// What each item may have done. Nearly all can have done the plainest thing alone: others are kept of the rest only.
struct PossibleSteps {
  /// For each item, what it did in the plainest course.
  private(set) var plainest: [Step] = []
  /// For each item every distinct step, in the order in which they were found; an empty row stands for the plainest alone.
  private var rows = Rows<Step>()

  mutating func reserveCapacity(_ count: Int) { plainest.reserveCapacity(count) }

  mutating func append(_ steps: some Collection<Step>, plainest step: Step) {
    plainest.append(step)
    if steps.count == 1, steps.first == step { rows.appendEmptyRow() } else { rows.append(steps) }
  }

  /// Adds an item that can have done one thing only.
  mutating func append(only step: Step) {
    plainest.append(step)
    rows.appendEmptyRow()
  }

  subscript(item: Int) -> ArraySlice<Step> { rows.isEmpty(item) ? plainest[item...item] : rows[item] }

  /// What an item did, if it can have done the plainest thing alone.
  func only(_ item: Int) -> Step? { rows.isEmpty(item) ? plainest[item] : nil }
}
