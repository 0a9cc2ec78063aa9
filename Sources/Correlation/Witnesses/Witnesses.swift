internal import GitStore
internal import PushModel
internal import RefLedger

/// What the clones' own acts say of the trail, and the trail of them: which logged pull was whose fetch, which push was
/// made from which clone, and which fetch nobody logged (DESIGN 7, "Pulls").
struct Witnesses {
  /// One fetch, and every clone that has its lines: the clone that made it, and copies of that.
  struct Fetch {
    var fetch: CloneFetch
    var clones: [Int]
  }

  let fetches: [Fetch]
  /// For each logged pull, the fetch that it surely was.
  private(set) var fetchOfPull: [Int: Int] = [:]
  /// For each fetch, the logged pull that it surely was.
  private(set) var pullOfFetch: [Int: Int] = [:]
  /// For each push, the clone that it surely was made from.
  private(set) var cloneOfPush: [Int: Int] = [:]
  /// Fetches within coverage near which no pull is logged.
  private(set) var unlogged: [Int] = []
  /// Clones whose clock is borne out: something that they did surely is some logged event.
  private(set) var confirmed: Set<Int> = []
  /// Clones whose clock nothing bears out, and something that they did speaks against.
  private(set) var suspects: Set<Int> = []
  /// Fetches whose FETCH_HEAD was written no later than its time, and perhaps much earlier.
  private(set) var undatedFiles: Set<Int> = []
  /// When a FETCH_HEAD that is undated left a ref out.
  private(set) var doubtfulAbsences: [RefName: Timestamp] = [:]
  private let byMoment: [Moment: Int]

  private struct Moment: Hashable {
    var clone: Int
    var time: Timestamp
  }

  init(_ evidence: Evidence, clockSkew: Int64) {
    fetches = Self.merged(evidence.fetches)
    var moments: [Moment: Int] = [:]
    for (index, fetch) in fetches.enumerated() {
      for clone in fetch.clones { moments[Moment(clone: clone, time: fetch.fetch.time)] = index }
    }
    byMoment = moments
    guard !evidence.clones.isEmpty else { return }
    match(evidence, clockSkew)
    findUnlogged(evidence, clockSkew)
  }

  /// The fetch that saw what a sighting says.
  func fetch(of sighting: Sighting) -> Int? {
    guard let clone = sighting.clone, let time = sighting.fetch else { return nil }
    return byMoment[Moment(clone: clone, time: time)]
  }

  /// Whether a sighting is the word of a FETCH_HEAD whose time proves nothing.
  func isOfUndatedFile(_ sighting: Sighting) -> Bool {
    guard !undatedFiles.isEmpty, sighting.source == .fetchHead, sighting.dating == .fetchHead else { return false }
    return fetch(of: sighting).map(undatedFiles.contains) ?? false
  }

  /// The times of those files, by clone.
  var undatedFileTimes: [Int: Set<Timestamp>] {
    Dictionary(grouping: undatedFiles.map { fetches[$0].fetch }, by: \.clone).mapValues { Set($0.map(\.time)) }
  }

  /// Whether a clone's times prove nothing.
  func isTimeDoubtful(_ clone: Int) -> Bool { suspects.contains(clone) }

  // MARK: - Copies

  /// The same lines in two clones are one fetch: one clone was copied. (FETCH_HEAD alone has no lines to tell by.)
  private static func merged(_ fetches: [CloneFetch]) -> [Fetch] {
    var result: [Fetch] = []
    var places: [Timestamp: [Int]] = [:]
    for fetch in fetches.sorted(by: { ($0.time, $0.clone) < ($1.time, $1.clone) }) {
      let copied = places[fetch.time, default: []].first { place in
        let other = result[place].fetch
        // One of the two may have lost a ref since, and that ref's log.
        return !fetch.lines.isEmpty && !other.lines.isEmpty && other.clone != fetch.clone
          && (fetch.lines.isSubset(of: other.lines) || other.lines.isSubset(of: fetch.lines))
      }
      if let copied {
        result[copied].clones.append(fetch.clone)
        result[copied].fetch.tips.merge(fetch.tips) { first, _ in first }
        result[copied].fetch.ids.formUnion(fetch.ids)
        result[copied].fetch.lines.formUnion(fetch.lines)
      } else {
        places[fetch.time, default: []].append(result.count)
        result.append(Fetch(fetch: fetch, clones: [fetch.clone]))
      }
    }
    return result
  }

  // MARK: - Matches

