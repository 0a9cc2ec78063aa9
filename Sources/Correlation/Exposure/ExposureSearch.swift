internal import GitStore
internal import PushModel
internal import RefLedger

/// Works out one commit's exposure. Where several courses of events are possible, or a tip's history is not known, the
/// commit counts as exposed: nobody who may have read it is left out.
struct ExposureSearch {
  let judgement: Judgement
  let reads: Reads

  init(_ judgement: Judgement) {
    self.judgement = judgement
    reads = Reads(judgement.ledger, excluding: judgement.options.excludedPrincipals)
  }

  func exposure(of commit: ObjectID) -> Exposure {
    let intervals = judgement.refs.flatMap { self.intervals(of: commit, on: $0) }.sorted {
      ($0.start ?? .distantPast, $0.ref) < ($1.start ?? .distantPast, $1.ref)
    }
    var found: [String: Exposure.Read] = [:]
    var excluded = 0
    for interval in intervals {
      let during = reads.during(interval.start, interval.end)
      excluded += during.excluded
      for read in during.shown where found[read.event.eventID] == nil && maySee(read, commit, on: interval.ref) {
        found[read.event.eventID] = report(read, of: commit)
      }
    }
    return Exposure(
      commit: commit, intervals: intervals,
      reads: found.values.sorted { ($0.time, $0.eventID) < ($1.time, $1.eventID) }, clones: copies(of: commit),
      excluded: excluded, lacksPulls: judgement.ledger.pulls.isEmpty, uncertainRefs: judgement.current.uncertain,
      restsOn: [commit] + judgement.restsOn())
  }

  func report(_ read: Reads.Read, of commit: ObjectID) -> Exposure.Read {
    let fetch = read.pull.flatMap { judgement.witnesses.fetchOfPull[$0] }.map { judgement.witnesses.fetches[$0].fetch }
    let isConfirmed = fetch.map { shows($0, commit) } ?? false
    return Exposure.Read(
      eventID: read.event.eventID, action: read.event.action, time: read.event.time, principal: read.event.principal,
      sourceIPAddress: read.event.sourceIPAddress, userAgent: read.event.userAgent,
      certainty: isConfirmed ? .confirmed : .possible, clone: fetch.map { judgement.evidence.clones[$0.clone].path })
  }

  /// Whether a read may have met the commit on a ref: not if it is the fetch of a clone that saw the ref without it.
  func maySee(_ read: Reads.Read, _ commit: ObjectID, on ref: RefName) -> Bool {
    guard let fetch = read.pull.flatMap({ judgement.witnesses.fetchOfPull[$0] }),
      let tip = judgement.witnesses.fetches[fetch].fetch.tips[ref]
    else { return true }
    return contains(commit, in: tip) != .no
  }

  private func shows(_ fetch: CloneFetch, _ commit: ObjectID) -> Bool {
    fetch.ids.contains(commit) || fetch.tips.values.contains(commit)
      || has(fetch.ids.union(fetch.tips.values), commit, in: fetch.clone)
  }

  /// Whether a clone that got the tips got the commit: not for certain where its history is cut.
  private func has(_ tips: Set<ObjectID>, _ commit: ObjectID, in clone: Int) -> Bool {
    !judgement.evidence.shallowClones.contains(clone)
      && tips.contains { contains(commit, in: $0) == .yes }
  }

  /// The first fetch of each clone that had it, or the first push from it.
  private func copies(of commit: ObjectID) -> [Exposure.Copy] {
    var times: [Int: Timestamp] = [:]
    for fetch in judgement.witnesses.fetches where shows(fetch.fetch, commit) {
      for clone in fetch.clones { times[clone] = min(times[clone] ?? fetch.fetch.time, fetch.fetch.time) }
    }
    for line in judgement.evidence.sightings where line.source == .reflogPush {
      guard let clone = line.clone, judgement.evidence.clones.indices.contains(clone), case .tip(let tip) = line.value,
        tip == commit || has([tip], commit, in: clone)
      else {
        continue
      }
      times[clone] = min(times[clone] ?? line.latest, line.latest)
    }
    return times.sorted { $0.key < $1.key }.map {
      Exposure.Copy(clone: judgement.evidence.clones[$0.key].path, time: $0.value)
    }
  }

  // MARK: - Intervals

