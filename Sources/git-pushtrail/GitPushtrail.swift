internal import ArgumentParser
internal import Glibc
internal import Pushtrail
internal import Report

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
    // A file that outgrows the process's limit is one that cannot be written whole: EFBIG, and what was begun is taken away.
    _ = signal(SIGXFSZ, SIG_IGN)
    occupyStandardDescriptors()
    refuseUnknownCommands(Array(CommandLine.arguments.dropFirst()))
    main(nil)
  }

  /// A descriptor that was closed would be the next file's, and what is meant for a reader would be written into it. One
  /// that cannot be used that way stands in: writing to standard output fails then.
  private static func occupyStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest number is taken first.
      _ = unsafe open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
    }
  }

  /// The parser prints its help, and succeeds, for `help NAME` and `NAME --help` of a command that is none.
  private static func refuseUnknownCommands(_ arguments: [String]) {
    let known = Set(configuration.subcommands.map { $0._commandName } + ["help"])
    var words = arguments.prefix { !$0.hasPrefix("-") }
    if words.first == "help" {
      words.removeFirst()
      words = words.prefix(2)
    } else {
      words = words.prefix(1)
    }
    let extra = words.dropFirst()
    if let word = words.first(where: { !known.contains($0) }) {
      Self.exit(withError: ValidationError("There is no command '\(TerminalText.escaping(word))'."))
    }
    if let word = extra.first {
      Self.exit(withError: ValidationError("Commands have none of their own: '\(TerminalText.escaping(word))'."))
    }
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