  private mutating func match(_ evidence: Evidence, _ skew: Int64) {
    let ledger = evidence.ledger
    let tips = ServerTips(ledger)
    var acts: [ClockMatcher.Act] = []
    let pulls = ledger.pulls
    for fetch in fetches {
      let time = fetch.fetch.time
      var candidates: [Int] = []
      var index = pulls.partitioningIndex { $0.event.time >= time - skew }
      while index < pulls.count, pulls[index].event.time <= time + skew {
        let pull = pulls[index]
        if pull.dataTransferred || !fetch.fetch.isClone,
          tips.mayShow(fetch.fetch.tips, from: pull.refsTold, to: pull.event.time)
        {
          candidates.append(index)
        }
        index += 1
      }
      acts.append(ClockMatcher.Act(clone: fetch.clones[0], time: time, candidates: candidates))
    }
    let pushes = pushActs(evidence, skew, firstEvent: pulls.count)
    acts += pushes.acts
    var matcher = ClockMatcher(
      acts: acts, events: pulls.map(\.event.time) + pushes.events,
      tellsClocks: pulls.map(\.dataTransferred) + pushes.pushes.map { $0 != nil })
    let matches = matcher.matches()
    for (act, event) in matches.enumerated() {
      guard let event else { continue }
      let isCopied = act >= fetches.count && pushes.copied.contains(act - fetches.count)
      if !isCopied { confirmed.insert(acts[act].clone) }
      if act < fetches.count {
        confirmed.formUnion(fetches[act].clones)
        pullOfFetch[act] = event
        fetchOfPull[event] = act
      } else {
        noteMadeFrom(pushes.pushes[event - pulls.count], clone: acts[act].clone, isCopied: isCopied)
      }
    }
    dropBetterExplained(evidence, skew, tips, acts)
    findUndatedFiles(evidence, skew, tips, acts)
    findSuspects(evidence, skew, tips, acts, offTime: pushes.clonesOffTime(skew))
    contradicted.forEach { cloneOfPush[$0] = nil }
  }

  /// How far off a clock is thought to be when matches are doubted, in seconds.
  private static let wrongestClock: Int64 = 2 * 86_400
  /// More tips than this are not held against the ledger for it.
  private static let tipsLookedAt = 2_000_000

  /// Takes back a clone's matches where it has fetches that no pull explains, and another offset of its clock, beyond the
  /// allowance, would explain more of them: then those matches were chance.
  private mutating func dropBetterExplained(
    _ evidence: Evidence, _ skew: Int64, _ tips: ServerTips, _ acts: [ClockMatcher.Act]
  ) {
    var fetchesOfClone: [Int: [Int]] = [:]
    // A push is known by its ref and tip as well as by its time: no chance.
    let pushers = Set(cloneOfPush.values)
    for (index, fetch) in fetches.enumerated()
    where confirmed.contains(fetch.fetch.clone) && !pushers.contains(fetch.fetch.clone) {
      let time = fetch.fetch.time
      guard evidence.coverage.isUnbroken(from: time - Clone.longestTransfer - skew, to: time + skew) else { continue }
      fetchesOfClone[fetch.fetch.clone, default: []].append(index)
    }
    for (clone, members) in fetchesOfClone {
      let explained = members.count { !acts[$0].candidates.isEmpty }
      guard explained < members.count, isAnotherOffsetBetter(members, than: explained, evidence.ledger, skew, tips)
      else { continue }
      confirmed.remove(clone)
      for member in members {
        if let pull = pullOfFetch.removeValue(forKey: member) { fetchOfPull[pull] = nil }
      }
    }
  }

  private func isAnotherOffsetBetter(
    _ members: [Int], than explained: Int, _ ledger: Ledger, _ skew: Int64, _ tips: ServerTips
  ) -> Bool {
    let pulls = ledger.pulls
    // By offset, the pulls that each fetch would be.
    var explainedBy: [Int64: [Int: [Int]]] = [:]
    for member in members {
      let time = fetches[member].fetch.time
      var next = pulls.partitioningIndex { $0.event.time >= time - Self.wrongestClock }
      while next < pulls.count, pulls[next].event.time <= time + Self.wrongestClock {
        let offset = time - pulls[next].event.time
        if pulls[next].dataTransferred, abs(offset) > skew {
          explainedBy[offset / ClockMatcher.precision, default: [:]][member, default: []].append(next)
        }
        next += 1
      }
    }
    // A robot that fetches by the clock fits its own pulls at many offsets: but it would have seen other tips then.
    var looked = 0
    for candidates in explainedBy.values where candidates.count > explained {
      let fitting = candidates.count { member, pulled in
        looked += pulled.count * fetches[member].fetch.tips.count
        return looked > Self.tipsLookedAt
          || pulled.contains {
            tips.mayShow(fetches[member].fetch.tips, from: pulls[$0].refsTold, to: pulls[$0].event.time)
          }
      }
      if fitting > explained { return true }
    }
    return false
  }

