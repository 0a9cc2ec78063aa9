internal import Correlation
internal import GitStore
internal import LedgerStore
internal import PushModel
internal import RefLedger

/// One run, with everything read: gathers the evidence for each epoch of the repository, has it judged, and joins the
/// reports.
struct RunContext {
  let options: Options
  let clones: CloneSet
  let reading: TrailReading
  /// The only region whose log files were read, where that is told.
  let region: String?
  let stateChanges: StateChangeReading
  let serverCommits: ServerCommits
  let trail: EventSet
  let names: Set<String>
  /// Names that are another repository's now, and until when each was this one's.
  let formerNames: [String: Timestamp]
  let hasPlainDeletions: Bool
  let proof: TrailProof
  /// Takes what people should know beside the report.
  let notice: (String) -> Void

  func report(_ selection: RepositorySelection) throws(PushtrailError) -> ProvenanceReport {
    guard let last = selection.epochs.last else { throw PushtrailError("the trail holds no record of the repository") }
    var seen = try sightings(of: last.identity)
    let paths = clones.clones.map(\.path)
    var observations = options.ledger == nil ? [] : seen.observations(clones: paths)
    let memory = try memory(of: last.identity)
    if let memory { seen.remember(memory, clones: paths) }
    options.didFinish?(.sightings)
    var reports: [ProvenanceReport] = []
    var doubtful: Set<String> = []
    for index in selection.epochs.indices {
      let (report, judge) = try report(index, of: selection.epochs, seen)
      reports.append(report)
      doubtful.formUnion(judge.doubtfulClones.filter(paths.indices.contains).map { paths[$0] })
      let undated = judge.undatedFiles
      for (clone, path) in paths.enumerated() {
        guard let times = undated[clone] else { continue }
        observations = observations.map { $0.clone == path ? $0.withoutFileTime(among: times) : $0 }
      }
    }
    do throws(LedgerError) {
      // What a wrong clock dates would be believed by runs that know nothing of the clock.
      try memory?.keep(
        observations.map { doubtful.contains($0.clone) ? $0.doubted(at: options.now) : $0 }, now: options.now)
    } catch {
      // The report stands without it.
      notice("what the clones show now was not kept for later runs: \(error.message)")
    }
    var report = Self.joined(reports, epochs: selection.epochs)
    report.trail.integrity = proof.summary
    return report
  }

  /// What earlier runs saw, where there is a ledger.
  private func memory(of repository: RepositoryIdentity) throws(PushtrailError) -> LedgerObservations? {
    guard let ledger = options.ledger else { return nil }
    do throws(LedgerError) {
      return try LedgerObservations(ledger: ledger, repository: repository, names: names)
    } catch {
      throw PushtrailError(error)
    }
  }

  // MARK: - One epoch

  /// The exposure of what a word means in the latest epoch that knows it.
  func exposure(of word: String, _ selection: RepositorySelection) throws(PushtrailError) -> Exposure {
    guard let last = selection.epochs.last else { throw PushtrailError("the trail holds no record of the repository") }
    var seen = try sightings(of: last.identity)
    if let memory = try memory(of: last.identity) { seen.remember(memory, clones: clones.clones.map(\.path)) }
    var failure: ExposureError?
    for index in selection.epochs.indices.reversed() {
      while true {
        let (judge, _, graph) = try judge(index, of: selection.epochs, seen)
        do {
          let exposure = try judge.exposure(of: word)
          if GraphProof.check(graph, of: clones.clones, at: exposure.restsOn) != nil { return withHolders(exposure) }
        } catch {
          failure = failure ?? error
          break
        }
      }
    }
    throw PushtrailError(failure?.message ?? "nothing is known of \(word)", hints: failure?.candidates ?? [])
  }

  /// The exposure with every clone that has the commit, whether or not its files tell how that came there.
  private func withHolders(_ exposure: Exposure) -> Exposure {
    var result = exposure
    result.clones = clones.clones.compactMap { clone in
      exposure.clones.first { $0.clone == clone.path }
        ?? (clone.holds(exposure.commit) ? Exposure.Copy(clone: clone.path, time: nil) : nil)
    }
    return result
  }

