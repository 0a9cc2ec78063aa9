internal import PushModel
internal import RefLedger

/// All that may have happened to one ref: every course of events that its records, their own words and the sightings
/// allow (DESIGN 3).
///
/// Updates within a few seconds of each other form a *group*, inside which any order is possible that they allow.
/// Courses run from group to group; a sighting or a told `before` that contradicts a course removes it, and one that
/// contradicts all of them is a *hole*: an event is missing.
struct RefTimeline {
  /// A contradiction that only a missing record explains.
  struct Hole {
    /// The item whose own word proves it; `nil` where a sighting does.
    var item: Int?
    var sighting: Sighting?
    /// The interval in which the missing event lies.
    var start: Timestamp
    var end: Timestamp
  }

  var ref: RefName
  /// In ledger order.
  var items: [TimelineItem]
  /// Ranges of `items`.
  var groups: [Range<Int>]
  var groupOfItem: [Int]
  var sightings: [PlacedSighting]
  /// For each item, every distinct thing that it may have done.
  var possible: [[Step]]
  /// For each item, what it did in the plainest course: logged order, nothing refused, nothing deleted.
  var plainest: [Step]
  /// For each group, every value that the ref may have had after it.
  var valuesAfter: [[RefValue]]
  /// Every value that the ref may have had after all updates and all sightings that are certainly later.
  var finalValues: [RefValue]
  var holes: [Hole]
  /// What separates an item from what its `before` rests on, where something does.
  var softness: [UnknownReason?]

  /// Values before the first group.
  var initialValues: [RefValue]

  /// The values that the ref may have had when exactly `position` groups had taken effect.
  func values(atPosition position: Int) -> [RefValue] {
    position == 0 ? initialValues : valuesAfter[position - 1]
  }

  /// Whether in some possible course the item's tip was never on the ref.
  func mayBeRefused(_ item: Int) -> Bool { possible[item].contains { $0.outcome == .refused } }
  func isRefused(_ item: Int) -> Bool { possible[item].allSatisfy { $0.outcome == .refused } }
  func mayBeDeletion(_ item: Int) -> Bool { possible[item].contains { $0.outcome == .deleted } }
  func isDeletion(_ item: Int) -> Bool {
    items[item].after == nil || possible[item].allSatisfy { $0.outcome == .deleted }
  }
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
      group.contains { items[$0].after.map(RefValue.tip) ?? .none == placed.value }
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