  private func intervals(of commit: ObjectID, on knowledge: RefKnowledge) -> [Exposure.Interval] {
    let timeline = knowledge.timeline
    var intervals: [Exposure.Interval] = []
    var open: Exposure.Interval?
    let initial = timeline.initialValues.map { has($0, commit) }
    if initial.contains(.yes) {
      open = Exposure.Interval(ref: knowledge.ref, certainty: .confirmed)
    } else if initial.contains(.unknown), let first = timeline.items.first, mayBeOlder(commit, than: first.time) {
      open = Exposure.Interval(ref: knowledge.ref, certainty: .possible)
    }
    for (number, group) in timeline.groups.enumerated() {
      let after = timeline.values(atPosition: number + 1).map { has($0, commit) }
      let bringing = group.first { has(timeline.items[$0].target, commit) == .yes }
      if bringing != nil { open?.certainty = .confirmed }
      if open == nil, let item = bringing ?? (after.contains(.yes) ? group.first : nil) {
        open = Exposure.Interval(
          ref: knowledge.ref, certainty: bringing == nil ? .possible : .confirmed,
          start: timeline.items[group.lowerBound].time, pushedBy: eventID(of: item, timeline))
      }
      if var interval = open, after.allSatisfy({ $0 == .no }) {
        let last = group.upperBound - 1
        interval.end = timeline.items[last].time
        interval.droppedBy = eventID(of: last, timeline)
        intervals.append(interval)
        open = nil
      }
    }
    if var interval = open {
      // Gone by the word of a sighting alone.
      if let latest = knowledge.latest, knowledge.lastKnown.allSatisfy({ has($0, commit) == .no }) {
        interval.end = latest.end
      }
      intervals.append(interval)
    } else if timeline.groups.isEmpty, let latest = knowledge.latest, has(latest.value, commit) == .yes {
      intervals.append(Exposure.Interval(ref: knowledge.ref, certainty: .confirmed))
    }
    return intervals
  }

  /// Whether the commit may have been pushed before a moment at which the trail does not know the ref.
  private func mayBeOlder(_ commit: ObjectID, than time: Timestamp) -> Bool {
    if let made = judgement.history.committerTime(of: commit), made > time { return false }
    guard let node = judgement.history.node(of: commit) else { return true }
    return !judgement.attribution.isExact(node)
  }

  private func has(_ value: RefValue, _ commit: ObjectID) -> CommitGraph.Containment {
    switch value {
    case .none: .no
    case .unknown: .unknown
    case .tip(let tip): contains(commit, in: tip)
    }
  }

  /// A tag object is in no history: a ref has it only where it is at it.
  private func contains(_ commit: ObjectID, in tip: ObjectID) -> CommitGraph.Containment {
    if case .tag = judgement.history.graph.object(commit) { return commit == tip ? .yes : .no }
    return judgement.history.contains(commit, in: tip)
  }

  private func eventID(of item: Int, _ timeline: RefTimeline) -> String {
    judgement.ledger.pushes[judgement.ledger.updates[timeline.items[item].update].push].event.eventID
  }
}

extension Judge {
  /// The exposure of what a word means: a commit's id or the beginning of one, or an event that pushed one tip.
  public func exposure(of word: String) throws(ExposureError) -> Exposure {
    let judgement = judgement()
    return ExposureSearch(judgement).exposure(of: try CommitWord(word, in: judgement).commit)
  }
}

/// Why a word means no commit, or too many.
public struct ExposureError: Error, Sendable {
  public var message: String
  /// What it may mean, one a line.
  public var candidates: [String]
}

/// The commit that a word on the command line means.
private struct CommitWord {
  let commit: ObjectID

  init(_ word: String, in judgement: Judgement) throws(ExposureError) {
    if let push = Self.push(word, in: judgement) {
      let tips = unique(
        push.updates.map(judgement.update).compactMap { update in
          update.report.after ?? update.report.before.tip
        })
      guard tips.count == 1, let tip = tips.first else {
        throw ExposureError(
          message: tips.isEmpty
            ? "event \(word) names no tip" : "event \(word) moved refs to \(tips.count) tips: name one commit",
          candidates: tips.map(\.hex))
      }
      commit = tip
      return
    }
    let digits = word.lowercased()
    guard digits.utf8.count >= 4, digits.allSatisfy(\.isHexDigit) else {
      throw ExposureError(message: "'\(word)' is no commit, and no event of the ledger", candidates: [])
    }
    var found = Set(judgement.history.graph.ids(withPrefix: digits))
    for update in judgement.ledger.updates {
      if let after = update.after, after.hex.hasPrefix(digits) { found.insert(after) }
      if case .tip(let before) = update.told, before.hex.hasPrefix(digits) { found.insert(before) }
    }
    guard found.count == 1, let only = found.first else {
      throw ExposureError(
        message: found.isEmpty
          ? "no commit that a clone has or a record names begins with \(digits)" : "'\(word)' may mean several commits",
        candidates: found.sorted().map(\.hex))
    }
    commit = only
  }

  /// The push whose event's id the word is, or alone begins with it. (A word that may be the beginning of an object's id is
  /// meant so, if there is such an object.)
  private static func push(_ word: String, in judgement: Judgement) -> Ledger.Push? {
    let pushes = judgement.ledger.pushes
    if let exact = pushes.first(where: { $0.event.eventID == word }) { return exact }
    guard word.utf8.count >= 4 else { return nil }
    let beginning = pushes.filter { $0.event.eventID.lowercased().hasPrefix(word.lowercased()) }
    let isObject = word.allSatisfy(\.isHexDigit) && names(word.lowercased(), in: judgement)
    return beginning.count == 1 && !isObject ? beginning.first : nil
  }

  private static func names(_ digits: String, in judgement: Judgement) -> Bool {
    if !judgement.history.graph.ids(withPrefix: digits).isEmpty { return true }
    return judgement.ledger.updates.contains { $0.after?.hex.hasPrefix(digits) ?? false }
  }
}
