internal import Correlation
internal import PushModel
internal import RefLedger

/// The phrases that screens and pages share. Nothing here is escaped: the page that prints it does that.
enum Wording {
  static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
  }

  /// The person, and for an assumed role the role: `alice (role Developer)`.
  static func who(_ principal: Principal) -> String {
    var name = principal.name
    if name.isEmpty { name = principal.sourceIdentity ?? principal.arn ?? principal.type }
    var notes: [String] = []
    if let role = principal.role, role != name { notes.append("role \(role)") }
    if let identity = principal.sourceIdentity, identity != name { notes.append("as \(identity)") }
    if principal.type == "Root", name.lowercased() != "root" { notes.append("root") }
    return notes.isEmpty ? name : "\(name) (\(notes.joined(separator: ", ")))"
  }

  /// `main`, `tag v1.0`, `refs/notes/commits`.
  static func name(_ ref: RefName) -> String { ref.isTag ? "tag \(ref.shorthand)" : ref.shorthand }

  static func mark(_ transition: Transition) -> String {
    switch transition {
    case .created: "+"
    case .fastForward: ">"
    case .forced: "!"
    case .deleted: "x"
    case .unchanged: "="
    case .unknown: "?"
    }
  }

  /// `OLD..NEW`, with `(none)` for a ref that did not exist and `(unknown)` where nothing tells.
  static func range(_ update: UpdateReport, digits: Int = 12) -> String {
    let old = update.before.tip.map { String($0.hex.prefix(digits)) }
    let new = update.after.map { String($0.hex.prefix(digits)) }
    return (old ?? (update.before.source == .unknown ? "(unknown)" : "(none)")) + ".." + (new ?? "(none)")
  }

  /// How many commits the update brought: `3`, or `<=3` where some may have been there earlier.
  static func commits(_ update: UpdateReport) -> String {
    var text = ""
    if let introduced = update.introduced {
      text = (introduced.atOrBefore > 0 ? "<=" : "") + String(introduced.count)
    }
    if let removed = update.removed, removed.count > 0 {
      text += (text.isEmpty ? "" : " ") + "-" + bound(removed) + String(removed.count)
    }
    return text
  }

  /// In how far a number of removed commits may be off.
  private static func bound(_ removed: UpdateReport.Removed) -> String {
    removed.incomplete ? (removed.upperBound ? "~" : ">=") : removed.upperBound ? "<=" : ""
  }

  static func boundWords(_ removed: UpdateReport.Removed) -> String {
    removed.incomplete ? (removed.upperBound ? "about " : "at least ") : removed.upperBound ? "up to " : ""
  }

  static func verdict(_ update: UpdateReport) -> String {
    if update.landed == .no { return "refused" }
    guard let verdict = update.verdict else { return "" }
    if verdict == .unverifiable, let reason = update.verdictReason { return "unverifiable (\(reason.rawValue))" }
    return verdict.rawValue
  }

  static func transition(_ update: UpdateReport) -> String {
    if update.transition == .unknown, let reason = update.reason { return "unknown (\(reason.rawValue))" }
    return update.transition.rawValue
  }

  // MARK: The trail

  static func basis(_ basis: Coverage.Basis) -> String {
    switch basis {
    case .digest: "proved by digest files"
    case .stated: "stated with --coverage"
    case .assumed: "assumed from the log files here"
    }
  }

  static func coverage(_ intervals: [CoverageInterval]) -> String {
    if intervals.isEmpty { return "none: no stretch of time is known to be described whole" }
    return intervals.map { "\($0.start) to \($0.end), \(basis($0.basis))" }.joined(separator: "; ")
  }

  /// One line a chain.
  static func integrity(_ integrity: IntegritySummary) -> [String] {
    integrity.chains.map { chain in
      let digests = chain.authentic + chain.consistent + chain.unproven + chain.changed
      let kinds = [
        (chain.authentic, "authentic"), (chain.consistent, "consistent"), (chain.unproven, "unproven"),
        (chain.changed, "changed"),
      ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      return
        "\(count(digests, "digest file")) of trail \(chain.trail)\(chain.backfill ? ", backfill" : "") (\(kinds.joined(separator: ", "))), \(count(chain.logs, "log file")) as they list \(chain.logs == 1 ? "it" : "them")\(integrity.publicKeys ? "" : "; no public keys given")"
    }
  }

  static func repository(_ repository: RepositoryIdentity) -> String {
    "\(repository.name) (account \(repository.accountID), \(repository.region))"
  }

  static func trail(_ trail: TrailSummary) -> String {
    var text =
      "\(count(trail.files, "file")), \(count(trail.records, "record")), \(trail.codecommitRecords) of CodeCommit"
    if trail.duplicates > 0 { text += ", \(count(trail.duplicates, "duplicate")) dropped" }
    if !trail.unreadable.isEmpty { text += ", \(count(trail.unreadable.count, "unreadable place"))" }
    return text
  }

  static func clone(_ clone: CloneSummary) -> String {
    var parts: [String] = []
    if clone.bare { parts.append("bare") }
    parts.append(clone.complete ? "complete" : "incomplete" + (clone.incompleteReason.map { " (\($0))" } ?? ""))
    parts.append(count(clone.refs, "ref"))
    if let remote = clone.remote { parts.append("remote \(remote)") }
    if let fetch = clone.lastFetch { parts.append("last fetch \(fetch.time) (by \(fetch.by.rawValue))") }
    return parts.joined(separator: ", ")
  }

  static func place(_ place: UnreadablePlace) -> String {
    var text = place.path
    if let record = place.record { text += ", record \(record)" }
    if let offset = place.offset { text += ", byte \(offset)" }
    return "\(text): \(place.reason)"
  }

  // MARK: Refs

  static func tip(of seen: RefReport.Seen) -> String {
    var text = seen.tip?.short ?? "absent"
    switch (seen.earliest, seen.latest) {
    case (let earliest?, let latest?) where earliest != latest: text += " between \(earliest) and \(latest)"
    case (_, let latest?): text += " at \(latest)"
    case (let earliest?, nil): text += " after \(earliest)"
    case (nil, nil): break
    }
    return text + " (\(seen.by.rawValue))"
  }

  static func span(_ ref: RefReport) -> String {
    guard let span = ref.span else { return "no audited span: no logged update" }
    return "audited \(span.start) to \(span.end)"
  }

  static func state(_ state: RefState) -> String {
    switch state {
    case .reconciled: "reconciled"
    case .trailBehind: "trail behind the clone"
    case .cloneBehind: "clone behind the trail"
    case .beforeCoverage: "older than the trail"
    case .refNotFetched: "not fetched by any clone"
    case .notTracked: "not tracked by any clone"
    case .timeUnproven: "seen at an unproven time"
    case .trailGap: "gap in the trail"
    case .order: "order of updates unknown"
    case .race: "a push may have been refused"
    case .possibleDeletion: "may have been deleted"
    case .referencesOmitted: "a record's references were omitted"
    case .unloggedUpdate: "an update is not logged"
    }
  }

  // MARK: The result

  /// Of a finding that keeps the result from being a pass.
  static let open = "(could hide a failure)"

  static func result(_ result: Summary.Result) -> String {
    switch result {
    case .pass: "PASS"
    case .fail: "FAIL"
    case .unverifiable: "UNVERIFIABLE"
    }
  }

  static func counts(_ report: ProvenanceReport) -> String {
    let summary = report.summary
    var text = "\(count(summary.pushes, "push", "pushes")), \(count(summary.updates, "ref update"))"
    let verdicts = Verdict.allCases.compactMap { verdict in
      summary.byVerdict[verdict].flatMap { $0 > 0 ? "\($0) \(verdict.rawValue)" : nil }
    }
    if !verdicts.isEmpty { text += ": " + verdicts.joined(separator: ", ") }
    return text + "; " + findings(report)
  }

  static func findings(_ report: ProvenanceReport) -> String {
    if report.findings.isEmpty { return "no findings" }
    return Severity.allCases.reversed().compactMap { severity in
      let number = report.findings.count { $0.severity == severity }
      return number > 0 ? count(number, severity.rawValue) : nil
    }.joined(separator: ", ")
  }

  /// What was looked at, where nothing was found.
  static func verified(_ report: ProvenanceReport) -> String {
    let summary = report.summary
    let refs = Set(report.pushes.flatMap { $0.updates.map(\.ref) }).count
    var text = "Nothing found in \(count(summary.pushes, "push", "pushes")) "
    text += "(\(count(summary.updates, "update")) of \(count(refs, "ref")))"
    // Of what was judged: the trail may tell of more, before --since and after --until.
    let times = report.pushes.map(\.time)
    if let first = times.min(), let last = times.max() {
      text += first == last ? ", logged at \(first)" : ", logged from \(first) to \(last)"
    }
    text += ". Coverage: \(coverage(report.trail.coverage))."
    if summary.result == .unverifiable { text += " Something in scope could not be checked, so this is no pass." }
    return text
  }

  /// "brought by" is a claim that a file nobody copied could prove wrong; on assumed coverage people read less.
  static func attribution(_ basis: Coverage.Basis?) -> String {
    switch basis {
    case .digest, .stated: "brought by this push"
    case .assumed, nil: "first logged with this push"
    }
  }
}
