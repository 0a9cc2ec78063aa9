internal import GitStore
internal import PushModel
internal import RefLedger

/// Gathers what was sighted of each ref, with the clock allowance added, oldest first.
struct SightingPlacement {
  let evidence: Evidence
  let history: History
  let clockSkew: Int64

  func byRef() -> [RefName: [PlacedSighting]] {
    var result: [RefName: [PlacedSighting]] = [:]
    let floors = contentFloors()
    let sightings = evidence.sightings + toldByEvents()
    let firstUpdates = firstUpdates()
    let pushes = firstPushes(of: sightings)
    for sighting in sightings {
      let slack = sighting.source == .event ? TimelineItem.orderSlack : clockSkew
      var dated = sighting
      if dated.earliest == nil, let floor = floors[Moment(sighting)] { dated.earliest = floor }
      let start = dated.earliest.map { $0 - slack }
      let first = pushes[sighting.ref] ?? [:]
      var placed = PlacedSighting(
        sighting: dated, value: value(of: sighting, pushed: first), start: start, end: sighting.latest + slack)
      if case .tip(let tip) = placed.value, let pushed = first[tip],
        isMisdated(placed, tip, firstPushed: pushed, firstUpdates)
      {
        placed.isMisdated = true
        placed.start = pushed - TimelineItem.orderSlack
        placed.end = .distantFuture
        placed.sighting.earliest = pushed
        placed.sighting.latest = max(sighting.latest, pushed)
      }
      if isOfAnotherLife(placed, first) { continue }
      result[sighting.ref, default: []].append(placed)
    }
    for ref in result.keys {
      result[ref]?.sort { left, right in
        (left.start ?? .distantPast, left.end, left.sighting.evidence)
          < (right.start ?? .distantPast, right.end, right.sighting.evidence)
      }
    }
    return result
  }

  // MARK: - Tips

  private func firstUpdates() -> [RefName: Timestamp] {
    var times: [Timestamp?] = Array(repeating: nil, count: evidence.ledger.refs.count)
    for update in evidence.ledger.updates where times[update.refNumber] == nil { times[update.refNumber] = update.time }
    return Dictionary(
      uniqueKeysWithValues: zip(evidence.ledger.refs, times).compactMap { ref, time in time.map { (ref, $0) } })
  }

  /// When each tip was first logged on each ref, of those refs that were seen at some tip.
  private func firstPushes(of sightings: [Sighting]) -> [RefName: [ObjectID: Timestamp]] {
    var seen: Set<RefName> = []
    for sighting in sightings where sighting.value != .absent { seen.insert(sighting.ref) }
    let refs = evidence.ledger.refs
    var tips: [[ObjectID: Timestamp]?] = refs.map { seen.contains($0) ? [:] : nil }
    for update in evidence.ledger.updates {
      guard let tip = update.after, tips[update.refNumber]?[tip] == nil else { continue }
      tips[update.refNumber]?[tip] = update.time
    }
    return Dictionary(uniqueKeysWithValues: zip(refs, tips).compactMap { ref, tips in tips.map { (ref, $0) } })
  }

  /// What a sighting shows. Whether CloudTrail names an annotated tag or the commit that it leads to is not known: a tag
  /// object that leads to the logged commit is what was logged.
  private func value(of sighting: Sighting, pushed: [ObjectID: Timestamp]) -> RefValue {
    guard case .tip(let tip) = sighting.value, sighting.ref.isTag, pushed[tip] == nil else {
      return RefValue(sighting.value)
    }
    let peeled = sighting.peeled ?? history.node(of: tip).map(history.graph.id)
    if let peeled, pushed[peeled] != nil { return .tip(peeled) }
    return RefValue(sighting.value)
  }

  /// Whether a sighting may be of an earlier repository of the same name: it begins before this one was created, and shows
  /// nothing that was pushed to it.
  private func isOfAnotherLife(_ placed: PlacedSighting, _ pushed: [ObjectID: Timestamp]) -> Bool {
    guard let created = evidence.ledger.created, !placed.isMisdated else { return false }
    if placed.end < created { return true }
    guard placed.start ?? .distantPast < created - clockSkew else { return false }
    if case .tip(let tip) = placed.value { return pushed[tip] == nil && placed.start != nil }
    return placed.start != nil
  }

  /// Whether a tip was seen before anybody can have seen it.
  private func isMisdated(
    _ placed: PlacedSighting, _ tip: ObjectID, firstPushed: Timestamp, _ firstUpdates: [RefName: Timestamp]
  ) -> Bool {
    guard placed.sighting.source != .event, placed.end < firstPushed else { return false }
    // The ref was known to be elsewhere, or not to be at all.
    if evidence.ledger.created != nil { return true }
    if let start = placed.start, let first = firstUpdates[placed.sighting.ref], first < start { return true }
    return history.committerTime(of: tip).map { $0 > placed.end } ?? false
  }

  /// What pull requests said stood on their refs when they were made, on CloudTrail's own clock.
  private func toldByEvents() -> [Sighting] {
    evidence.ledger.told.map { event, told in
      Sighting(
        ref: told.ref, value: .tip(told.tip), earliest: event.time, latest: event.time, source: .event, dating: .event,
        evidence: "\(event.action) \(event.eventID)")
    }
  }

  // MARK: - Content

  /// One act of seeing: everything that a clone or a file says at once.
  private struct Moment: Hashable {
    var clone: Int?
    var source: Sighting.Source
    var latest: Timestamp

    init(_ sighting: Sighting) {
      clone = sighting.clone
      source = sighting.source
      latest = sighting.latest
    }
  }

  /// What nothing dates is at least not older than its tips: none was seen before it was first pushed.
  private func contentFloors() -> [Moment: Timestamp] {
    let undated = evidence.sightings.filter { $0.earliest == nil }
    guard !undated.isEmpty else { return [:] }
    var firstPush: [ObjectID: Timestamp] = [:]
    for update in evidence.ledger.updates {
      guard let tip = update.after, firstPush[tip] == nil, isYoungerThanCoverage(tip, at: update.time) else { continue }
      firstPush[tip] = update.time - TimelineItem.orderSlack
    }
    var floors: [Moment: Timestamp] = [:]
    for sighting in undated {
      guard case .tip(let tip) = sighting.value, let floor = firstPush[tip] else { continue }
      let moment = Moment(sighting)
      floors[moment] = max(floors[moment] ?? floor, floor)
    }
    return floors
  }

  /// Whether the first logged push of a tip was its first: it was made since the trail can see, or the repository was.
  private func isYoungerThanCoverage(_ tip: ObjectID, at time: Timestamp) -> Bool {
    if let created = evidence.ledger.created, evidence.coverage.isUnbroken(from: created, to: time) { return true }
    guard let made = history.committerTime(of: tip), let blind = evidence.coverage.lastBlindMoment(before: time) else {
      return false
    }
    return made - clockSkew > blind
  }
}
