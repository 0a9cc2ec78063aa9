internal import ArgumentParser
internal import Correlation
internal import Pushtrail
internal import Report

struct Recover: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the commands that bring removed commits back.",
    discussion: """
      Of a commit: that commit. Of a ref: every tip that was overwritten, deleted or lost on it. Of an event: what it \
      removed, or its own tip if that was lost. Nothing is run: each command makes a new branch recovered/ID, from the \
      clone that still has the commit or by asking the server for it, and moves none that exists.

        git pushtrail recover main
        git pushtrail recover 1a2b3c4d --repo . --repo ~carol/src/app

      \(ExitCodes.ofReaders)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  @Argument(help: ArgumentHelp("A commit, a ref or a CloudTrail event id.", valueName: "commit|ref|eventID"))
  var subject: String

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = try evidence.options(.current)
      options.commits = .all
      options.tellsPlaces = true
      let report = try Run.report(options)
      let found = try Run.subject(subject, in: report)
      try Output.print(RecoverText(Recovery(report, subject: found)).text(screen.style()))
      return .verified
    }
  }
}
