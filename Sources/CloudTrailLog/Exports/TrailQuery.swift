public import PushModel

/// The query that extracts what Pushtrail reads from a trail that is too big to copy.
///
/// Its result is read like any other trail (`RecordColumns`), and proves nothing by what it lacks.
public struct TrailQuery: Hashable, Sendable {
  public enum Engine: String, Hashable, Sendable, CaseIterable {
    /// Amazon Athena over the official table of a trail's bucket.
    case athena
    /// An event data store of CloudTrail Lake.
    case lake
    /// DuckDB over log files.
    case duckdb
  }

  public var engine: Engine
  public var since: Timestamp?
  public var until: Timestamp?
  /// Names or ids; a record that mentions any of them is extracted. All records of CodeCommit where there are none.
  public var repositories: [String]
  /// The table, the event data store's id, or DuckDB's pattern of files.
  public var table: String

  public init(
    engine: Engine, since: Timestamp? = nil, until: Timestamp? = nil, repositories: [String] = [],
    table: String? = nil
  ) {
    self.engine = engine
    self.since = since
    self.until = until
    self.repositories = repositories
    self.table = table ?? Self.defaultTable(engine)
  }

  private static func defaultTable(_ engine: Engine) -> String {
    switch engine {
    case .athena: "cloudtrail_logs"
    case .lake: "EVENT_DATA_STORE_ID"
    case .duckdb: "AWSLogs/**/*.json.gz"
    }
  }

  /// Whether the table's name can stand in the query; DuckDB's pattern is quoted and may be anything.
  public var hasSoundTable: Bool {
    engine == .duckdb
      || (!table.isEmpty
        && table.utf8.allSatisfy {
          (0x61...0x7a).contains($0) || (0x41...0x5a).contains($0) || (0x30...0x39).contains($0)
            || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "\"")].contains($0)
        })
  }

  /// The SQL, with what to do with its result as comments.
  public var text: String {
    switch engine {
    case .athena: athena
    case .lake: lake
    case .duckdb: duckdb
    }
  }

  private var athena: String {
    """
    -- Amazon Athena (engine 3), over the table of "Create a table for CloudTrail logs".
    -- Its columns for partitions, in the WHERE clause too, make it scan less.
    -- A table made by an older statement may lack addendum: drop that line then.
    -- Download the result as CSV and give it as --trail.
    SELECT
    \(columns { name in
      ["useridentity", "resources"].contains(name) ? "json_format(CAST(\(name) AS JSON)) AS \(name)" : name
    })
    FROM \(table)
    WHERE \(condition(source: "eventsource", time: "eventtime", isoTime: true) {
      "strpos(\($0 == "resources" ? "json_format(CAST(resources AS JSON))" : $0), \($1)) > 0"
    })

    """
  }

  private var lake: String {
    """
    -- CloudTrail Lake. Start it with: aws cloudtrail start-query --query-statement file://QUERY
    -- Give every page of `aws cloudtrail get-query-results` as --trail.
    SELECT
    \(columns { name in
      [
        "useridentity", "resources", "addendum", "requestparameters", "responseelements", "additionaleventdata",
      ].contains(name) ? "json_format(CAST(\(name) AS JSON)) AS \(name)" : name
    })
    FROM \(table)
    WHERE \(condition(source: "eventsource", time: "eventtime", isoTime: false) {
      "strpos(json_format(CAST(\($0) AS JSON)), \($1)) > 0"
    })

    """
  }

  private var duckdb: String {
    let members = RecordColumns.names.map { "    record->'\($0)' AS \"\($0)\"" }.joined(separator: ",\n")
    return """
      -- DuckDB, in the folder that holds the log files. Give codecommit.json as --trail.
      COPY (
        SELECT
      \(members)
        FROM (
          SELECT unnest(Records) AS record
          FROM read_json(\(Self.quoted(table)), columns = {Records: 'JSON[]'}, maximum_object_size = 134217728)
        )
        WHERE \(condition(source: "(record->>'eventSource')", time: "(record->>'eventTime')", isoTime: true) {
          "contains(record->>'\(RecordColumns.name($0))', \($1))"
        })
      ) TO 'codecommit.json' (FORMAT json);

      """
  }

  private func columns(_ expression: (String) -> String) -> String {
    RecordColumns.names.map { "  " + expression($0.lowercased()) }.joined(separator: ",\n")
  }

  private func condition(
    source: String, time: String, isoTime: Bool, mentions: (_ column: String, _ text: String) -> String
  ) -> String {
    func literal(_ time: Timestamp) -> String {
      let text = time.description
      return Self.quoted(isoTime ? text : String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(8)))
    }
    var parts = ["\(source) = 'codecommit.amazonaws.com'"]
    if let since { parts.append("\(time) >= \(literal(since))") }
    if let until { parts.append("\(time) <= \(literal(until))") }
    if !repositories.isEmpty {
      let mentioned = repositories.flatMap { repository in
        ["additionaleventdata", "requestparameters", "responseelements", "resources"].map {
          mentions($0, Self.quoted(repository))
        }
      }
      parts.append("(\(mentioned.joined(separator: "\n    OR ")))")
    }
    return parts.joined(separator: "\n  AND ")
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
