internal import ArgumentParser
internal import Correlation
internal import Pushtrail
internal import Report

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that what was pushed is still there, and tell what is not.",
    discussion: """
      Prints findings, worst first, each with why and what to do; then the protected refs' audited spans, the limits \
      of the evidence, and one line of result.

        git pushtrail verify --trail /var/cloudtrail
        git pushtrail verify --trail trail.json.gz --repo ~/src/app --fail-on warning

      \(ExitCodes.help)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Judgement") var judgement: JudgementOptions
  @OptionGroup(title: "Readers") var readers: ReaderOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  @Flag(help: "Show every finding on its own, on refs that are not protected too, with its evidence.")
  var all = false

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = try evidence.options(.current)
      options.commits = .count
      options.failOn = judgement.failOn.severity
      options.excludedPrincipals = try readers.excluded(evidence.defaults(.current))
      let report = try Run.report(options)
      try Output.print(VerifyText(report, showsAll: all).text(screen.style()))
      return ExitStatus(report.summary.result, allowsUnverifiable: judgement.allowUnverifiable)
    }
  }
}