  /// A clone's clock is in doubt where nothing bears it out, and it has a fetch of which no logged pull may be the record,
  /// a reflog line with a tip that the ledger has at another time only, or pushes that are all as far off their records.
  private mutating func findSuspects(
    _ evidence: Evidence, _ skew: Int64, _ tips: ServerTips, _ acts: [ClockMatcher.Act], offTime: Set<Int>
  ) {
    let ledger = evidence.ledger
    suspects = offTime.subtracting(confirmed)
    guard !ledger.pulls.isEmpty else { return }
    for (index, fetch) in fetches.enumerated() where !undatedFiles.contains(index) {
      let time = fetch.fetch.time
      let isCovered = evidence.coverage.isUnbroken(from: time - Clone.longestTransfer - skew, to: time + skew)
      let mayBeLogged = acts[index].candidates.contains { !fetch.fetch.isClone || ledger.pulls[$0].dataTransferred }
      if isCovered, !mayBeLogged { suspects.formUnion(fetch.clones) }
    }
    for line in evidence.sightings where [.reflogFetch, .reflogPush].contains(line.source) {
      guard let clone = line.clone, case .tip(let tip) = line.value, tips.everHeld(tip, on: line.ref) else { continue }
      let start = (line.earliest ?? line.latest) - skew
      let end = line.latest + skew
      if evidence.coverage.isUnbroken(from: start, to: end), !tips.mayShow([line.ref: tip], from: start, to: end) {
        suspects.insert(clone)
      }
    }
    suspects.subtract(confirmed)
  }

  /// FETCH_HEADs that nothing but the file's time dates, where the trail or the clone itself speaks against that.
  private mutating func findUndatedFiles(
    _ evidence: Evidence, _ skew: Int64, _ tips: ServerTips, _ acts: [ClockMatcher.Act]
  ) {
    var files: [Int: FetchHeadTimes.File] = [:]
    for sighting in evidence.sightings where sighting.source == .fetchHead && sighting.dating == .fetchHead {
      guard let index = fetch(of: sighting), pullOfFetch[index] == nil, fetches[index].fetch.lines.isEmpty else {
        continue
      }
      files[index, default: FetchHeadTimes.File(fetch: fetches[index].fetch, sightings: [])].sightings.append(sighting)
    }
    let times = FetchHeadTimes(evidence: evidence, tips: tips, clockSkew: skew)
    let readers = readers(of: Set(files.values.map(\.fetch.clone)), evidence.ledger)
    let open = files.filter { index, file in
      !times.isPulled(file, readers: readers[file.fetch.clone] ?? []) { fetchOfPull[$0] != nil }
    }.sorted { $0.key < $1.key }
    for (file, isOutdated) in zip(open, times.outdated(open.map(\.value)))
    where isOutdated || times.isWithoutPull(file.value, candidates: acts[file.key].candidates) {
      undatedFiles.insert(file.key)
    }
    for index in undatedFiles {
      for line in files[index]?.sightings ?? [] where line.value == .absent {
        doubtfulAbsences[line.ref] = max(doubtfulAbsences[line.ref] ?? line.latest, line.latest)
      }
    }
  }

  /// Who pulled into some clones, and pushed from them, by their matches.
  private func readers(of clones: Set<Int>, _ ledger: Ledger) -> [Int: Set<Principal>] {
    var readers: [Int: Set<Principal>] = [:]
    for (fetch, pull) in pullOfFetch {
      for clone in fetches[fetch].clones where clones.contains(clone) {
        readers[clone, default: []].insert(ledger.pulls[pull].event.principal)
      }
    }
    for (push, clone) in cloneOfPush where clones.contains(clone) {
      readers[clone, default: []].insert(ledger.pushes[push].event.principal)
    }
    return readers
  }

  /// Pushes that two clones claim.
  private var contradicted: Set<Int> = []

  private mutating func noteMadeFrom(_ push: Int?, clone: Int, isCopied: Bool) {
    guard let push else { return }
    if isCopied || cloneOfPush[push] ?? clone != clone { contradicted.insert(push) }
    cloneOfPush[push] = clone
  }

