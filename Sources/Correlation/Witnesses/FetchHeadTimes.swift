internal import PushModel
internal import RefLedger

/// Which FETCH_HEADs have a file time that proves nothing (DESIGN 7, "Times are intervals").
///
/// Where no reflog line is of the same fetch, nothing but the file's time dates it; and a backup that copies what is newer
/// than its own copy gives FETCH_HEAD the time of the copy, and leaves alone what git wrote once. Such a file was written no
/// later than that time, and that is all.
struct FetchHeadTimes {
  let evidence: Evidence
  let tips: ServerTips
  let clockSkew: Int64

  /// A FETCH_HEAD that its own time dates alone.
  struct File {
    var fetch: CloneFetch
    /// What it says, and what it leaves out.
    var sightings: [Sighting]
  }

  /// Whether the trail speaks against the file's time: pulls are logged, and none is when the file was written.
  ///
  /// - Parameter candidates: The logged pulls of that time that may have seen what the file says.
  func isWithoutPull(_ file: File, candidates: [Int]) -> Bool {
    let time = file.fetch.time
    return !evidence.ledger.pulls.isEmpty && candidates.isEmpty
      && evidence.coverage.isUnbroken(from: time - clockSkew, to: time + clockSkew)
  }

  /// Whether just one pull is logged around the file's time, in the very seconds: whatever the file says then, it was fetched.
  ///
  /// - Parameters:
  ///   - readers: Who is known to have used the clone; where that is told, others' pulls do not count.
  ///   - isTaken: Whether a pull is known to be some other fetch.
  func isPulled(_ file: File, readers: Set<Principal>, isTaken: (Int) -> Bool) -> Bool {
    let pulls = evidence.ledger.pulls
    let time = file.fetch.time
    let first = pulls.partitioningIndex { $0.event.time >= time - clockSkew }
    let end = pulls.partitioningIndex { $0.event.time > time + clockSkew }
    let near = (first..<end).filter { pull in
      readers.isEmpty || readers.contains { $0.isSamePrincipal(as: pulls[pull].event.principal) }
    }
    guard near.count == 1, let pull = near.first else { return false }
    return abs(pulls[pull].event.time - time) <= ClockMatcher.precision && !isTaken(pull)
  }

  /// Those of some files that show what their clones had seen before, while the server's refs, by all else that is known,
  /// had moved on: old words under a new time, or moves that no record tells. Nothing tells which.
  func outdated(_ files: [File]) -> [Bool] {
    guard !files.isEmpty else { return [] }
    let seenBefore = known(of: files)
    let others = seenOfUnloggedRefs(files)
    return files.map { file in
      isOldNews(file, seenBefore) && file.sightings.contains { isContradicted($0, at: file.fetch.time, others) }
    }
  }

  private struct Place: Hashable {
    var clone: Int
    var ref: RefName
  }

  /// What the clones' other words show of the same refs.
  private func known(of files: [File]) -> [Place: [Sighting]] {
    var wanted: Set<Place> = []
    for file in files {
      for line in file.sightings { wanted.insert(Place(clone: file.fetch.clone, ref: line.ref)) }
    }
    var known: [Place: [Sighting]] = [:]
    for sighting in evidence.sightings where sighting.source != .fetchHead {
      guard let clone = sighting.clone else { continue }
      let place = Place(clone: clone, ref: sighting.ref)
      if wanted.contains(place) { known[place, default: []].append(sighting) }
    }
    return known
  }

  /// Whether the clone had all of that earlier. An ordinary clone logs what a fetch moves: a ref without a log was as it is
  /// since the clone was made.
  private func isOldNews(_ file: File, _ known: [Place: [Sighting]]) -> Bool {
    let clone = file.fetch.clone
    guard evidence.clones.indices.contains(clone), !evidence.clones[clone].bare else { return false }
    return file.sightings.allSatisfy { line in
      guard case .tip = line.value, let earlier = known[Place(clone: clone, ref: line.ref)] else { return true }
      return earlier.contains { $0.value == line.value && $0.latest < file.fetch.time }
    }
  }

  // MARK: - What else is known

  /// Of refs that no record tells of, what others saw.
  private func seenOfUnloggedRefs(_ files: [File]) -> [RefName: [Sighting]] {
    let refs = Set(files.flatMap { $0.sightings.map(\.ref) }.filter { evidence.ledger.number(of: $0) == nil })
    guard !refs.isEmpty else { return [:] }
    return Dictionary(
      grouping: evidence.sightings.filter { refs.contains($0.ref) && $0.dating != .content }, by: \.ref)
  }

  private func isContradicted(_ line: Sighting, at time: Timestamp, _ others: [RefName: [Sighting]]) -> Bool {
    let ledger = evidence.ledger
    guard let number = ledger.number(of: line.ref) else {
      return others[line.ref, default: []].contains { $0.clone != line.clone && $0.value != line.value }
    }
    let moves = ledger.updates(ofRef: number)
    let next = moves.partitioningIndex { ledger.updates[$0].time > time + clockSkew }
    guard next > moves.startIndex else { return false }
    guard case .tip(let tip) = line.value else { return ledger.updates[moves[next - 1]].after != nil }
    let start = (line.earliest ?? time) - clockSkew
    return !(line.ref.isBranch && tips.everHeld(tip, on: line.ref))
      || !tips.mayShow([line.ref: tip], from: start, to: time + clockSkew)
  }
}
