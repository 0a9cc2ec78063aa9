internal import ArgumentParser
internal import Glibc
internal import PushModel
internal import Pushtrail

/// What every command is told of the evidence: the trail, the clones, and how far to trust their clocks.
struct EvidenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder, a file or - (standard input) of CloudTrail records. Repeatable. Default: pushtrail.trail of git's configuration.",
      valueName: "path"))
  var trail: [String] = []

  @Option(
    help: ArgumentHelp(
      "A ledger that import made: read together with --trail. Default: pushtrail.ledger of git's configuration.",
      valueName: "file"))
  var ledger: String?

  @Option(
    help: ArgumentHelp(
      "A folder, a file or - of CodeCommit's own events beside the trail: EventBridge's \"CodeCommit Repository State Change\", repository triggers' payloads. Repeatable. Default: pushtrail.events.",
      valueName: "path"))
  var events: [String] = []

  @Option(
    help: ArgumentHelp(
      "What aws codecommit batch-get-commits or get-commit answered (JSON), of commits that no clone has; git pushtrail ask prints the calls. Repeatable.",
      valueName: "file"))
  var serverCommits: [String] = []

  @Option(
    help: ArgumentHelp(
      "What aws cloudtrail list-public-keys printed: checks the signatures of the digest files in the trail. Default: pushtrail.publicKeys. (git pushtrail help integrity)",
      valueName: "file"))
  var publicKeys: String?

  @Option(
    help: ArgumentHelp(
      "Saved S3 metadata of digest files, which holds the newest one's signature. Default: pushtrail.digestMetadata.",
      valueName: "file"))
  var digestMetadata: String?

  @Option(
    help: ArgumentHelp(
      "A clone, bare or not, or a folder of clones. Repeatable. Default: the one you stand in.", valueName: "dir"))
  var repo: [String] = []

  @Option(
    help: ArgumentHelp(
      "The repository, where the clone's remote does not tell or the trail has several: a name, an ARN or an id.",
      valueName: "name|arn|id"))
  var repository: String?

  @Option(
    help: ArgumentHelp(
      "Judge and show only updates from then on. Older records are still read, as evidence. RFC 3339, or a date (its midnight, UTC).",
      valueName: "time"))
  var since: Moment?

  @Option(
    help: ArgumentHelp(
      "Leave log files in folders of earlier days unread. What was pushed before is then unknown, and coverage says so.",
      valueName: "time"))
  var readSince: Moment?

  @Option(help: ArgumentHelp("Judge and show only updates until then.", valueName: "time"))
  var until: Moment?

  @Option(
    help: ArgumentHelp(
      "You vouch that the trail describes this time whole: START..END. Repeatable.", valueName: "start..end"))
  var coverage: [StatedCoverage] = []

  @Option(help: ArgumentHelp("How far two clocks may differ: 300, 5m, 1h. (default: 5m)", valueName: "duration"))
  var clockSkew: Duration?

  @Option(
    help: ArgumentHelp("How late CloudTrail may deliver a record. (default: 15m)", valueName: "duration"))
  var deliveryLag: Duration?

  @Option(
    help: ArgumentHelp(
      "Refuse a file of the trail that inflates beyond this: bytes, or 500M, 3G. (default: 3G)", valueName: "size"))
  var maxFileSize: ByteSize?

  @Option(
    help: ArgumentHelp(
      "Output of git ls-remote, and when it was made (default: the file's time). Repeatable.",
      valueName: "file[@time]"))
  var refsSeen: [SeenFile] = []

  @Option(
    help: ArgumentHelp("When the clone was last fetched, where its own files do not tell.", valueName: "time"))
  var fetchedAt: Moment?

  @Option(
    help: ArgumentHelp(
      "Demand that the state of every protected ref is known at that time.", valueName: "time"))
  var auditFrom: Moment?

  @Option(
    help: ArgumentHelp(
      "Judge as if run then: for making an earlier report again.", valueName: "time"))
  var now: Moment?

  func validate() throws {
    if trail.count(where: { $0 == "-" }) > 1 { throw ValidationError("--trail - can be given once") }
    if events.count(where: { $0 == "-" }) > (trail.contains("-") ? 0 : 1) {
      throw ValidationError("- can be given once: there is one standard input")
    }
    if let since, let until, until.time < since.time { throw ValidationError("--until lies before --since") }
  }

  /// The options of one run. What the command line does not say, git's configuration may; the clock comes in here.
  func options(_ configuration: GitConfiguration) throws(CommandFailure) -> Options {
    var options = Options(now: now?.time ?? Self.clock())
    let defaults = defaults(configuration)
    options.clones = repo
    options.ledger = ledger ?? defaults.strings("ledger").last
    // Whoever names a ledger means it alone, unless he names a trail too.
    options.trail = trail.isEmpty && ledger == nil ? defaults.strings("trail") : trail
    options.events = events.isEmpty ? defaults.strings("events") : events
    options.serverCommits = serverCommits.isEmpty ? defaults.strings("serverCommits") : serverCommits
    options.publicKeys = publicKeys ?? defaults.strings("publicKeys").last
    options.digestMetadata = digestMetadata ?? defaults.strings("digestMetadata").last
    options.repository = repository ?? defaults.strings("repository").last
    options.since = since?.time
    options.until = until?.time
    options.readSince = readSince?.time
    if options.readSince != nil, options.ledger != nil {
      throw CommandFailure("--read-since is about log files, and a ledger has none: leave one of the two out")
    }
    options.statedCoverage = try defaults.values("coverage", unless: coverage).map(\.interval)
    options.clockSkew = try defaults.value("clockSkew", unless: clockSkew)?.seconds ?? options.clockSkew
    options.deliveryLag = try defaults.value("deliveryLag", unless: deliveryLag)?.seconds ?? options.deliveryLag
    options.maximumFileSize =
      try defaults.value("maxFileSize", unless: maxFileSize)?.bytes ?? options.maximumFileSize
    options.refsSeen = try defaults.values("refsSeen", unless: refsSeen).map(\.file)
    options.fetchedAt = fetchedAt?.time
    options.auditFrom = try defaults.value("auditFrom", unless: auditFrom)?.time
    if options.trail.isEmpty, options.ledger == nil {
      throw CommandFailure(
        "no trail was given",
        hints: [
          "git pushtrail ... --trail PATH, where PATH holds CloudTrail's log files",
          "git pushtrail ... --ledger FILE, where FILE is what git pushtrail import made of them",
          "git config --add pushtrail.trail PATH makes it the default of this clone",
        ])
    }
    return options
  }

  /// What the git configuration of the repository that one stands in holds, with the user's own. A clone that is given as
  /// evidence may be anybody's: it does not configure its own audit.
  func defaults(_ configuration: GitConfiguration) -> ConfiguredDefaults {
    ConfiguredDefaults(configuration.values("."))
  }

  private static func clock() -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
}

/// What a command exits 2 for, with what to do about it.
struct CommandFailure: Error {
  var message: String
  var hints: [String]

  init(_ message: String, hints: [String] = []) {
    self.message = message
    self.hints = hints
  }

  init(_ error: PushtrailError) { self.init(error.message, hints: error.hints) }
}
