import CloudTrailLog
import Foundation
import PushModel
import Testing

/// The queries of `git pushtrail sql`.
@Suite struct TrailQueryTests {
  static let hasDuckDB = (try? Command.python("import duckdb")) != nil

  private func write(_ folder: TrailFolder) throws {
    for file in 0..<3 {
      let records = (0..<20).flatMap { number -> [String] in
        let time = "2024-03-05T1\(file):00:\(number + 10)Z"
        return [
          Sample.push(id: "p\(file)-\(number)", time: time), Sample.stranger,
          Sample.record(
            "CreateBranch", id: "b\(file)-\(number)", time: time,
            request: "{\"repositoryName\":\"Other's\",\"branchName\":\"x\",\"commitId\":\"\(Sample.other)\"}",
            extra: "null", more: ",\"errorCode\":\"AccessDenied\""),
        ]
      }
      try folder.write("AWSLogs/1/CloudTrail/us-east-2/2024/03/05/f\(file).json.gz", records: records)
    }
  }

  private func run(_ query: TrailQuery, in folder: TrailFolder) throws {
    let script = "import duckdb, os, sys; os.chdir(sys.argv[1]); duckdb.sql(sys.argv[2])"
    _ = try Command.python(script, [folder.path, query.text])
  }

  @Test(.enabled(if: hasDuckDB, "needs Python's duckdb (pip install duckdb)"))
  func `what DuckDB extracts reads to the same events`() throws {
    let folder = try TrailFolder()
    try write(folder)
    let trail = try TrailReader().read([folder.path("AWSLogs")])
    #expect(trail.events.count == 120)
    try run(TrailQuery(engine: .duckdb), in: folder)
    let extract = try TrailReader().read([folder.path("codecommit.json")])
    #expect(extract.unreadable.isEmpty)
    #expect(extract.spans.isEmpty)
    func sorted(_ events: [TrailEvent]) -> [TrailEvent] {
      events.map { event in
        var event = event
        event.location = RecordLocation(file: "", record: 0)
        return event
      }.sorted { $0.eventID < $1.eventID }
    }
    #expect(sorted(extract.events) == sorted(trail.events))
  }

  @Test(.enabled(if: hasDuckDB, "needs Python's duckdb (pip install duckdb)"))
  func `DuckDB extracts a repository and a time`() throws {
    let folder = try TrailFolder()
    try write(folder)
    let since = try #require(Timestamp(iso8601: "2024-03-05T11:00:00Z"))
    let until = try #require(Timestamp(iso8601: "2024-03-05T11:00:19Z"))
    try run(
      TrailQuery(
        engine: .duckdb, since: since, until: until, repositories: ["Other's"], table: "AWSLogs/**/*.json.gz"),
      in: folder)
    let extract = try TrailReader().read([folder.path("codecommit.json")])
    #expect(Set(extract.events.map(\.eventID)) == Set((0..<10).map { "b1-\($0)" }))
  }

  @Test func `Athena and Lake are asked for every column that is read`() throws {
    let since = try #require(Timestamp(iso8601: "2024-03-05T11:00:00Z"))
    let athena = TrailQuery(engine: .athena, since: since, repositories: ["a'b"], table: "db.logs").text
    #expect(athena.contains("FROM db.logs\n"))
    #expect(athena.contains("eventtime >= '2024-03-05T11:00:00Z'"))
    #expect(athena.contains("strpos(requestparameters, 'a''b') > 0"))
    let lake = TrailQuery(engine: .lake, since: since).text
    #expect(lake.contains("eventtime >= '2024-03-05 11:00:00'"))
    for column in [
      "eventtime", "eventsource", "eventname", "eventid", "errorcode", "useridentity", "requestparameters",
      "responseelements", "additionaleventdata", "resources", "sharedeventid", "addendum", "readonly",
      "recipientaccountid", "sourceipaddress", "useragent", "awsregion",
    ] {
      #expect(athena.contains(column) && lake.contains(column), "\(column)")
    }
  }

  @Test func `a table's name cannot be more than a name`() {
    #expect(TrailQuery(engine: .athena, table: "\"db\".\"t-1\"").hasSoundTable)
    for table in ["x; DROP TABLE y", "", "a b", "x--\n"] {
      #expect(!TrailQuery(engine: .lake, table: table).hasSoundTable)
    }
  }
}
