public import PushModel

/// A trail's events, each once: copies dropped, replaced records replaced (DESIGN 2.1).
public struct EventSet: Sendable {
  /// In the order in which they were first read.
  public private(set) var events: [TrailEvent] = []
  /// How many copies were dropped.
  public private(set) var duplicates = 0
  public private(set) var conflicts: [Conflict] = []

  /// Two copies of one record, or of one event that several accounts logged, that disagree in what Pushtrail reads.
  public struct Conflict: Hashable, Sendable {
    /// Of the copy that was kept.
    public var eventID: String
    public var kept: RecordLocation
    public var other: RecordLocation
    /// What differs, in words: `time`, `principal`, `references` ...
    public var fields: [String]
  }

  public init(_ trail: [TrailEvent]) {
    var replaced: Set<String> = []
    for index in trail.indices where !trail[index].standsAlone {
      if let id = trail[index].replaces { replaced.insert(id) }
    }
    // Nearly all events stand alone under an id of their own: only those that may not are looked up among each other.
    let doubtful = RepeatedIDs.suspects(in: trail) ?? Array(trail.indices)
    var seen = EventNumbers(capacity: doubtful.count)
    var shared: [String: Int] = [:]
    var dropped: [Int] = []
    func drop(_ index: Int, for kept: Int, _ fields: [String]) {
      duplicates += 1
      dropped.append(index)
      guard !fields.isEmpty else { return }
      conflicts.append(
        Conflict(
          eventID: trail[kept].eventID, kept: trail[kept].location, other: trail[index].location, fields: fields))
    }
    for index in doubtful {
      if !replaced.isEmpty, replaced.contains(trail[index].eventID) {
        dropped.append(index)
        continue
      }
      if !trail[index].standsAlone, let sharedID = trail[index].sharedEventID {
        // A cross-account event is logged once for each account, under an id of its own.
        if let first = shared[sharedID], seen.number(of: index, in: trail) == nil {
          drop(index, for: first, Self.differences(trail[first], trail[index], acrossAccounts: true))
          continue
        }
      }
      if let first = seen.insert(index, in: trail) {
        drop(index, for: first, Self.differences(trail[first], trail[index]))
      } else if !trail[index].standsAlone, let sharedID = trail[index].sharedEventID {
        shared[sharedID] = index
      }
    }
    guard !dropped.isEmpty else {
      events = trail
      return
    }
    events.reserveCapacity(trail.count - dropped.count)
    var next = 0
    for index in dropped {
      events += trail[next..<index]
      next = index + 1
    }
    events += trail[next...]
  }

  /// - Parameter acrossAccounts: Each account's copy describes the principal in its own way: the account that owns the
  ///   repository may be told no more of another's than its number.
  private static func differences(
    _ first: TrailEvent, _ second: TrailEvent, acrossAccounts: Bool = false
  ) -> [String] {
    var fields: [String] = []
    if first.time != second.time { fields.append("time") }
    if first.action != second.action { fields.append("name") }
    if first.errorCode ?? "" != second.errorCode ?? "" { fields.append("error") }
    if !acrossAccounts, first.principal != second.principal { fields.append("principal") }
    if first.kind != second.kind { fields.append("references") }
    if first.repository.name ?? "" != second.repository.name ?? ""
      || first.repository.id ?? "" != second.repository.id ?? ""
    {
      fields.append("repository")
    }
    return fields
  }
}

/// Finds events that may not be the only ones of their ids, by a few bits an event: a hash that was not met before is of
/// an id that was not.
private enum RepeatedIDs {
  /// Their indices, those of the first of an id too; `nil` where events have more than ids in common.
  static func suspects(in events: [TrailEvent]) -> [Int]? {
    var size = 1024
    while size < events.count * 32 { size *= 2 }
    // Side by side, for a place is looked up in both.
    var bits: [(met: UInt64, again: UInt64)] = Array(repeating: (0, 0), count: size / 64)
    var places: [UInt32] = []
    places.reserveCapacity(events.count)
    // Looked at where they are: to take one out of an array, its batch has to be counted as held once more.
    let all = events.span
    for index in all.indices {
      guard all[index].standsAlone else { return nil }
      let place = UInt32(truncatingIfNeeded: all[index].id.hash(seed: hashSeed)) & UInt32(truncatingIfNeeded: size - 1)
      let (word, bit) = (Int(place / 64), (1 as UInt64) << UInt64(place % 64))
      bits[word].again |= bits[word].met & bit
      bits[word].met |= bit
      places.append(place)
    }
    return places.indices.filter { bits[Int(places[$0] / 64)].again >> UInt64(places[$0] % 64) & 1 != 0 }
  }
}

/// Numbers of events by their ids: a table of numbers and parts of hashes, which asks an event only where those agree.
private struct EventNumbers {
  private struct Slot {
    var number: UInt32
    var hash: UInt32
  }
  private static let none = UInt32.max

  private var slots: [Slot]

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = Array(repeating: Slot(number: Self.none, hash: 0), count: size)
  }

  /// The event that was inserted with the id of this one.
  func number(of index: Int, in events: [TrailEvent]) -> Int? { find(index, in: events).number }

  /// Inserts an event, unless one of its id is there: that one is returned.
  mutating func insert(_ index: Int, in events: [TrailEvent]) -> Int? {
    let (slot, hash, number) = find(index, in: events)
    if number == nil { slots[slot] = Slot(number: UInt32(index), hash: hash) }
    return number
  }

  private func find(_ index: Int, in events: [TrailEvent]) -> (slot: Int, hash: UInt32, number: Int?) {
    let hash = events[index].id.hash(seed: hashSeed)
    let part = UInt32(truncatingIfNeeded: hash >> 32)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot].number != Self.none {
      let other = Int(slots[slot].number)
      if slots[slot].hash == part, events[other].hasSameID(as: events[index]) { return (slot, part, other) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return (slot, part, nil)
  }
}
