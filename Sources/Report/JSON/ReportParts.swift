internal import Correlation
internal import PushModel
internal import RefLedger

/// Each part of the report, the same in the document and line by line.
extension JSONWriter {
  private mutating func strings(_ name: StaticString, _ values: [String], inline: Bool = false) throws(Failure) {
    try beginArray(name, inline: inline)
    for value in values { try string(nil, value) }
    end()
  }

  private mutating func ids(_ name: StaticString, _ values: [ObjectID]) throws(Failure) {
    try beginArray(name)
    for value in values { try id(nil, value) }
    end()
  }

  /// A `nil` member says that the ref may not have existed.
  private mutating func tips(_ name: StaticString, ifPresent values: [ObjectID?]?) throws(Failure) {
    guard let values else { return }
    try beginArray(name)
    for value in values {
      if let value { try id(nil, value) } else { try null() }
    }
    end()
  }

  mutating func write(_ repository: RepositoryIdentity) throws(Failure) {
    try beginObject("repository")
    try string("name", repository.name)
    try string("id", ifPresent: repository.id)
    try string("accountId", repository.accountID)
    try string("region", repository.region)
    try string("partition", repository.partition)
    end()
  }

  mutating func write(_ trail: TrailSummary) throws(Failure) {
    try beginObject("trail")
    try number("files", trail.files)
    try number("bytes", Int(trail.bytes))
    try number("records", trail.records)
    try number("codecommitRecords", trail.codecommitRecords)
    try number("duplicates", trail.duplicates)
    try beginArray("unreadable")
    for place in trail.unreadable {
      try beginObject()
      try string("path", place.path)
      if let record = place.record { try number("record", record) }
      if let offset = place.offset { try number("offset", Int(offset)) }
      try string("reason", place.reason)
      end()
    }
    end()
    try time("firstEventTime", ifPresent: trail.firstEventTime)
    try time("lastEventTime", ifPresent: trail.lastEventTime)
    try beginArray("coverage")
    for interval in trail.coverage {
      try beginObject(inline: true)
      try time("start", interval.start)
      try time("end", interval.end)
      try string("basis", interval.basis.rawValue)
      end()
    }
    end()
    if let integrity = trail.integrity { try write(integrity) }
    end()
  }

  mutating func write(_ integrity: IntegritySummary) throws(Failure) {
    try beginObject("integrity")
    try flag("publicKeys", integrity.publicKeys)
    try beginArray("chains")
    for chain in integrity.chains {
      try beginObject()
      try string("trail", chain.trail)
      try flag("backfill", chain.backfill)
      try beginObject("digests", inline: true)
      try number("authentic", chain.authentic)
      try number("consistent", chain.consistent)
      try number("unproven", chain.unproven)
      try number("changed", chain.changed)
      end()
      try number("logs", chain.logs)
      try beginArray("intervals")
      for interval in chain.intervals {
        try beginObject(inline: true)
        try time("start", interval.start)
        try time("end", interval.end)
        try string("proof", interval.proof.rawValue)
        end()
      }
      end()
      end()
    }
    end()
    end()
  }

  mutating func write(_ clone: CloneSummary) throws(Failure) {
    try beginObject()
    try string("path", clone.path)
    try flag("bare", clone.bare)
    try flag("complete", clone.complete)
    try string("incompleteReason", ifPresent: clone.incompleteReason)
    try string("remote", ifPresent: clone.remote)
    if let fetch = clone.lastFetch {
      try beginObject("lastFetch", inline: true)
      try time("time", fetch.time)
      try string("by", fetch.by.rawValue)
      end()
    }
    try number("refs", clone.refs)
    end()
  }

  mutating func write(_ principal: Principal) throws(Failure) {
    try beginObject("principal")
    try string("type", principal.type)
    try string("name", principal.name)
    try string("arn", ifPresent: principal.arn)
    try string("accountId", ifPresent: principal.accountID)
    try string("accessKeyId", ifPresent: principal.accessKeyID)
    try string("role", ifPresent: principal.role)
    try string("session", ifPresent: principal.session)
    try string("sourceIdentity", ifPresent: principal.sourceIdentity)
    if let mfa = principal.mfa { try flag("mfa", mfa) }
    end()
  }

  mutating func write(_ push: PushReport, _ name: StaticString? = nil) throws(Failure) {
    try beginObject(name)
    try string("eventID", push.eventID)
    try string("advertisementEventID", ifPresent: push.advertisementEventID)
    try string("action", push.action)
    try time("time", push.time)
    try write(push.principal)
    try string("sourceIPAddress", push.sourceIPAddress)
    try string("userAgent", push.userAgent)
    try string("protocol", ifPresent: push.gitProtocol)
    try string("madeFrom", ifPresent: push.madeFrom)
    if push.omitted { try flag("omitted", true) }
    try beginArray("updates")
    for update in push.updates { try write(update) }
    end()
    end()
  }

