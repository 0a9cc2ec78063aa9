internal import ArgumentParser
internal import Glibc
internal import Pushtrail

@main
struct GitPushtrail: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git pushtrail",
    abstract: "Who pushed which commits when to a CodeCommit repository, and is it still there?",
    discussion: """
      Reads CloudTrail's log files and local clones, and writes to neither.

        git pushtrail verify --trail /var/cloudtrail
        git pushtrail report --trail /var/cloudtrail --output audit.md --output audit.json
        git pushtrail import /var/cloudtrail --ledger ~/pushes.ledger

      Options that one always gives may stand in git's configuration:

        git config --add pushtrail.trail /var/cloudtrail

      \(ExitCodes.help)
      """,
    version: "\(Pushtrail.name) \(Pushtrail.version)",
    subcommands: [
      Verify.self, ReportCommand.self, Log.self, Show.self, BlameCommand.self, ExposureCommand.self, Recover.self,
      Ask.self, Import.self, Integrity.self, Sql.self,
    ])

  static func main() {
    // A reader that has seen enough (`| head`) is no failure: writes then give EPIPE, which Output takes as the end.
    _ = signal(SIGPIPE, SIG_IGN)
    main(nil)
  }
}

enum ExitCodes {
  static let help = """
    EXIT CODES
      0   verified: no finding at or above --fail-on
      1   such findings
      2   could not run: bad input, no clone, no record of the repository
      3   nothing failed, but something is unknown that could hide a finding
      64  usage
    """

  /// For commands that only print.
  static let ofReaders = """
    EXIT CODES
      0   printed
      2   could not run: bad input, no clone, no record of the repository
      64  usage
    """
}
