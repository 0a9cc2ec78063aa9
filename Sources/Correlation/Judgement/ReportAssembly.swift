internal import AllCores
internal import GitStore
public import PushModel
internal import RefLedger

extension Judge {
  /// The report of one epoch. `repository` and `trail` describe what was read; everything else is judged here.
  public func report(repository: RepositoryIdentity, trail: TrailSummary) -> ProvenanceReport {
    let judgement = judgement()
    let assembly = ReportAssembly(judgement: judgement)
    var (refs, findings) = AllCores.both {
      assembly.refs()
    } and: {
      self.findings(in: judgement)
    }
    findings = findings.enumerated().sorted { left, right in
      if left.element.severity != right.element.severity { return left.element.severity > right.element.severity }
      if left.element.isProtected != right.element.isProtected { return left.element.isProtected }
      return left.offset < right.offset
    }.map(\.element)
    judgement.serverQuestions.thinOut(&findings)
    var report = ProvenanceReport(
      repository: repository, trail: trail, clones: assembly.clones(), pushes: assembly.pushes(),
      attempts: assembly.attempts(), pulls: assembly.pulls(), refs: refs, limits: assembly.limits(),
      epochs: [], findings: findings, summary: assembly.summary(findings))
    report.goneFromServer = judgement.evidence.server.gone
    report.uncertainRefs = judgement.current.uncertain
    report.restsOn = judgement.restsOn()
    if judgement.options.tellsPlaces { report.places = assembly.places(of: report.namedIDs) }
    AllCores.letGo(judgement)
    return report
  }

  private func findings(in judgement: Judgement) -> [Finding] {
    AllCores.map(defaultRules.count, with: { judgement.asked(by: History(judgement.evidence.graph)) }) {
      judgement, rule in defaultRules[rule].findings(in: judgement)
    }.flatMap(\.self)
  }
}

/// Turns a judgement into the report's own types.
struct ReportAssembly {
  let judgement: Judgement

  private var ledger: Ledger { judgement.ledger }

  func pushes() -> [PushReport] {
    let pushes = judgement.order.filter { judgement.isInScope(ledger.pushes[$0].time) }
    let shares = AllCores.shares(of: pushes.map { 1 + ledger.pushes[$0].updates.count })
    return AllCores.elements(shares, with: {}) { _, index in push(pushes[index]) }
  }

  private func push(_ index: Int) -> PushReport {
    let push = ledger.pushes[index]
    return PushReport(
      event: push.event, advertisement: push.advertisement,
      madeFrom: judgement.witnesses.cloneOfPush[index].map { judgement.evidence.clones[$0].path },
      omitted: push.omitted != nil,
      updates: push.updates.map { listed(judgement.report(of: $0)) })
  }

  /// The update with as many commit ids as `--commits` asks for.
  private func listed(_ update: UpdateReport) -> UpdateReport {
    guard judgement.options.commits == .count else { return update }
    var update = update
    update.removed?.commits = []
    return update
  }

  func attempts() -> [AttemptReport] {
    ledger.attempts.compactMap { attempt in
      guard judgement.isInScope(attempt.event.time) else { return nil }
      return AttemptReport(
        eventID: attempt.event.eventID, action: attempt.event.action, time: attempt.event.time,
        principal: attempt.event.principal, errorCode: attempt.event.errorCode, references: attempt.references)
    }
  }

  func pulls() -> [PullReport] {
    ledger.pulls.enumerated().compactMap { index, pull in
      guard judgement.isInScope(pull.event.time) else { return nil }
      return PullReport(
        eventID: pull.event.eventID, time: pull.event.time, principal: pull.event.principal,
        sourceIPAddress: pull.event.sourceIPAddress, userAgent: pull.event.userAgent,
        dataTransferred: pull.dataTransferred, shallow: pull.shallow, witness: witness(of: index))
    }
  }

  private func witness(of pull: Int) -> PullReport.Witness? {
    guard let index = judgement.witnesses.fetchOfPull[pull] else { return nil }
    let fetch = judgement.witnesses.fetches[index].fetch
    return PullReport.Witness(
      clone: judgement.evidence.clones[fetch.clone].path, time: fetch.time,
      tips: fetch.ids.union(fetch.tips.values).sorted())
  }

  func places(of ids: Set<ObjectID>) -> [ObjectID: UpdateReport.Removed.Commit] {
    RemovedCommits(
      history: judgement.history, current: judgement.current, refs: judgement.refs, clones: judgement.evidence.clones,
      localBranches: judgement.evidence.localBranches
    ).places(of: ids)
  }

  /// The clones; of a FETCH_HEAD whose file time proves nothing, that is how late the fetch may have been.
  func clones() -> [CloneSummary] {
    let undated = judgement.witnesses.undatedFileTimes
    return judgement.evidence.clones.enumerated().map { index, clone in
      var clone = clone
      if let last = clone.lastFetch, last.by == .fetchHead, undated[index]?.contains(last.time) ?? false {
        clone.lastFetch?.by = .content
      }
      return clone
    }
  }

  // MARK: - Refs