  mutating func write(_ update: UpdateReport) throws(Failure) {
    try beginObject()
    try string("ref", update.ref.rawValue)
    try beginObject("before")
    try id("tip", ifPresent: update.before.tip)
    try string("source", update.before.source.rawValue)
    try tips("possible", ifPresent: update.before.possible)
    end()
    try id("after", ifPresent: update.after)
    try string("transition", update.transition.rawValue)
    try string("proof", ifPresent: update.proof?.rawValue)
    try string("landed", update.landed.rawValue)
    try string("reason", ifPresent: update.reason?.rawValue)
    try string("tip", update.tip.rawValue)
    try string("verdict", ifPresent: update.verdict?.rawValue)
    try string("verdictReason", ifPresent: update.verdictReason?.rawValue)
    if let dropped = update.droppedBy {
      try beginObject("droppedBy")
      try string("eventID", dropped.eventID)
      try string("certainty", dropped.certainty.rawValue)
      end()
    }
    try string("elsewhere", ifPresent: update.elsewhere?.rawValue)
    try string("mergedBy", ifPresent: update.mergedBy)
    if let introduced = update.introduced {
      try beginObject("introduced")
      try number("count", introduced.count)
      try number("atOrBefore", introduced.atOrBefore)
      try ids("commits", introduced.commits)
      if let others = introduced.atOrBeforeCommits { try ids("atOrBeforeCommits", others) }
      end()
    }
    if let removed = update.removed {
      try beginObject("removed")
      try number("count", removed.count)
      try flag("upperBound", removed.upperBound)
      if removed.incomplete { try flag("incomplete", true) }
      try beginArray("commits")
      for commit in removed.commits {
        try beginObject(inline: true)
        try id("id", commit.id)
        try string("survival", commit.survival.rawValue)
        if let refs = commit.refs { try strings("refs", refs) }
        end()
      }
      end()
      end()
    }
    end()
  }

  mutating func write(_ attempt: AttemptReport, _ name: StaticString? = nil) throws(Failure) {
    try beginObject(name)
    try string("eventID", attempt.eventID)
    try string("action", attempt.action)
    try time("time", attempt.time)
    try write(attempt.principal)
    try string("errorCode", ifPresent: attempt.errorCode)
    try strings("references", attempt.references)
    end()
  }

  mutating func write(_ pull: PullReport, _ name: StaticString? = nil) throws(Failure) {
    try beginObject(name)
    try string("eventID", pull.eventID)
    try time("time", pull.time)
    try write(pull.principal)
    try string("sourceIPAddress", pull.sourceIPAddress)
    try string("userAgent", pull.userAgent)
    try flag("dataTransferred", pull.dataTransferred)
    if let shallow = pull.shallow { try flag("shallow", shallow) }
    if let witness = pull.witness {
      try beginObject("witness")
      try string("clone", witness.clone)
      try time("time", witness.time)
      try ids("tips", witness.tips)
      end()
    }
    end()
  }

  mutating func write(_ ref: RefReport, _ name: StaticString? = nil) throws(Failure) {
    try beginObject(name)
    try string("ref", ref.ref.rawValue)
    try flag("protected", ref.protected)
    if let span = ref.span {
      try beginObject("span", inline: true)
      try time("start", span.start)
      try time("end", span.end)
      end()
    }
    try id("ledgerTip", ifPresent: ref.ledgerTip)
    try tips("possible", ifPresent: ref.possible)
    if let seen = ref.seen {
      try beginObject("seen")
      try id("tip", ifPresent: seen.tip)
      try time("earliest", ifPresent: seen.earliest)
      try time("latest", ifPresent: seen.latest)
      try string("by", seen.by.rawValue)
      end()
    }
    try string("state", ref.state.rawValue)
    try beginObject("unattributed")
    try number("count", ref.unattributed.count)
    try ids("commits", ref.unattributed.commits)
    end()
    end()
  }

  mutating func write(_ epoch: Epoch, _ name: StaticString? = nil) throws(Failure) {
    try beginObject(name, inline: true)
    try string("id", epoch.id)
    try time("start", epoch.start)
    try time("end", ifPresent: epoch.end)
    end()
  }

  mutating func write(_ finding: Finding, _ name: StaticString? = nil) throws(Failure) {
    try beginObject(name)
    try string("rule", finding.rule.rawValue)
    try string("severity", finding.severity.rawValue)
    try string("message", finding.message)
    try string("ref", ifPresent: finding.ref?.rawValue)
    try string("eventID", ifPresent: finding.eventID)
    try ids("commits", finding.commits)
    try strings("evidence", finding.evidence)
    if !finding.settle.isEmpty { try strings("settle", finding.settle) }
    end()
  }

  mutating func write(_ summary: Summary) throws(Failure) {
    try beginObject("summary")
    try number("pushes", summary.pushes)
    try number("updates", summary.updates)
    try beginObject("byTransition")
    for transition in Transition.allCases { try writeCount(transition.rawValue, summary.byTransition[transition]) }
    end()
    try beginObject("byVerdict")
    for verdict in Verdict.allCases { try writeCount(verdict.rawValue, summary.byVerdict[verdict]) }
    end()
    try beginObject("byRule")
    for rule in Rule.allCases { try writeCount(rule.rawValue, summary.byRule[rule]) }
    end()
    try string("result", summary.result.rawValue)
    end()
  }

  /// Zero counts are left out.
  private mutating func writeCount(_ name: String, _ count: Int?) throws(Failure) {
    if let count, count != 0 { try self.count(named: name, count) }
  }
}
