internal import AllCores
internal import ArgumentParser
internal import Correlation
internal import Pushtrail
internal import Report

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the whole provenance report: text, Markdown, JSON or NDJSON.",
    discussion: """
      Every push with who, when, old and new tip, transition, verdict and commits; every finding with its evidence; \
      every ref. Without --output it goes to standard output.

        git pushtrail report --trail /var/cloudtrail --format json | jq .summary
        git pushtrail report --trail /var/cloudtrail --output audit.md --output audit.json
        git pushtrail report --trail /var/cloudtrail --format ndjson | jq -c 'select(.push).push.principal.name'

      NDJSON is the same line by line, for reports that are too long to hold: each line is an object with one key, which \
      names what it is. First is {"report": ...}, with all that stands before the pushes in the JSON; then one line each \
      push, attempt, pull, ref, limit, epoch and finding; last is {"summary": ...}, without which the text was cut short.

      A file's format is its extension's: .txt, .md, .json, .ndjson. It appears whole or not at all.

      \(ExitCodes.help)
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Judgement") var judgement: JudgementOptions
  @OptionGroup(title: "Readers") var readers: ReaderOptions
  @OptionGroup(title: "Screen") var screen: ScreenOptions

  @Option(
    help: ArgumentHelp(
      "The format of standard output: text, markdown, json, ndjson. (default: text)", valueName: "format"))
  var format: OutputFormat?

  @Option(
    help: ArgumentHelp("Write to a file; - is standard output. Repeatable.", valueName: "file"))
  var output: [String] = []

  @Option(
    help: ArgumentHelp(
      "Which commit ids the JSON and the NDJSON list: exact (those surely of their push), all, count (none).",
      valueName: "which"))
  var commits: Listing = .exact

  @Flag(help: "Print the JSON Schema of --format json (and, as $defs/line, of a line of ndjson), and do nothing else.")
  var printSchema = false

  func validate() throws {
    for file in output where file != "-" {
      guard let named = ReportFormat(fileName: file) else {
        throw ValidationError("--output \(file): the extension tells the format: .txt, .md, .json or .ndjson")
      }
      // With one file and a format, the two must agree; with several, --format is for standard output alone.
      if let format, output.count == 1, format.format != named {
        throw ValidationError("--output \(file) is \(named.rawValue), and --format says \(format.rawValue)")
      }
    }
    if Set(output).count != output.count { throw ValidationError("--output names one file twice") }
  }

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      if printSchema {
        try Output.print(ReportSchema.text)
        return .verified
      }
      var options = try evidence.options(.current)
      options.commits = commits.commits
      options.failOn = judgement.failOn.severity
      options.excludedPrincipals = try readers.excluded(evidence.defaults(.current))
      let report = try Run.report(options)
      for file in output.isEmpty ? ["-"] : output {
        if file == "-" {
          try print(report, format?.format ?? .text)
        } else {
          try write(report, to: file)
        }
      }
      let status = ExitStatus(report.summary.result, allowsUnverifiable: judgement.allowUnverifiable)
      AllCores.letGo(report)
      return status
    }
  }

  private func print(_ report: ProvenanceReport, _ format: ReportFormat) throws(CommandFailure) {
    switch format {
    case .text:
      var style = screen.style()
      if style.width == nil { style.width = Self.pageWidth }
      try Output.print(ReportText(report).text(style))
    case .markdown: try Output.print(ReportMarkdown(report).text())
    case .json: try Self.json(report).write { (text: Span<UInt8>) throws(CommandFailure) in try Output.print(text) }
    case .ndjson:
      try Self.json(report).writeLines { (text: Span<UInt8>) throws(CommandFailure) in try Output.print(text) }
    }
  }

  private func write(_ report: ProvenanceReport, to file: String) throws(CommandFailure) {
    let format = ReportFormat(fileName: file) ?? .text
    try OutputFile.write(file) { (sink: @escaping (Span<UInt8>) throws(SystemError) -> Void) throws(SystemError) in
      switch format {
      case .text: try sink(ReportText(report).text(TextStyle(width: screen.width ?? Self.pageWidth)).utf8.span)
      case .markdown: try sink(ReportMarkdown(report).text().utf8.span)
      case .json: try Self.json(report).write(to: sink)
      case .ndjson: try Self.json(report).writeLines(to: sink)
      }
    }
  }

  private static let pageWidth = 100

  private static func json(_ report: ProvenanceReport) -> JSONReport {
    JSONReport(report, toolName: Pushtrail.name, toolVersion: Pushtrail.version)
  }
}
