internal import ArgumentParser
internal import Correlation
internal import Pushtrail
internal import Report

struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the commands that would settle what is unknown.",
    discussion: """
      Nothing is run. Each command stands under a comment that says what it would settle; those that settle most come \
      first.

        git pushtrail ask --trail /var/cloudtrail

      \(ExitCodes.ofReaders)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = try evidence.options(.current)
      options.commits = .count
      try Output.print(AskText(try Run.report(options)).text(screen.style()))
      return .verified
    }
  }
}