  private func report(
    _ index: Int, of epochs: [RepositorySelection.Epoch], _ seen: ClonesSeen
  ) throws(PushtrailError) -> (ProvenanceReport, Judge) {
    let times = epochs[index].events.map(\.time)
    while true {
      let (judge, coverage, graph) = try judge(index, of: epochs, seen)
      var report = judge.report(
        repository: epochs[index].identity,
        trail: TrailSummary(
          files: reading.files, bytes: reading.bytes, records: reading.records,
          codecommitRecords: reading.codecommitRecords, duplicates: trail.duplicates, unreadable: reading.unreadable,
          firstEventTime: times.min(), lastEventTime: times.max(), coverage: coverage.intervals))
      let checked = GraphProof.check(graph, of: clones.clones, at: report.restsOn)
      options.didFinish?(.judgement)
      guard let checked else { continue }
      report.limits += beliefs(checked)
      return (report, judge)
    }
  }

  /// What is taken from commit-graphs unseen, where any is used.
  private func beliefs(_ checked: Int) -> [String] {
    let paths = clones.clones.filter(\.isReadFromCommitGraph).map(\.path)
    guard !paths.isEmpty else { return [] }
    let commits =
      checked == 1 ? "1 commit that the answers rest on was" : "\(checked) commits that the answers rest on were"
    return [
      "History is read from the commit-graph of \(paths.joined(separator: ", ")), as git reads it: \(commits) held against the objects themselves, and of all others it is believed. git fsck checks them all."
    ]
  }

  private func judge(
    _ index: Int, of epochs: [RepositorySelection.Epoch], _ seen: ClonesSeen
  ) throws(PushtrailError) -> (Judge, Coverage, CommitGraph) {
    let epoch = epochs[index]
    let isOnly = epochs.count == 1
    let next = index + 1 < epochs.count ? epochs[index + 1].start : nil
    let ledger = Ledger(
      epoch.events, created: epoch.created,
      stateChanges: RepositoryChanges(epoch, isOnly: isOnly, until: next, names: names).among(stateChanges.changes),
      deletionsArePlain: hasPlainDeletions)
    let coverage = Coverage(
      spans: reading.spans, unreadable: reading.unreadable, stated: options.statedIntervals,
      accountID: epoch.identity.accountID, region: epoch.identity.region, lag: options.deliveryLag,
      delivery: proof.delivery)
    // What was seen belongs to the epoch of its time.
    func isOfEpoch(_ time: Timestamp) -> Bool {
      isOnly || ((next.map { time < $0 } ?? true) && time >= epoch.start)
    }
    let sightings = (seen.sightings + seen.absences(of: ledger)).filter { isOfEpoch($0.latest) }
    options.didFinish?(.ledger)
    let graph = try loadGraph(ledger, coverage, sightings)
    options.didFinish?(.graph)
    var evidence = Evidence(
      ledger: ledger, coverage: coverage, conflicts: trail.conflicts, unreadable: reading.unreadable,
      changedFiles: reading.changed,
      hasPlainDeletions: hasPlainDeletions, graph: graph, sightings: sightings,
      fetches: seen.fetches.filter { isOfEpoch($0.time) },
      doubtfulAbsences: seen.doubtfulAbsences(of: ledger, where: isOfEpoch),
      clones: summaries(seen),
      visibility: seen.visibility,
      seesEverything: seen.seesEverything,
      remoteHeads: seen.remoteHeads, localBranches: seen.localBranches,
      remoteName: seen.remoteName, shallowClones: Set(clones.clones.indices.filter { clones.clones[$0].isShallow }),
      accountID: epoch.identity.accountID.isEmpty ? nil : epoch.identity.accountID,
      region: epoch.identity.region.isEmpty ? nil : epoch.identity.region,
      notes: clones.clones.flatMap(\.notes) + seen.notes + proof.notes + stateChangeNotes + unreadNotes)
    evidence.integrity = proof.evidence
    evidence.former = next.map { Epoch.former(end: epoch.end, next: $0) }
    evidence.trailStart = reading.spans.filter {
      $0.accountID == epoch.identity.accountID && $0.region == epoch.identity.region
    }.map(\.first).min()
    evidence.server = ServerWord(serverCommits, repositoryName: epoch.identity.name)
    var wanted = JudgementOptions(
      since: options.since, until: options.until, clockSkew: options.clockSkew, auditFrom: options.auditFrom,
      commits: options.commits, failOn: options.failOn, excludedPrincipals: Set(options.excludedPrincipals))
    wanted.tellsPlaces = options.tellsPlaces
    return (Judge(evidence, options: wanted), coverage, graph)
  }

