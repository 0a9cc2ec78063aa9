internal import ArgumentParser
internal import Correlation
internal import Pushtrail
internal import Report

struct Sql: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Print the query that extracts what is needed from a trail too big to copy.",
    discussion: """
      For Amazon Athena, CloudTrail Lake, or DuckDB over the log files. Nothing is run. What the query gives is read as \
      --trail; like every export it proves what it holds and nothing by what it lacks, unless --coverage says so.

        git pushtrail sql athena --since 2024-01-01 --repository MyRepo --table cloudtrail_logs
        git pushtrail sql duckdb --table 'AWSLogs/**/*.json.gz' | duckdb

      EXIT CODES
        0   printed
        2   no such query can be made
        64  usage
      """)

  @Argument(help: ArgumentHelp("athena, lake or duckdb.", valueName: "engine"))
  var engine: String

  @Option(
    help: ArgumentHelp(
      "Only records from then on. What lies before is then no evidence. RFC 3339, or a date.", valueName: "time"))
  var since: Moment?

  @Option(help: ArgumentHelp("Only records until then.", valueName: "time"))
  var until: Moment?

  @Option(
    help: ArgumentHelp(
      "Only records that mention this repository. Repeatable: give every name that it had. A name, an ARN or an id.",
      valueName: "name|arn|id"))
  var repository: [String] = []

  @Option(
    help: ArgumentHelp(
      "Athena's table, Lake's event data store id, or DuckDB's pattern of files.", valueName: "table"))
  var table: String?

  func validate() throws {
    if !Pushtrail.queryEngines.contains(engine) {
      throw ValidationError("\(engine): the engine is \(Pushtrail.queryEngines.joined(separator: ", "))")
    }
    if let since, let until, until.time < since.time { throw ValidationError("--until lies before --since") }
  }

  func run() throws {
    try Run.command { () throws(CommandFailure) in
      try Output.print(try query())
      return .verified
    }
  }

  private func query() throws(CommandFailure) -> String {
    do throws(PushtrailError) {
      return try Pushtrail.query(
        engine: engine, since: since?.time, until: until?.time, repositories: repository, table: table)
    } catch {
      throw CommandFailure(error)
    }
  }
}
