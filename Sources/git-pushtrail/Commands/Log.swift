internal import ArgumentParser
internal import Correlation
internal import PushModel
internal import Pushtrail
internal import Report

struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the pushlog, newest first.",
    discussion: """
      One line an update: time, who, ref, old..new, mark, commits, and what became of it where it is not plainly intact.

        git pushtrail log --ref main --limit 20
        git pushtrail log --principal alice --since 2024-05-01 --forced

      MARKS
        +   created              !   forced: the old tip is not in the new history
        >   fast-forward         x   deleted
        =   unchanged            ?   unknown

      COMMITS
        3      brought three commits (on assumed coverage: first logged with this push)
        <=3    three at most: an earlier push may have had some
        3 -2   and took two from the ref

      \(ExitCodes.ofReaders)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  @Option(help: ArgumentHelp("Only this ref: refs/heads/main, or main.", valueName: "ref"))
  var ref: String?

  @Option(help: ArgumentHelp("Only who has this in name, session, role or ARN.", valueName: "name"))
  var principal: String?

  @Flag(help: "Only forced updates.")
  var forced = false

  @Flag(help: "Refused and empty attempts too.")
  var attempts = false

  @Option(help: ArgumentHelp("At most so many lines.", valueName: "lines"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
  }

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = try evidence.options(.current)
      options.commits = .count
      let filter = PushLogFilter(
        ref: ref, principal: principal, onlyForced: forced, includesAttempts: attempts, limit: limit)
      let text = PushLogText(try Run.report(options), filter: filter).text(screen.style())
      try Output.print(text)
      if text.isEmpty { Output.hint(nothing) }
      return .verified
    }
  }

  /// An empty log, in words: on standard error, as the log is lines and no others.
  private var nothing: String {
    let asked = [
      ref.map { ShellWord.option("--ref", $0) }, principal.map { ShellWord.option("--principal", $0) },
      forced ? "--forced" : nil, evidence.since.map { "--since \($0.time)" },
      evidence.until.map { "--until \($0.time)" },
    ].compactMap(\.self)
    return asked.isEmpty ? "no push is logged" : "nothing that is logged matches \(asked.joined(separator: " "))"
  }
}
