public import PushModel

/// A trail's events, each once: copies dropped, replaced records replaced (DESIGN 2.1).
public struct EventSet: Sendable {
  /// In the order in which they were first read.
  public private(set) var events: [TrailEvent] = []
  /// How many copies were dropped.
  public private(set) var duplicates = 0
  public private(set) var conflicts: [Conflict] = []

  /// Two copies of one record that disagree in what Pushtrail reads.
  public struct Conflict: Hashable, Sendable {
    public var eventID: String
    public var kept: RecordLocation
    public var other: RecordLocation
    /// What differs, in words: `time`, `principal`, `references` ...
    public var fields: [String]
  }

  public init(_ trail: [TrailEvent]) {
    var replaced: Set<String> = []
    for event in trail {
      if let id = event.replaces { replaced.insert(id) }
    }
    var seen: [String: Int] = [:]
    var shared: Set<String> = []
    seen.reserveCapacity(trail.count)
    events.reserveCapacity(trail.count)
    for event in trail {
      let id = event.eventID
      if !replaced.isEmpty, replaced.contains(id) { continue }
      let sharedID = event.sharedEventID
      if let sharedID, shared.contains(sharedID), seen[id] == nil {
        // A cross-account event is logged once for each account, under an id of its own.
        duplicates += 1
        continue
      }
      // One look, for nearly all of them are new.
      if let first = seen.updateValue(events.count, forKey: id) {
        seen[id] = first
        duplicates += 1
        let fields = Self.differences(events[first], event)
        if !fields.isEmpty {
          conflicts.append(
            Conflict(eventID: id, kept: events[first].location, other: event.location, fields: fields))
        }
        continue
      }
      if let sharedID { shared.insert(sharedID) }
      events.append(event)
    }
  }

  private static func differences(_ first: TrailEvent, _ second: TrailEvent) -> [String] {
    var fields: [String] = []
    if first.time != second.time { fields.append("time") }
    if first.action != second.action { fields.append("name") }
    if first.errorCode ?? "" != second.errorCode ?? "" { fields.append("error") }
    if first.principal != second.principal { fields.append("principal") }
    if first.kind != second.kind { fields.append("references") }
    if first.repository.name ?? "" != second.repository.name ?? ""
      || first.repository.id ?? "" != second.repository.id ?? ""
    {
      fields.append("repository")
    }
    return fields
  }
}
