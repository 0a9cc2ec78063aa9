internal import PushModel
internal import RefLedger

/// What the order of a reflog's lines proves (DESIGN 7, "Reflogs against the ledger").
///
/// A clone's clock may be wrong, but its log was written line after line: what stands between two lines that match
/// updates of the ref was seen between those.
struct LogOrder {
  /// A line that no record explains at its place, between two that match updates; or after the last of those, where it has
  /// the ref go back.
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
      let matches = matches(of: ordered.map { sightings[$0] }, places)
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
          let since = matches[previous]?.lowerBound
        else { continue }
        let isHeld = tips.everHeld(tip, on: log.ref)
        let before = sightings[ordered[previous]]
        guard before.latest <= sighting.latest else { continue }
        guard let following = following[place], let until = matches[following]?.upperBound else {
          // At the log's end: the ref went back to where it was before the update that the clone had seen.
          if isHeld, wasLeft(tip, by: since, places, log.ref) {
            proofs[ordered[place]] = Proof(isHeld: true, since: since, until: nil)
          }
          continue
        }
        let after = sightings[ordered[following]]
        guard sighting.latest <= after.latest else { continue }
        proofs[ordered[place]] = Proof(
          isHeld: isHeld, since: since, until: after.source == .reflogPush ? until : nil)
      }
    }
    return proofs
  }

  private func number(of sighting: Sighting) -> Int { sighting.logLine?.number ?? 0 }

  /// For each line of a log, the times of the first and of the last update that may have put the tip there which it shows:
  /// the ref may have been at it then, and what a log has seen of the updates, later lines have behind them.
  private func matches(of lines: [Sighting], _ places: [ObjectID: [Int]]) -> [ClosedRange<Timestamp>?] {
    guard let ref = lines.first?.ref, let moves = moves(of: ref) else { return lines.map { _ in nil } }
    let candidates = lines.map { self.candidates(for: $0, moves, places) }
    // The earliest places leave the most room to later lines, the latest ones to earlier lines.
    var reached = moves.startIndex
    let first = candidates.map { own -> Int? in
      guard let place = own.first(where: { $0 >= reached }) else { return nil }
      reached = place
      return place
    }
    reached = moves.endIndex
    var matches: [ClosedRange<Timestamp>?] = Array(repeating: nil, count: lines.count)
    for line in lines.indices.reversed() {
      guard let earliest = first[line] else { continue }
      let latest = candidates[line].last { $0 <= reached } ?? earliest
      reached = latest
      matches[line] = ledger.updates[moves[earliest]].time...ledger.updates[moves[latest]].time
    }
    return matches
  }

  /// The places among its ref's updates, ascending, of those that may have left the tip there that a line shows.
  private func candidates(for line: Sighting, _ moves: ArraySlice<Int>, _ places: [ObjectID: [Int]]) -> ArraySlice<Int>
  {
    guard case .tip(let tip) = line.value, let own = places[tip] else { return [] }
    func time(_ place: Int) -> Timestamp { ledger.updates[moves[place]].time }
    let earliest = (line.earliest ?? line.latest) - clockSkew
    let end = own.partitioningIndex { time($0) > line.latest + clockSkew }
    let start = own[..<end].partitioningIndex { place in
      place + 1 >= moves.endIndex || time(place + 1) >= earliest
    }
    return own[start..<end]
  }

  /// Whether no update put the tip there after a time: a clock that is off cannot have seen it come.
  private func wasLeft(_ tip: ObjectID, by time: Timestamp, _ places: [ObjectID: [Int]], _ ref: RefName) -> Bool {
    guard let last = places[tip]?.last, let moves = moves(of: ref) else { return false }
    return ledger.updates[moves[last]].time < time
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