  private struct PushActs {
    var acts: [ClockMatcher.Act] = []
    /// Those of which two clones have the very line: one of the two was copied, and nothing tells which.
    var copied: Set<Int> = []
    /// When each event was logged: updates, and the advertisements of pushes that sent nothing.
    var events: [Timestamp] = []
    /// The push of each event; `nil` for an advertisement.
    var pushes: [Int?] = []
    /// By clone, how far off their records its lines are, of those that one record alone may be of.
    var offsets: [Int: ClosedRange<Int64>] = [:]

    mutating func note(_ offset: Int64, of clone: Int) {
      let known = offsets[clone] ?? offset...offset
      offsets[clone] = min(known.lowerBound, offset)...max(known.upperBound, offset)
    }

    /// Clones all of whose pushes are logged as much earlier or later than they say, by more than clocks may differ.
    func clonesOffTime(_ skew: Int64) -> Set<Int> {
      Set(
        offsets.lazy.filter { _, range in
          range.upperBound - range.lowerBound <= skew && (range.lowerBound > skew || range.upperBound < -skew)
        }.map(\.key))
    }
  }

  /// `update by push` lines, and what they may be: a logged update to that tip, or a push that had nothing to send.
  private func pushActs(_ evidence: Evidence, _ skew: Int64, firstEvent: Int) -> PushActs {
    struct Target: Hashable {
      var ref: RefName
      var tip: ObjectID
    }
    var result = PushActs()
    // A ledger remembers the word of clones that are not here.
    let lines = evidence.sightings.filter { line in
      line.source == .reflogPush && (line.clone.map(evidence.clones.indices.contains) ?? false)
    }
    guard !lines.isEmpty else { return result }
    var updates: [Target: [Int]] = [:]
    for update in evidence.ledger.updates where update.isGitPush {
      guard let after = update.after else { continue }
      updates[Target(ref: update.ref, tip: after), default: []].append(firstEvent + result.events.count)
      result.events.append(update.time)
      result.pushes.append(update.push)
    }
    var empty: [(event: Int, time: Timestamp)] = []
    for attempt in evidence.ledger.attempts where attempt.event.errorCode == nil {
      empty.append((firstEvent + result.events.count, attempt.event.time))
      result.events.append(attempt.event.time)
      result.pushes.append(nil)
    }
    var seen: [String: Int] = [:]
    for line in lines {
      // The same line in a copied clone is one push.
      let copyKey = line.logLine.map { "\($0.log) \(line.latest) \(line.value)" } ?? line.evidence
      guard let clone = line.clone, case .tip(let tip) = line.value else { continue }
      let records = updates[Target(ref: line.ref, tip: tip)] ?? []
      if records.count == 1 { result.note(line.latest - result.events[records[0] - firstEvent], of: clone) }
      if let known = seen[copyKey] {
        if result.acts[known].clone != clone { result.copied.insert(known) }
        continue
      }
      seen[copyKey] = result.acts.count
      var candidates = records.filter {
        abs(result.events[$0 - firstEvent] - line.latest) <= skew
      }
      if !candidates.isEmpty {
        candidates += empty.filter { abs($0.time - line.latest) <= skew }.map(\.event)
      }
      result.acts.append(ClockMatcher.Act(clone: clone, time: line.latest, candidates: candidates))
    }
    return result
  }

  // MARK: - Fetches that nobody logged

  /// A trail without any pull judges none: read-only records may not have been kept.
  private mutating func findUnlogged(_ evidence: Evidence, _ skew: Int64) {
    let ledger = evidence.ledger
    guard !ledger.pulls.isEmpty else { return }
    var times: [Timestamp] = []
    for pull in ledger.pulls {
      times.append(pull.event.time)
      if let advertisement = pull.advertisement { times.append(advertisement.time) }
    }
    times.sort()
    for (index, fetch) in fetches.enumerated() {
      let start = fetch.fetch.time - Clone.longestTransfer - skew
      let end = fetch.fetch.time + skew
      guard evidence.coverage.isUnbroken(from: start, to: end) else { continue }
      let next = times.partitioningIndex { $0 >= start }
      if next == times.count || times[next] > end { unlogged.append(index) }
    }
  }
}

extension Ledger.Pull {
  /// The earliest moment at which the server may have told its refs: at the advertisement; without one, and with data, at
  /// the beginning of a transfer of unknown length.
  var refsTold: Timestamp {
    advertisement?.time ?? (dataTransferred ? event.time - Clone.longestTransfer : event.time)
  }
}
