internal import PushModel
internal import RefLedger

/// What the order of a reflog's lines proves (DESIGN 7, "Reflogs against the ledger").
///
/// A clone's clock may be wrong, but its log was written line after line: what stands between two lines that match
/// updates of the ref was seen between those.
struct LogOrder {
  /// A line that no record explains at its place, between two that match updates.
  struct Proof {
    /// The ledger has the tip on that ref at some other time: a note on clocks, and no accusation; but what stood on the
    /// ref there is in doubt.
    var isHeld: Bool
    /// When the update was logged that the line before matches: what this line saw, it saw later.
    var since: Timestamp
    /// When the update was logged that the line after matches, where that line is a push: this clone made it later.
    var until: Timestamp?
  }

  private struct Log: Hashable {
    var clone: Int
    var log: RefName
    var ref: RefName
  }

  private let tips: ServerTips
  private let ledger: Ledger
  private let clockSkew: Int64

  /// By index of the sighting. Most runs have no reflog line at all.
  static func proofs(in sightings: [Sighting], _ ledger: Ledger, clockSkew: Int64) -> [Int: Proof] {
    guard sightings.contains(where: { $0.logLine != nil }) else { return [:] }
    return LogOrder(ledger, clockSkew: clockSkew).proofs(in: sightings)
  }

  private init(_ ledger: Ledger, clockSkew: Int64) {
    tips = ServerTips(ledger)
    self.ledger = ledger
    self.clockSkew = clockSkew
  }

  private func proofs(in sightings: [Sighting]) -> [Int: Proof] {
    var logs: [Log: [Int]] = [:]
    for (index, sighting) in sightings.enumerated() {
      guard let clone = sighting.clone, let line = sighting.logLine else { continue }
      logs[Log(clone: clone, log: line.log, ref: sighting.ref), default: []].append(index)
    }
    var proofs: [Int: Proof] = [:]
    var known: [RefName: [ObjectID: [Int]]] = [:]
    for (log, members) in logs {
      guard ledger.number(of: log.ref) != nil else { continue }
      let places = known[log.ref] ?? places(on: log.ref)
      known[log.ref] = places
      let ordered = members.sorted { number(of: sightings[$0]) < number(of: sightings[$1]) }
      let matches = ordered.map { match(sightings[$0], places) }
      var following: [Int?] = Array(repeating: nil, count: ordered.count)
      var next: Int?
      for place in ordered.indices.reversed() {
        following[place] = next
        if matches[place] != nil { next = place }
      }
      var previous: Int?
      for place in ordered.indices {
        let sighting = sightings[ordered[place]]
        if matches[place] != nil { previous = place }
        guard matches[place] == nil, case .tip(let tip) = sighting.value, let previous,
          let following = following[place], let since = matches[previous], let until = matches[following]
        else { continue }
        let before = sightings[ordered[previous]]
        let after = sightings[ordered[following]]
        guard before.latest <= sighting.latest, sighting.latest <= after.latest else { continue }
        proofs[ordered[place]] = Proof(
          isHeld: tips.everHeld(tip, on: log.ref), since: since, until: after.source == .reflogPush ? until : nil)
      }
    }
    return proofs
  }

  private func number(of sighting: Sighting) -> Int { sighting.logLine?.number ?? 0 }

  /// When the update was logged that put the tip there which a line shows, if the ref may have been at it then.
  private func match(_ line: Sighting, _ places: [ObjectID: [Int]]) -> Timestamp? {
    guard case .tip(let tip) = line.value, let moves = moves(of: line.ref), let candidates = places[tip] else {
      return nil
    }
    func time(_ place: Int) -> Timestamp { ledger.updates[moves[place]].time }
    let earliest = (line.earliest ?? line.latest) - clockSkew
    guard let place = candidates.last(where: { time($0) <= line.latest + clockSkew }) else { return nil }
    let end = place + 1 < moves.endIndex ? time(place + 1) : .distantFuture
    return end >= earliest ? time(place) : nil
  }

  private func moves(of ref: RefName) -> ArraySlice<Int>? {
    ledger.number(of: ref).map { ledger.updates(ofRef: $0) }
  }

  /// Where among a ref's updates each tip was put there.
  private func places(on ref: RefName) -> [ObjectID: [Int]] {
    guard let moves = moves(of: ref) else { return [:] }
    var places: [ObjectID: [Int]] = [:]
    for place in moves.indices {
      if let tip = ledger.updates[moves[place]].after { places[tip, default: []].append(place) }
    }
    return places
  }
}
