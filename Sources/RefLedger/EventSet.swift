public import PushModel

/// A trail's events, each once: copies dropped, replaced records replaced (DESIGN 2.1).
public struct EventSet: Sendable {
  /// In the order in which they were first read.
  public private(set) var events: [TrailEvent] = []
  /// How many copies were dropped.
  public private(set) var duplicates = 0
  /// In the order in which they were read.
  public private(set) var conflicts: [Conflict] = []
  /// Records that would replace others that are better proved than they are: they count for nothing.
  public private(set) var setAside: [TrailEvent] = []

  /// Two records that contradict each other.
  public struct Conflict: Hashable, Sendable {
    /// Of the copy that was kept, or of the record that would replace another.
    public var eventID: String
    /// Where that lies.
    public var kept: RecordLocation
    public var other: RecordLocation
    public var matter: Matter
  }

  public enum Matter: Hashable, Sendable {
    /// Two copies of one record, or of one event that several accounts logged, that disagree in what Pushtrail reads: in
    /// words `time`, `principal`, `references` ...
    case copies(differIn: [String])
    /// A record that says that it replaces another one, and cannot; both count.
    case replacement(of: String, Refusal)
  }

  /// Why a record replaces no other.
  public enum Refusal: Hashable, Sendable {
    /// The other is itself, or would replace it in turn.
    case circular
    /// The other is a record of something else.
    case otherAction
    case otherRepository
  }

  /// - Parameter isProved: Whether an event lies in a log file that digest files prove: of its copies that one counts, and
  ///   no record that is not proved replaces it.
  public init(_ trail: [TrailEvent], isProved: ((TrailEvent) -> Bool)? = nil) {
    // Nearly all events stand alone under an id of their own: only those that may not are looked up among each other.
    let suspects = RepeatedIDs.suspects(in: trail)
    var doubtful = suspects ?? Array(trail.indices)
    if let isProved {
      doubtful = doubtful.filter { isProved(trail[$0]) } + doubtful.filter { !isProved(trail[$0]) }
    }
    var dropped: Set<Int> = []
    var found: [(index: Int, conflict: Conflict)] = []
    func drop(_ index: Int, for kept: Int, _ fields: [String]) {
      duplicates += 1
      dropped.insert(index)
      guard !fields.isEmpty else { return }
      found.append(
        (
          index,
          Conflict(
            eventID: trail[kept].eventID, kept: trail[kept].location, other: trail[index].location,
            matter: .copies(differIn: fields))
        ))
    }
    var seen = EventNumbers(capacity: doubtful.count)
    for index in doubtful {
      if let first = seen.insert(index, in: trail) {
        drop(index, for: first, Self.differences(trail[first], trail[index]))
      }
    }
    if suspects == nil {
      let rest = doubtful.filter { !dropped.contains($0) }
      for (index, original, outcome) in Replacements(rest, of: trail, isProved).outcomes {
        switch outcome {
        case .taken: dropped.insert(original)
        case .unproved:
          dropped.insert(index)
          setAside.append(trail[index])
        case .refused(let refusal):
          found.append(
            (
              index,
              Conflict(
                eventID: trail[index].eventID, kept: trail[index].location, other: trail[original].location,
                matter: .replacement(of: trail[original].eventID, refusal))
            ))
        }
      }
      var shared: [String: Int] = [:]
      for index in rest where !dropped.contains(index) && !trail[index].standsAlone {
        guard let sharedID = trail[index].sharedEventID else { continue }
        // A cross-account event is logged once for each account, under an id of its own.
        if let first = shared[sharedID] {
          drop(index, for: first, Self.differences(trail[first], trail[index], acrossAccounts: true))
        } else {
          shared[sharedID] = index
        }
      }
    }
    conflicts = found.sorted { $0.index < $1.index }.map(\.conflict)
    guard !dropped.isEmpty else {
      events = trail
      return
    }
    events.reserveCapacity(trail.count - dropped.count)
    var next = 0
    for index in dropped.sorted() {
      events += trail[next..<index]
      next = index + 1
    }
    events += trail[next...]
  }

  /// Leaves out events that count for nothing.
  public mutating func leaveOut(_ isLeftOut: (TrailEvent) -> Bool) { events.removeAll(where: isLeftOut) }

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

/// What becomes of records that say that they replace others.
private struct Replacements {
  enum Outcome {
    case taken
    /// The other record is proved, and this one is not.
    case unproved
    case refused(EventSet.Refusal)
  }

  /// In the order of the trail: a record, the one that it names, and whether it replaces it. One that names no record here
  /// is in none.
  private(set) var outcomes: [(index: Int, original: Int, outcome: Outcome)] = []

  /// - Parameter indices: Of events of different ids.
  init(_ indices: [Int], of trail: [TrailEvent], _ isProved: ((TrailEvent) -> Bool)?) {
    var named: [String: String] = [:]
    var replacing: [Int] = []
    for index in indices where !trail[index].standsAlone {
      guard let original = trail[index].replaces else { continue }
      named[trail[index].eventID] = original
      replacing.append(index)
    }
    guard !replacing.isEmpty else { return }
    let wanted = Set(named.values)
    var numbers: [String: Int] = [:]
    for index in indices {
      let id = trail[index].eventID
      if wanted.contains(id) { numbers[id] = index }
    }
    for index in replacing.sorted() {
      guard let id = trail[index].replaces, let original = numbers[id] else { continue }
      let outcome: Outcome
      if Self.leads(id, to: trail[index].eventID, named) {
        outcome = .refused(.circular)
      } else if trail[index].action != trail[original].action {
        outcome = .refused(.otherAction)
      } else if Self.differ(trail[index].repository, trail[original].repository) {
        outcome = .refused(.otherRepository)
      } else if let isProved, isProved(trail[original]), !isProved(trail[index]) {
        outcome = .unproved
      } else {
        outcome = .taken
      }
      outcomes.append((index, original, outcome))
    }
  }

  /// Whether `id` is `end`, or names it over however many records.
  private static func leads(_ id: String, to end: String, _ named: [String: String]) -> Bool {
    var id = id
    var met: Set<String> = []
    while id != end {
      guard met.insert(id).inserted, let next = named[id] else { return false }
      id = next
    }
    return true
  }

  /// An addendum may tell what the record lacked.
  private static func differ(_ left: RepositoryReference, _ right: RepositoryReference) -> Bool {
    [\RepositoryReference.name, \.id, \.accountID, \.region].contains { part in
      guard let one = left[keyPath: part], let other = right[keyPath: part] else { return false }
      return !one.isEmpty && !other.isEmpty && one != other
    }
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
