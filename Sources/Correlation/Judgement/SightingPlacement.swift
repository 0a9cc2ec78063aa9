internal import GitStore
internal import PushModel
internal import RefLedger

/// Gathers what was sighted of each ref, with the clock allowance added, oldest first.
struct SightingPlacement {
  let evidence: Evidence
  let history: History
  let witnesses: Witnesses
  let clockSkew: Int64

  func byRef() -> [RefName: [PlacedSighting]] {
    let sightings = evidence.sightings.map(redated)
    let proofs = LogOrder.proofs(in: evidence.sightings, evidence.ledger, clockSkew: clockSkew)
    var placed = place(sightings, proofs)
    // A clone that saw a tip before anybody can have seen it has a clock that is off: its other times are in doubt too.
    let offClocks = Set(placed.values.joined().filter(\.isMisdated).compactMap(\.sighting.clone)).subtracting(
      witnesses.confirmed)
    if !offClocks.isEmpty {
      placed = place(
        sightings.map { dated in
          let isOff = dated.sighting.clone.map(offClocks.contains) ?? false
          return isOff && dated.clock == .clone ? dated.undated : dated
        }, proofs)
    }
    return placed.mapValues { sightings in
      guard sightings.count > 1 else { return sightings }
      return sightings.sorted { left, right in
        (left.orderTime, left.end, left.sighting.evidence) < (right.orderTime, right.end, right.sighting.evidence)
      }
    }
  }

  private func place(
    _ sightings: [Dated], _ proofs: [Int: LogOrder.Proof]
  ) -> [RefName: [PlacedSighting]] {
    var result: [RefName: [PlacedSighting]] = [:]
    let floors = contentFloors(sightings)
    let sightings = sightings + toldByEvents().map { Dated(sighting: $0, clock: .trail) }
    let pushes = firstPushes(of: sightings)
    for (index, sighting) in sightings.enumerated() where !sighting.isVoid {
      let slack = sighting.clock == .trail ? TimelineItem.orderSlack : clockSkew
      var dated = sighting.sighting
      if dated.earliest == nil, let floor = floors[Moment(dated)] { dated.earliest = floor }
      let start = dated.earliest.map { $0 - slack }
      let first = pushes[dated.ref] ?? [:]
      let end = sighting.clock == .unknown ? Timestamp.distantFuture : dated.latest + slack
      var placed = PlacedSighting(sighting: dated, value: value(of: dated, pushed: first), start: start, end: end)
      placed.isTimeDoubtful = [.unknown, .earlierRun].contains(sighting.clock)
      placed.isOpen = sighting.sighting.earliest == nil
      if let proof = proofs[index] {
        placed.proof = proof
        // The line before saw that update's tip: it had taken effect.
        let since = proof.since + 1
        placed.start = max(placed.start ?? since, since)
        if let until = proof.until, until > proof.since { placed.end = min(placed.end, until) }
      }
      if case .tip(let tip) = placed.value, let pushed = first[tip],
        isMisdated(
          placed, recorded: evidence.sightings.indices.contains(index) ? evidence.sightings[index] : dated, tip,
          firstPushed: pushed)
      {
        placed.isMisdated = true
        placed.isTimeDoubtful = false
        placed.start = pushed - TimelineItem.orderSlack
        placed.end = .distantFuture
        placed.sighting.earliest = pushed
        placed.sighting.latest = max(dated.latest, pushed)
      }
      if isOfAnotherLife(placed, first) { continue }
      result[dated.ref, default: []].append(placed)
    }
    return result
  }

  // MARK: - Clocks

  private struct Dated {
    var sighting: Sighting
    var clock: Clock
    /// What a file of unknown time leaves out proves nothing.
    var isVoid = false

    enum Clock {
      /// The clone's, right to within the allowance.
      case clone
      /// CloudTrail's own.
      case trail
      /// That of an earlier run, which saw it.
      case earlierRun
      case unknown
    }

    /// With its tip, and no time.
    var undated: Dated {
      var result = self
      result.clock = sighting.dating == .doubtful ? .earlierRun : .unknown
      result.sighting.earliest = nil
      result.sighting.dating = .content
      return result
    }
  }

  /// The sighting, dated by the logged pull that its fetch was, where that is known; undated where its time is in doubt.
  private func redated(_ sighting: Sighting) -> Dated {
    let pull = witnesses.fetch(of: sighting).flatMap { witnesses.pullOfFetch[$0] }.map { evidence.ledger.pulls[$0] }
    if let pull {
      var sighting = sighting
      sighting.earliest = pull.refsTold
      sighting.latest = pull.event.time
      sighting.evidence += " (\(pull.event.action) \(pull.event.eventID))"
      return Dated(sighting: sighting, clock: .trail)
    }
    var dated = Dated(sighting: sighting, clock: .clone)
    let isUndatedFile = witnesses.isOfUndatedFile(sighting)
    dated.isVoid = isUndatedFile && sighting.value == .absent
    if sighting.dating == .doubtful { return dated.undated }
    let isDatedByClone = [.reflog, .fetchHead].contains(sighting.dating)
    let isDoubtful = isDatedByClone && (sighting.clone.map(witnesses.isTimeDoubtful) ?? false)
    if isDoubtful { return dated.undated }
    if isUndatedFile {
      // The file is not older than its content.
      dated.sighting.earliest = nil
      dated.sighting.dating = .content
    }
    return dated
  }

