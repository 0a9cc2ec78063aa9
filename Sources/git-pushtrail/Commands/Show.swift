internal import ArgumentParser
internal import Correlation
internal import PushModel
internal import Pushtrail
internal import Report

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell who pushed a commit, and what became of it.",
    discussion: """
      Of a commit: who pushed it first, to which ref, from where, with which client, how certain that is, and where it \
      is now. Of a ref: its state and its updates. Of an event: all that it moved. Ids may be cut to four digits or more.

        git pushtrail show 1a2b3c4d
        git pushtrail show main

      All pushes are judged for that. With --as-logged nothing is: the ledger's records that name the event, the tip or \
      the ref are printed as they are, at once, however many it holds; at most the newest hundred.

      \(ExitCodes.ofReaders)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  @Flag(help: "Print the ledger's records that name it, and judge nothing.")
  var asLogged = false

  @Argument(help: ArgumentHelp("A commit, a ref or a CloudTrail event id.", valueName: "commit|ref|eventID"))
  var subject: String

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = try evidence.options(.current)
      if asLogged { return try printLogged(options) }
      options.commits = .all
      let report = try Run.report(options)
      let found = try Run.subject(subject, in: report)
      try Output.print(ShowText(report, subject: found).text(screen.style()))
      return .verified
    }
  }

  private func printLogged(_ options: Options) throws(CommandFailure) -> ExitStatus {
    let events: [TrailEvent]
    do throws(PushtrailError) { events = try Pushtrail.logged(subject, options) } catch { throw CommandFailure(error) }
    guard !events.isEmpty else {
      throw CommandFailure(
        "no record of the ledger names '\(subject)'",
        hints: ["a commit may have come with a later tip: without --as-logged the clone's history is asked"])
    }
    try Output.print(LoggedText(events).text(screen.style()))
    return .verified
  }
}
