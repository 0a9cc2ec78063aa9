internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import PushModel
internal import Pushtrail
internal import Report
internal import TrailIntegrity

struct Integrity: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check CloudTrail's log files by its digest files, offline.",
    discussion: """
      Reads the digest files (CloudTrail-Digest folders) in the trail and checks that they form unbroken chains, that \
      every log file that they list is here and unchanged, and that no log file, and no CodeCommit record, is here that they do not list. With \
      --public-keys it checks CloudTrail's signatures too.

        aws cloudtrail list-public-keys --region HOME-REGION --start-time 2024-01-01 > keys.json
        git pushtrail integrity --trail /var/cloudtrail --public-keys keys.json

      A digest file's signature stands in the next digest file. That of the newest is in its S3 metadata alone, which a \
      copy does not keep: save it with aws s3api head-object, and give --digest-metadata a JSON object from S3 names \
      to the value of x-amz-meta-signature, or to what head-object prints.

      EXIT CODES
        0   the digest files and all that they list hold
        1   something was changed, or is not here although files of the same day are
        2   could not run: bad input, no digest file
        3   nothing of that, but something is unproven: days not copied, a chain that began again, log files or \
      records that no digest file lists, a key that was not given
        64  usage
      """)

  @Option(
    help: ArgumentHelp(
      "A folder of CloudTrail's files. Repeatable. Default: pushtrail.trail of git's configuration.", valueName: "path")
  )
  var trail: [String] = []

  @Option(
    help: ArgumentHelp(
      "What aws cloudtrail list-public-keys printed. Default: pushtrail.publicKeys.", valueName: "file"))
  var publicKeys: String?

  @Option(
    help: ArgumentHelp("Saved S3 metadata of digest files. Default: pushtrail.digestMetadata.", valueName: "file"))
  var digestMetadata: String?

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format: TextOrJSON = .text

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      let defaults = ConfiguredDefaults(GitConfiguration.current.values("."))
      let paths = trail.isEmpty ? defaults.strings("trail") : trail
      guard !paths.isEmpty else {
        throw CommandFailure("no trail was given", hints: ["git pushtrail integrity --trail PATH"])
      }
      var options = Options(now: Timestamp(seconds: Int64(time(nil))))
      options.trail = paths
      options.publicKeys = publicKeys ?? defaults.strings("publicKeys").last
      options.digestMetadata = digestMetadata ?? defaults.strings("digestMetadata").last
      options.deliveryLag = try defaults.value("deliveryLag", unless: Duration?.none)?.seconds ?? options.deliveryLag
      let report: IntegrityReport
      do throws(PushtrailError) {
        report = try Pushtrail.integrity(options)
      } catch {
        throw CommandFailure(error)
      }
      guard !report.chains.isEmpty else {
        throw CommandFailure(
          "\(paths.joined(separator: ", ")) holds no digest file",
          hints: [
            "copy them with: aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail-Digest/ DIRECTORY/AWSLogs/ACCOUNT/CloudTrail-Digest/",
            "a trail has them from the day on which log file validation was switched on",
          ])
      }
      switch format {
      case .text: try Output.print(IntegrityText(report).text)
      case .json: try Output.print(IntegrityDocument(report).text())
      }
      return report.hasErrors ? .findings : report.isWhole ? .verified : .unverifiable
    }
  }
}

/// The report for people.
private struct IntegrityText {
  let text: String

  init(_ report: IntegrityReport) {
    var text = ""
    func line(_ content: String) { text += TerminalText.escaping(content) + "\n" }
    for chain in report.chains {
      line(
        "trail \(chain.trail), account \(chain.accountID), region \(chain.region)\(chain.isBackfill ? ", backfill" : "")"
      )
      line(
        "  digest files: \(chain.digests) (\(chain.authentic) authentic, \(chain.consistent) consistent, \(chain.unproven) unproven, \(chain.tampered) changed)"
      )
      line("  log files as listed: \(chain.logs)")
      for interval in chain.intervals {
        line("  delivered \(interval.start) to \(interval.end): \(interval.proof.rawValue)")
      }
    }
    if !report.problems.isEmpty { text += "\n" }
    for problem in report.problems {
      line("\(problem.severity.rawValue)[\(problem.rule.rawValue)] \(problem.message)")
      if let settle = problem.settle { line("  settle: \(settle)") }
    }
    if !report.unchecked.isEmpty || !report.notes.isEmpty { text += "\n" }
    for unchecked in report.unchecked { line("unchecked: \(unchecked)") }
    for note in report.notes { line("note: \(note)") }
    text += "\n"
    line(
      report.hasErrors
        ? "The trail does not hold."
        : report.isWhole
          ? "The trail holds\(report.hasPublicKeys ? "" : ", as far as can be told without public keys")."
          : "Nothing was changed that could be checked; not all could.")
    self.text = text
  }
}

/// The report for programs.
private struct IntegrityDocument: Encodable {
  struct Interval: Encodable {
    var start: String
    var end: String
    var proof: String
  }

  struct Chain: Encodable {
    var accountID: String
    var region: String
    var trail: String
    var backfill: Bool
    var digests: [String: Int]
    var logs: Int
    var intervals: [Interval]
  }

  struct Finding: Encodable {
    var rule: String
    var severity: String
    var message: String
    var files: [String]
    var start: String?
    var end: String?
    var accountID: String
    var region: String
    var settle: String?
  }

  var schemaVersion = 1
  var result: String
  var publicKeys: Bool
  var chains: [Chain]
  var problems: [Finding]
  var unchecked: [String]
  var notes: [String]

  init(_ report: IntegrityReport) {
    result = report.hasErrors ? "fail" : report.isWhole ? "pass" : "unverifiable"
    publicKeys = report.hasPublicKeys
    chains = report.chains.map { chain in
      Chain(
        accountID: chain.accountID, region: chain.region, trail: chain.trail, backfill: chain.isBackfill,
        digests: [
          "authentic": chain.authentic, "consistent": chain.consistent, "unproven": chain.unproven,
          "changed": chain.tampered,
        ], logs: chain.logs,
        intervals: chain.intervals.map {
          Interval(start: $0.start.description, end: $0.end.description, proof: $0.proof.rawValue)
        })
    }
    problems = report.problems.map { problem in
      Finding(
        rule: problem.rule.rawValue, severity: problem.severity.rawValue, message: problem.message,
        files: problem.files, start: problem.start?.description, end: problem.end?.description,
        accountID: problem.accountID, region: problem.region, settle: problem.settle)
    }
    unchecked = report.unchecked
    notes = report.notes
  }

  func text() throws(CommandFailure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let encoded: Data
    do {
      encoded = try encoder.encode(self)
    } catch {
      throw CommandFailure("the report cannot be written as JSON")
    }
    // File names are strangers' words: on a terminal nothing but ASCII is safe. Only strings hold anything else.
    var text = ""
    for unit in String(decoding: encoded, as: UTF8.self).utf16 {
      if unit < 0x7f, let scalar = Unicode.Scalar(unit) {
        text.unicodeScalars.append(scalar)
      } else {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text + "\n"
  }
}