  func refs() -> [RefReport] {
    let unattributed = UnattributedCount(judgement)
    return judgement.refs.enumerated().map { index, knowledge in
      let timeline = knowledge.timeline
      let latest = knowledge.latest
      var seen: RefReport.Seen?
      if let latest {
        var tip: ObjectID?
        if case .tip(let id) = latest.sighting.value { tip = id }
        seen = RefReport.Seen(
          tip: tip, earliest: latest.sighting.earliest, latest: latest.sighting.latest, by: latest.sighting.source)
      }
      let values = timeline.groups.isEmpty ? [] : Array(timeline.values(atPosition: timeline.groups.count))
      let known = values.filter { !$0.isUnknown }
      return RefReport(
        ref: knowledge.ref, protected: knowledge.isProtected, span: span(knowledge), ledgerTip: knowledge.ledgerTip,
        possible: known.count > 1 ? known.map(\.tip) : nil, seen: seen, state: knowledge.state,
        unattributed: unattributed.count(of: index))
    }
  }

  /// From the ref's first logged update to its last known state.
  private func span(_ knowledge: RefKnowledge) -> RefReport.Span? {
    let items = knowledge.timeline.items
    guard let first = items.first, let last = items.last else { return nil }
    let seen = knowledge.latest.map { $0.sighting.earliest ?? last.time } ?? last.time
    // What lies past coverage was seen, but not audited.
    let audited = judgement.coverage.effectiveEnd.map { min(seen, $0) } ?? last.time
    return RefReport.Span(start: first.time, end: max(last.time, audited))
  }

  // MARK: - Limits

  func limits() -> [String] {
    var limits: [String] = []
    let coverage = judgement.coverage
    if coverage.intervals.contains(where: { $0.basis == .assumed }) {
      limits.append(
        "Coverage is \(coverage.intervals.contains { $0.basis == .digest } ? "in part " : "")assumed from the log files that are here: a file that was never copied leaves no trace. \"First logged with this push\" is not \"brought by this push\"."
      )
    }
    if coverage.isEmpty {
      limits.append(
        "Nothing shows which time the trail covers (it holds no log file of CloudTrail's own, and none is stated): it proves what it holds, and nothing by what it lacks."
      )
    }
    limits.append(
      "Exact attribution trusts committer dates, which are the client's word, and that every record was delivered.")
    limits.append(
      "Except for pushes that race, a push whose record has no error is taken to have moved its refs: CodeCommit is assumed to log every other refusal with an errorCode."
    )
    limits += serverLimits()
    limits += protectionLimits()
    let hidden = judgement.current.uncertain
    if !hidden.isEmpty {
      limits.append(
        "The last known state of \(Phrase.count(hidden.count, "ref")) is in no clone or has an incomplete history: what they hold is not known."
      )
    }
    for clone in judgement.witnesses.suspects.sorted() where judgement.evidence.clones.indices.contains(clone) {
      limits.append(
        "What clone \(judgement.evidence.clones[clone].path) saw is undated: by its clock it fetched when no such pull is logged, or pushed or saw what the log has at another time."
      )
    }
    return limits + judgement.evidence.notes
  }

  private func serverLimits() -> [String] {
    let server = judgement.evidence.server
    var limits: [String] = []
    if server.commits > 0 {
      limits.append(
        "What the server said of \(Phrase.count(server.commits, "commit")) (--server-commits) is taken at its word: a clone's own objects prove themselves, an answer does not."
      )
    }
    if !server.gone.isEmpty {
      let ids = server.gone.sorted()
      limits.append(
        "The server says that it does not have \(ids.prefix(10).map(\.short).joined(separator: ", "))"
          + (ids.count > 10 ? " and \(ids.count - 10) more" : "") + ": they can come only from somebody's clone.")
    }
    return limits
  }

  /// A repository none of whose branches is protected: a force push of its default branch would be a warning.
  private func protectionLimits() -> [String] {
    let branches = judgement.refs.filter(\.ref.isBranch)
    guard !branches.isEmpty, !branches.contains(where: \.isProtected) else { return [] }
    return [
      "No branch is protected: nothing here tells which one is the default, and none is main or master, so that a force push of any is a warning. \(SettleCommands(judgement).noteDefaultBranch()) notes the default for the next run."
    ]
  }

  // MARK: - Summary

  func summary(_ findings: [Finding]) -> Summary {
    var transitions: [Transition: Int] = [:]
    var verdicts: [Verdict: Int] = [:]
    var rules: [Rule: Int] = [:]
    for index in judgement.scope {
      transitions[judgement.outcomes[index].transition, default: 0] += 1
      if let verdict = judgement.outcomes[index].verdict { verdicts[verdict, default: 0] += 1 }
    }
    for finding in findings { rules[finding.rule, default: 0] += 1 }
    let pushes = judgement.order.filter { judgement.isInScope(ledger.pushes[$0].time) }.count
    let result: Summary.Result =
      if findings.contains(where: { $0.severity >= judgement.options.failOn }) {
        .fail
      } else if findings.contains(where: \.countsAsUnknown) {
        .unverifiable
      } else {
        .pass
      }
    return Summary(
      pushes: pushes, updates: judgement.scope.count, byTransition: transitions, byVerdict: verdicts, byRule: rules,
      result: result)
  }
}
