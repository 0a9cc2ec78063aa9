internal import ArgumentParser
internal import Correlation
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
      let report = try Run.report(options)
      let found = try Run.subject(subject, in: report)
      try Output.print(ShowText(report, subject: found).text(screen.style()))
      return .verified
    }
  }
}