  // MARK: - Tips

  private func firstUpdate(of ref: RefName) -> Timestamp? {
    let ledger = evidence.ledger
    return ledger.number(of: ref).flatMap { ledger.updates(ofRef: $0).first }.map { ledger.updates[$0].time }
  }

  /// When each tip that was sighted was first logged, on each ref that was seen at some tip.
  private func firstPushes(of sightings: [Dated]) -> [RefName: [ObjectID: Timestamp]] {
    var seen: Set<RefName> = []
    var sighted: Set<ObjectID> = []
    for sighting in sightings.lazy.map(\.sighting) {
      guard case .tip(let tip) = sighting.value else { continue }
      seen.insert(sighting.ref)
      sighted.insert(tip)
      if let peeled = peeled(sighting, tip) { sighted.insert(peeled) }
    }
    let ledger = evidence.ledger
    var pushes: [RefName: [ObjectID: Timestamp]] = [:]
    for ref in seen {
      guard let number = ledger.number(of: ref) else { continue }
      var times: [ObjectID: Timestamp] = [:]
      for index in ledger.updates(ofRef: number) {
        guard let tip = ledger.updates[index].after, sighted.contains(tip), times[tip] == nil else { continue }
        times[tip] = ledger.updates[index].time
      }
      pushes[ref] = times
    }
    return pushes
  }

  /// What the tip that a sighting shows of a tag leads to.
  private func peeled(_ sighting: Sighting, _ tip: ObjectID) -> ObjectID? {
    guard sighting.ref.isTag else { return nil }
    return sighting.peeled ?? history.node(of: tip).map(history.graph.id)
  }

  /// What a sighting shows. Whether CloudTrail names an annotated tag or the commit that it leads to is not known: a tag
  /// object that leads to the logged commit is what was logged.
  private func value(of sighting: Sighting, pushed: [ObjectID: Timestamp]) -> RefValue {
    guard case .tip(let tip) = sighting.value, sighting.ref.isTag, pushed[tip] == nil else {
      return RefValue(sighting.value)
    }
    if let peeled = peeled(sighting, tip), pushed[peeled] != nil { return .tip(peeled) }
    // The tag went elsewhere; where to, in the server's own words, is not known.
    if sighting.source == .event, !isOfRefItself(sighting) { return .unknown(.tipAbsent) }
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
    _ placed: PlacedSighting, recorded: Sighting, _ tip: ObjectID, firstPushed: Timestamp
  ) -> Bool {
    let end = placed.isTimeDoubtful ? recorded.latest + clockSkew : placed.end
    guard placed.sighting.source != .event, end < firstPushed else { return false }
    // The ref was known to be elsewhere, or not to be at all.
    if evidence.ledger.created != nil { return true }
    if let start = placed.start, let first = firstUpdate(of: placed.sighting.ref), first < start { return true }
    return history.committerTime(of: tip).map { $0 > end } ?? false
  }

  /// What pull requests said stood on their refs when they were made, on CloudTrail's own clock; and CodeCommit's own
  /// events without a record.
  private func toldByEvents() -> [Sighting] {
    evidence.ledger.unjoined.flatMap { unjoined in
      // What a tag's event says of the past may be what the log says in another way: it accuses nobody.
      [UnjoinedChanges.before(unjoined.change)].compactMap(\.self).filter(isOfRefItself)
        + [UnjoinedChanges.after(unjoined.change)]
    }
      + evidence.ledger.told.map { event, told in
        Sighting(
          ref: told.ref, value: .tip(told.tip), earliest: event.time, latest: event.time, source: .event,
          dating: .event,
          evidence: "\(event.action) \(event.eventID)")
      }
  }

  /// Whether an event of a tag names what is on the ref: it may name the commit that the tag object leads to.
  private func isOfRefItself(_ sighting: Sighting) -> Bool {
    guard sighting.ref.isTag, case .tip(let tip) = sighting.value else { return true }
    if case .tag = history.graph.object(tip) { return true }
    return evidence.ledger.updates.contains { $0.ref == sighting.ref && $0.after == tip }
  }

  // MARK: - Content

  /// One act of seeing: everything that a clone or a file says at once.
  private struct Moment: Hashable {
    var clone: Int?
    var source: Sighting.Source
    var latest: Timestamp
    var fetch: Timestamp?
    /// Of a FETCH_HEAD that several fetches wrote, each line is for itself.
    var line: String?

    init(_ sighting: Sighting) {
      clone = sighting.clone
      source = sighting.source
      latest = sighting.latest
      fetch = sighting.fetch
      line = sighting.source == .fetchHead && sighting.fetch == nil ? sighting.evidence : nil
    }
  }

  /// What nothing dates is at least not older than its tips: none was seen before it was first pushed.
  private func contentFloors(_ sightings: [Dated]) -> [Moment: Timestamp] {
    guard sightings.contains(where: { $0.sighting.earliest == nil }) else { return [:] }
    var firstPush: [ObjectID: Timestamp] = [:]
    for update in evidence.ledger.updates {
      guard let tip = update.after, firstPush[tip] == nil, isYoungerThanCoverage(tip, at: update.time) else { continue }
      firstPush[tip] = update.time - TimelineItem.orderSlack
    }
    var floors: [Moment: Timestamp] = [:]
    for sighting in sightings.lazy.map(\.sighting) where sighting.earliest == nil {
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
