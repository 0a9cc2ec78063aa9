internal import ArgumentParser
internal import Glibc
internal import LedgerStore
internal import PushModel
internal import Pushtrail
internal import Report

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep a trail's CodeCommit records in a ledger.",
    discussion: """
      Reads what is new in the files and keeps it in one file (SQLite), which every command takes with --ledger instead \
      of --trail, or beside it: each CodeCommit record once, as it was logged; each source file's path, size and SHA-256; \
      and what the files cover. The files may then go away.

        git pushtrail import /var/cloudtrail --ledger ~/pushes.ledger
        git pushtrail verify --ledger ~/pushes.ledger

      A file that has not been touched since is not read again. Killed at any moment, the ledger holds whole files, and \
      the next import goes on; several may run at once. Nothing that it holds is ever lost: a file that changed is read \
      anew and its earlier records are kept. Where CloudTrail itself delivered the file, which it does once, verify then \
      reports trail-tampered.

      EXIT CODES
        0   imported; what could not be read is said, and kept as a gap
        2   could not run: bad input, or the ledger cannot be used
        64  usage
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders, files or - (standard input) of CloudTrail records. Default: pushtrail.trail of git's configuration.",
      valueName: "path"))
  var paths: [String] = []

  @Option(
    help: ArgumentHelp(
      "The ledger; made where there is none. Default: pushtrail.ledger of git's configuration.", valueName: "file"))
  var ledger: String?

  @Option(
    help: ArgumentHelp("Refuse a file that inflates beyond this: bytes, or 500M, 3G. (default: 3G)", valueName: "size"))
  var maxFileSize: ByteSize?

  @Option(help: ArgumentHelp("The moment to keep as that of the import.", valueName: "time"))
  var now: Moment?

  func validate() throws {
    if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("- can be given once") }
  }

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = Options(now: now?.time ?? Timestamp(seconds: Int64(time(nil))))
      let defaults = ConfiguredDefaults(GitConfiguration.current.values("."))
      options.trail = paths.isEmpty ? defaults.strings("trail") : paths
      options.ledger = ledger ?? defaults.strings("ledger").last
      options.maximumFileSize = try defaults.value("maxFileSize", unless: maxFileSize)?.bytes ?? options.maximumFileSize
      guard !options.trail.isEmpty else {
        throw CommandFailure("no trail was given", hints: ["git pushtrail import PATH... --ledger FILE"])
      }
      let summary: ImportSummary
      do throws(PushtrailError) { summary = try Pushtrail.importTrail(options) } catch { throw CommandFailure(error) }
      for path in summary.replaced {
        Output.warn("\(path) was changed since it was imported; its earlier records are kept")
      }
      for place in summary.unreadable { Output.warn("\(place.path): \(place.reason)") }
      try Output.print(Self.text(summary))
      return .verified
    }
  }

  private static func text(_ summary: ImportSummary) -> String {
    var parts = ["\(summary.new) new \(summary.new == 1 ? "file" : "files")"]
    if !summary.replaced.isEmpty { parts.append("\(summary.replaced.count) changed") }
    if summary.moved > 0 { parts.append("\(summary.moved) moved") }
    parts.append("\(summary.known) known")
    return "\(parts.joined(separator: ", ")); \(summary.records) new \(summary.records == 1 ? "record" : "records")\n"
  }
}