  private var stateChangeNotes: [String] {
    guard !options.events.isEmpty else { return [] }
    return stateChanges.notes + [
      "CodeCommit's own events (--events) are delivered at best effort: that there is none of a push proves nothing."
    ]
  }

  /// The server's own word comes first: it tells every parent.
  private var serverEdges: [ToldCommit] {
    serverCommits.commits.map { commit in
      ToldCommit(
        id: commit.id, parents: commit.parents, allParents: true, time: commit.committed.seconds, isOnServer: true)
    }
  }

  private var unreadNotes: [String] {
    var notes: [String] = []
    if reading.leftUnread > 0, let since = options.readSince {
      notes.append(
        "\(reading.leftUnread) log files of days before \(since) were left unread (--read-since): what they tell is not known."
      )
    }
    if reading.leftUnreadElsewhere > 0, let region {
      let files = reading.leftUnreadElsewhere == 1 ? "1 log file" : "\(reading.leftUnreadElsewhere) log files"
      notes.append(
        "\(files) of other regions than \(region), by folder and name, went unread: no record of this repository is known to be delivered there."
      )
    }
    return notes
  }

  private func loadGraph(
    _ ledger: Ledger, _ coverage: Coverage, _ sightings: [Sighting]
  ) throws(PushtrailError) -> CommitGraph {
    // Some come again, which costs less than telling them apart.
    var ids: [ObjectID] = []
    ids.reserveCapacity(ledger.updates.count + sightings.count)
    func ask(_ id: ObjectID?) {
      if let id { ids.append(id) }
    }
    for index in ledger.updates.indices {
      ask(ledger.updates[index].after)
      if ledger.updates[index].isPlain { continue }
      if case .tip(let before) = ledger.updates[index].told { ask(before) }
      ask(ledger.updates[index].change?.mergeSource)
    }
    for (_, told) in ledger.told { ask(told.tip) }
    for change in ledger.unjoined.map(\.change) {
      ask(change.after)
      if case .tip(let before) = change.before { ask(before) }
    }
    for sighting in sightings {
      if case .tip(let tip) = sighting.value { ask(tip) }
    }
    do {
      return try GraphLoader.load(
        clones: clones.clones, ids: ids,
        told: serverEdges + ToldEdges.commits(of: ledger, coverage: coverage))
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
  }

  private func summaries(_ seen: ClonesSeen) -> [CloneSummary] {
    clones.clones.enumerated().map { index, clone in
      var summary = CloneSummary(
        path: clone.path, bare: clone.isBare, complete: clone.incompleteReason == nil,
        incompleteReason: clone.incompleteReason, remote: seen.remotes[index], lastFetch: seen.lastFetches[index],
        refs: clone.refCount)
      summary.isShallow = clone.isShallow
      summary.pushRoute = seen.pushRoutes[index]
      return summary
    }
  }

  // MARK: - Sightings

  private func sightings(of repository: RepositoryIdentity) throws(PushtrailError) -> ClonesSeen {
    var seen = ClonesSeen()
    let names = RepositoryNames(names: names, region: repository.region.isEmpty ? nil : repository.region)
    var covering: [CloneSightings] = []
    for (index, clone) in clones.clones.enumerated() {
      let formerSightings = sightings(of: clone, index, byFormerNames: names)
      let found =
        formerSightings
        ?? clone.sightings(of: names, index: index, now: options.now, fetchedAt: options.fetchedAt)
      seen.sightings += found.sightings
      seen.views += found.views
      seen.fetches += found.fetches
      seen.remoteHeads += found.remoteHeads
      seen.notes += found.notes
      seen.localBranches += clone.ownBranches.map {
        Evidence.LocalBranch(clone: index, ref: $0.name, tip: $0.target)
      }
      seen.remotes.append(found.remotes.first.map { "\($0.name) \(CodeCommitURL.redacted($0.url))" })
      seen.pushRoutes.append(pushRoute(through: found.remotes.first, to: repository, names))
      seen.lastFetches.append(found.lastFetch.map { CloneSummary.LastFetch(time: $0.time, by: $0.dating) })
      if formerSightings != nil { continue }
      if let remote = found.remotes.first, covering.isEmpty { seen.remoteName = remote.name }
      covering.append(found)
    }
    let all = covering
    seen.visibility = { ref in
      if all.contains(where: { $0.covers(ref) }) { return .tracked }
      return ref.isTag ? .notTracked : .notFetched
    }
    for file in options.refsSeen {
      do {
        let listing = try GitStore.RefsSeen(path: file.path, stated: file.time)
        seen.sightings += listing.sightings
        if let view = listing.view { seen.views.append(view) }
      } catch {
        throw PushtrailError(error.message, hints: error.hints)
      }
    }
    seen.seesEverything = seen.views.contains { $0.isProven && $0.showsBranches && $0.showsTags }
    return seen
  }

  /// What a clone saw that knows the repository only by a name that is another one's now: of what it saw since, nobody
  /// knows whose it is. `nil` for every other clone.
  private func sightings(of clone: Clone, _ index: Int, byFormerNames names: RepositoryNames) -> CloneSightings? {
    let former = RepositoryNames(names: Set(formerNames.keys), region: names.region)
    let urls = clone.remotes.map(\.codecommit)
    let times = urls.filter(former.matches).compactMap { url in url.flatMap { formerNames[$0.name] } }
    guard let until = times.min(), !urls.contains(where: names.matches) else { return nil }
    var found = clone.sightings(of: former, index: index, now: options.now, fetchedAt: options.fetchedAt)
    found.forget(since: until - options.clockSkew)
    return found
  }

  private func pushRoute(
    through remote: Remote?, to repository: RepositoryIdentity, _ names: RepositoryNames
  ) -> CloneSummary.PushRoute {
    let url = "codecommit::\(repository.region)://\(repository.name)"
    guard let remote else { return .url(url, elsewhere: nil) }
    if let other = remote.pushURLs.first(where: { !names.matches(CodeCommitURL($0)) }) {
      let isHere = names.matches(remote.codecommit)
      return .url(isHere ? CodeCommitURL.redacted(remote.url) : url, elsewhere: CodeCommitURL.redacted(other))
    }
    return remote.isMirror ? .mirror : .remote
  }

  // MARK: - Epochs joined

  /// Earlier epochs give their pushes and findings; refs and the rest are the last one's.
  private static func joined(
    _ reports: [ProvenanceReport], epochs: [RepositorySelection.Epoch]
  ) -> ProvenanceReport {
    var result = reports[reports.count - 1]
    guard reports.count > 1 else { return result }
    let earlier = reports.dropLast()
    result.pushes = earlier.flatMap(\.pushes) + result.pushes
    result.attempts = earlier.flatMap(\.attempts) + result.attempts
    result.pulls = earlier.flatMap(\.pulls) + result.pulls
    result.trail.firstEventTime = reports.compactMap(\.trail.firstEventTime).min()
    result.trail.lastEventTime = reports.compactMap(\.trail.lastEventTime).max()
    // What is about the trail itself is in every report; it is said once.
    let ofTrail: Set<Rule> = [.trailConflict, .trailGap, .trailTampered, .trailFileAbsent, .trailUnlisted]
    let last = Set(result.findings.filter { $0.ref == nil && $0.eventID == nil }.map(\.message))
    func isNew(_ finding: Finding) -> Bool {
      finding.ref != nil || (!ofTrail.contains(finding.rule) && !last.contains(finding.message))
    }
    result.findings =
      (earlier.flatMap { $0.findings.filter(isNew) } + result.findings)
      .enumerated().sorted { left, right in
        left.element.severity != right.element.severity
          ? left.element.severity > right.element.severity : left.offset < right.offset
      }.map(\.element)
    result.epochs = epochs.map { Epoch(id: $0.identity.id ?? "", start: $0.start, end: $0.end) }
    result.limits.append(
      "The repository was deleted and made again under its name: pushes to an earlier one are judged by what was known when it ended."
    )
    for report in earlier {
      result.summary.pushes += report.summary.pushes
      result.summary.updates += report.summary.updates
      result.summary.byTransition.merge(report.summary.byTransition, uniquingKeysWith: +)
      result.summary.byVerdict.merge(report.summary.byVerdict, uniquingKeysWith: +)
    }
    result.summary.byRule = Dictionary(result.findings.map { ($0.rule, 1) }, uniquingKeysWith: +)
    let results = reports.map(\.summary.result)
    result.summary.result = results.contains(.fail) ? .fail : results.contains(.unverifiable) ? .unverifiable : .pass
    return result
  }
}
