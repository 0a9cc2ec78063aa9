internal import ArgumentParser
internal import Correlation
internal import Pushtrail
internal import Report

struct ExposureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exposure",
    abstract: "Tell who may have read a commit while it was on the server.",
    discussion: """
      Prints from when to when each ref had the commit, every pull with data (and CodePipeline's archive) logged \
      meanwhile, and the clones that have it. GitPull names no refs, so a reader is "possible" until a clone of the \
      reader's, given with --repo, confirms it.

        git pushtrail exposure 1a2b3c4d
        git pushtrail exposure 1a2b3c4d --repo . --repo ~carol/src/app --exclude-principal ci-robot

      \(ExitCodes.ofReaders)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Readers") var readers: ReaderOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format: TextOrJSON = .text

  @Argument(help: ArgumentHelp("A commit, or a CloudTrail event id that pushed one tip.", valueName: "commit|eventID"))
  var subject: String

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = try evidence.options(.current)
      options.commits = .count
      options.excludedPrincipals = try readers.excluded(evidence.defaults(.current))
      let exposure: Exposure
      do throws(PushtrailError) {
        exposure = try Pushtrail.exposure(options, of: subject)
      } catch {
        throw CommandFailure(error)
      }
      switch format {
      case .text: try Output.print(ExposureText(exposure).text(screen.style()))
      case .json: try Output.print(ExposureJSON(exposure).text())
      }
      return .verified
    }
  }
}
