internal import Correlation
internal import FoundationEssentials
internal import LedgerStore
internal import PushModel
internal import RefLedger
internal import TrailIntegrity

/// What the digest files in the trail that was given prove of one account's and region's log files (DESIGN 6).
struct TrailProof: Sendable {
  /// `nil` where no digest file is of that account and region.
  var summary: IntegritySummary?
  var evidence: IntegrityEvidence?
  var delivery = DeliveryProof()
  /// In words: what the report cannot tell.
  var notes: [String] = []
  /// `nil` where no log file is proved.
  private(set) var records: ProvedRecords?

  init(_ options: Options, _ reading: TrailReading, accountID: String, region: String) throws(PushtrailError) {
    let report: IntegrityReport
    do throws(IntegrityError) {
      // A list of keys that cannot be read is an error also where there is nothing to check with it.
      let verifier = try IntegrityVerifier(publicKeys: options.publicKeys, digestMetadata: options.digestMetadata)
      guard reading.hasDigests else {
        if options.publicKeys != nil {
          lacksDigests("no digest file lies in the trail", accountID: accountID, region: region)
        } else if options.digestMetadata != nil {
          notes.append("No digest file lies in the trail: there was nothing to check with --digest-metadata.")
        }
        return
      }
      report = try verifier.verify(
        paths: options.trail, place: IntegrityVerifier.Place(accountID: accountID, region: region))
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
    if report.chains.isEmpty, report.problems.isEmpty {
      if options.publicKeys != nil {
        lacksDigests(
          "no digest file of this account and region lies in the trail", accountID: accountID, region: region)
      }
      notes.append(
        options.ledger == nil
          ? "The digest files in the trail are of other accounts or regions: they prove nothing of this one."
          : "Digest files lay beside the log files that the ledger was made of, and a ledger keeps none: what they prove is not used. --trail with the folder that holds both checks it."
      )
      return
    }
    let kept = try Self.kept(report, options)
    notes += report.notes
    delivery.whole = report.chains.flatMap(\.checked).compactMap { Self.read($0, reading) }
    let problems = kept.problems.map { problem in
      (problem: problem, delivered: Self.lacking(problem, beside: delivery.whole, options))
    }
    delivery.lacking = problems.compactMap(\.delivered)
    summary = IntegritySummary(report)
    if !report.provedLogs.isEmpty {
      records = ProvedRecords(
        report, spans: reading.spans, files: try Self.namedAsRead(report, options), lag: options.deliveryLag,
        begins: reading.begins)
    }
    evidence = IntegrityEvidence(
      problems: problems.map { problem, delivered in
        IntegrityEvidence.Problem(
          rule: problem.rule.rule, severity: problem.severity == .error ? .error : .warning,
          message: Self.clause(problem.message), files: problem.files,
          blind: delivered.map { Coverage.blinded(by: $0, lag: options.deliveryLag) },
          settle: problem.settle)
      }, unchecked: report.unchecked)
    if let inLedger = Self.inLedgerAlone(kept.held, options) {
      // With keys only what CloudTrail signed counts, and the file whose hash it signed is not here to be hashed.
      if report.hasPublicKeys {
        evidence?.problems.append(inLedger)
      } else {
        notes.append("\(inLedger.message.prefix(1).uppercased())\(inLedger.message.dropFirst()).")
      }
    }
  }

  /// With keys only what CloudTrail signed counts, and that is nothing.
  private mutating func lacksDigests(_ what: String, accountID: String, region: String) {
    let folder =
      "AWSLogs/\(accountID.isEmpty ? "ACCOUNT" : accountID)/CloudTrail-Digest/\(region.isEmpty ? "" : region + "/")"
    evidence = IntegrityEvidence(
      problems: [
        IntegrityEvidence.Problem(
          rule: .evidenceIncomplete, severity: .warning, message: "\(what): --public-keys has nothing to check",
          files: [], isRestedOn: true,
          settle:
            "aws s3 sync \(ShellWord.quoted("s3://TRAIL-BUCKET/" + folder)) \(ShellWord.quoted("TRAIL/" + folder))")
      ], unchecked: [])
  }

  /// Holds the records of one repository against what is proved: one that rests on a file that no digest file lists makes that
  /// file's finding count, or is one.
  mutating func weigh(_ unlisted: [TrailEvent], setAside: [TrailEvent]) {
    guard let records, var evidence else { return }
    let files = Set(unlisted.map(\.location.file))
    var named: Set<String> = []
    for index in evidence.problems.indices where evidence.problems[index].rule == .trailUnlisted {
      let mine = files.intersection(evidence.problems[index].files)
      if !mine.isEmpty { evidence.problems[index].isRestedOn = true }
      named.formUnion(mine)
    }
    let rest = [
      Problem.unlisted(records: unlisted.filter(records.isVoid), areVoid: true),
      Problem.unlisted(records: unlisted.filter { !records.isVoid($0) && !named.contains($0.location.file) }),
      Problem.setAside(records: setAside),
    ]
    for case let problem? in rest {
      evidence.problems.append(
        IntegrityEvidence.Problem(
          rule: problem.rule.rule, severity: .warning, message: Self.clause(problem.message), files: problem.files,
          isRestedOn: true))
    }
    self.evidence = evidence
  }

  /// The proved log files by the names that their records have: those of the trail, and of the same files in a ledger.
  private static func namedAsRead(
    _ report: IntegrityReport, _ options: Options
  ) throws(PushtrailError) -> Set<String> {
    let names = Set(report.provedLogs.keys)
    guard let ledger = options.ledger else { return names }
    let contents = Dictionary(
      report.provedLogs.map { (base($0.key), Set([$0.value])) }, uniquingKeysWith: { $0.union($1) })
    do throws(LedgerError) {
      let kept = try LedgerNames(ledger: ledger).names(of: contents)
      return names.subtracting(kept.others).union(kept.same)
    } catch {
      throw PushtrailError(error)
    }
  }

  /// The part of a stretch whose log files were read: digest files are checked also of days that were left unread.
  private static func read(_ range: ClosedRange<Timestamp>, _ reading: TrailReading) -> ClosedRange<Timestamp>? {
    guard let begins = reading.begins else { return range }
    return begins <= range.upperBound ? max(range.lowerBound, begins)...range.upperBound : nil
  }

  /// The time of delivery of which a problem leaves nothing proved. What another trail's digest files prove is not lacking,
  /// nor what the user vouches for, unless a file shows that he is wrong.
  private static func lacking(
    _ problem: Problem, beside whole: [ClosedRange<Timestamp>], _ options: Options
  ) -> ClosedRange<Timestamp>? {
    guard problem.rule != .unlisted, let start = problem.start, let end = problem.end else { return nil }
    let range = min(start, end)...max(start, end)
    if whole.contains(where: { $0.contains(range) }) { return nil }
    let blind = Coverage.blinded(by: range, lag: options.deliveryLag)
    return problem.rule == .gap && options.statedCoverage.contains { $0.contains(blind) } ? nil : range
  }

  /// Log files that a ledger has are not lost when they are no longer in the trail beside it.
  private static func kept(
    _ report: IntegrityReport, _ options: Options
  ) throws(PushtrailError) -> (problems: [Problem], held: [Problem]) {
    guard let ledger = options.ledger else { return (report.problems, []) }
    let absent = report.problems.filter { $0.rule == .fileAbsent || $0.rule == .gap }
    let names = Set(absent.flatMap(\.files).map(base))
    guard !names.isEmpty else { return (report.problems, []) }
    let held: Set<String>
    do throws(LedgerError) {
      held = try LedgerNames(ledger: ledger).held(of: names)
    } catch {
      throw PushtrailError(error)
    }
    func isHeld(_ problem: Problem) -> Bool {
      (problem.rule == .fileAbsent || problem.rule == .gap) && !problem.files.isEmpty
        && problem.files.allSatisfy { held.contains(base($0)) }
    }
    return (report.problems.filter { !isHeld($0) }, report.problems.filter(isHeld))
  }

  /// One problem for all log files that only a ledger has.
  private static func inLedgerAlone(_ problems: [Problem], _ options: Options) -> IntegrityEvidence.Problem? {
    let files = problems.flatMap(\.files)
    guard !files.isEmpty else { return nil }
    let starts = problems.compactMap(\.start)
    let ends = problems.compactMap(\.end)
    let blind = starts.min().flatMap { start in
      ends.max().map { Coverage.blinded(by: start...max(start, $0), lag: options.deliveryLag) }
    }
    return IntegrityEvidence.Problem(
      rule: .evidenceIncomplete, severity: .warning,
      message:
        "\(files.count) log \(files.count == 1 ? "file" : "files") that digest files list \(files.count == 1 ? "is" : "are") in the ledger alone: what the ledger got was not checked by them",
      files: files, blind: blind, settle: problems.count == 1 ? problems[0].settle : nil)
  }

  private static func base(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// A sentence as findings have it.
  private static func clause(_ sentence: String) -> String {
    var text = sentence
    if text.hasSuffix(".") { text.removeLast() }
    guard let first = text.first else { return text }
    return first.lowercased() + text.dropFirst()
  }
}

extension Problem.Rule {
  fileprivate var rule: Rule {
    switch self {
    case .tampered: .trailTampered
    case .fileAbsent: .trailFileAbsent
    case .gap: .trailGap
    case .unlisted: .trailUnlisted
    }
  }
}

extension IntegritySummary {
  fileprivate init(_ report: IntegrityReport) {
    self.init(
      publicKeys: report.hasPublicKeys,
      chains: report.chains.map { chain in
        Chain(
          trail: chain.trail, backfill: chain.isBackfill, authentic: chain.authentic, consistent: chain.consistent,
          unproven: chain.unproven, changed: chain.tampered, logs: chain.logs,
          intervals: chain.intervals.map { interval in
            Interval(start: interval.start, end: interval.end, proof: interval.proof.summarized)
          })
      })
  }
}

extension TrailIntegrity.Proof {
  fileprivate var summarized: IntegritySummary.Proof {
    switch self {
    case .unproven: .unproven
    case .consistent: .consistent
    case .authentic: .authentic
    }
  }
}
