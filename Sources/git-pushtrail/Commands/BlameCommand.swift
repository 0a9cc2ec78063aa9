internal import ArgumentParser
internal import Correlation
internal import Pushtrail
internal import Report

struct BlameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blame",
    abstract: "Tell who pushed each line of a file, and when, beside who wrote it.",
    discussion: """
      Of each line: the commit that last changed it and its author, as git blame tells them; then who pushed that commit, \
      when, and the beginning of the push's event id (git pushtrail show ID tells more). Only what is committed is blamed: \
      HEAD, or --rev. Where several clones are given, the first has the file.

        git pushtrail blame src/main.c
        git pushtrail blame -L 10,20 --rev main src/main.c

      INSTEAD OF A PUSHER
        (before the trail)   the commit is older than the trail
        (after the trail)    it is younger, or was seen later: the trail's next files may tell
        (no logged push)     made within the trail's time and on the server, and no record brought it
        (not on the server)  on no ref of the server, as far as is known
        NAME?  <=TIME        on the server no later than with this push: an earlier one may have brought it

      \(ExitCodes.ofReaders)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  @Option(
    name: .customShort("L"),
    help: ArgumentHelp("Only these lines: 10,20 or 10,+5 or 10, (to the end).", valueName: "start,end"))
  var lines: LineSpan?

  @Option(help: ArgumentHelp("The commit or ref whose file is blamed. (default: HEAD)", valueName: "revision"))
  var rev: String?

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format: TextOrJSON = .text

  @Argument(help: ArgumentHelp("The file, as seen from where you stand (or from --repo).", valueName: "file"))
  var file: String

  func validate() throws {
    if evidence.since != nil || evidence.until != nil {
      throw ValidationError("blame looks at every push: --since and --until do not go with it")
    }
  }

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      var options = try evidence.options(.current)
      options.commits = .all
      let blame: Blame
      do throws(PushtrailError) {
        blame = try Pushtrail.blame(
          options, file: file, revision: rev, lines: lines.map { (start: $0.start, end: $0.end) })
      } catch {
        throw CommandFailure(error)
      }
      switch format {
      case .text: try Output.print(BlameText(blame).text(screen.style()))
      case .json:
        try BlameJSON(blame).write { (text: Span<UInt8>) throws(CommandFailure) in try Output.print(text) }
      }
      return .verified
    }
  }
}

/// `10,20`, `10,+5`, `10,`, `10` (to the end), `,20`.
struct LineSpan: ExpressibleByArgument {
  var start: Int
  var end: Int?

  init?(argument: String) {
    let parts = argument.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    func number(_ text: Substring) -> Int? {
      text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text).flatMap { $0 > 0 ? $0 : nil } : nil
    }
    guard let first = parts.first, !argument.isEmpty, argument != "," else { return nil }
    guard let start = first.isEmpty ? 1 : number(first) else { return nil }
    self.start = start
    guard parts.count == 2, let last = parts.last, !last.isEmpty else { return }
    if last.hasPrefix("+") {
      guard let count = number(last.dropFirst()) else { return nil }
      let (end, isTooLarge) = start.addingReportingOverflow(count - 1)
      guard !isTooLarge else { return nil }
      self.end = end
    } else {
      guard let end = number(last), end >= start else { return nil }
      self.end = end
    }
  }
}
