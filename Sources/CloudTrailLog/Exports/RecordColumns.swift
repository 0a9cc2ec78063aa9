/// The columns that CloudTrail's tables have for the members of a record, and records made of rows again.
///
/// Tables know no upper case: `eventTime` is the column `eventtime`, in whatever case a query names it. Nested members
/// come as JSON in text, or as engines print structures: `{type=IAMUser, username=mary}`.
///
/// Sources: Athena User Guide, "Query AWS CloudTrail logs"; CloudTrail User Guide, "CloudTrail Lake SQL constraints".
struct RecordColumns {
  /// How a column's text becomes JSON.
  private enum Form {
    case text
    /// Members have fixed names, which the table wrote in lower case.
    case structure
    /// Members are named by the service, as it wrote them.
    case free
  }

  private static let texts = [
    "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode",
    "errorMessage", "requestID", "eventID", "readOnly", "eventType", "recipientAccountId", "sharedEventID",
  ]
  private static let structures = ["userIdentity", "resources", "addendum"]
  private static let maps = ["requestParameters", "responseElements", "additionalEventData"]

  /// Every member of a record that is read, as records name them.
  static let names = texts + structures + maps

  private static let columns: [String: (name: String, form: Form)] = {
    var columns: [String: (name: String, form: Form)] = [:]
    for name in texts { columns[name.lowercased()] = (name, .text) }
    for name in structures { columns[name.lowercased()] = (name, .structure) }
    for name in maps { columns[name.lowercased()] = (name, .free) }
    return columns
  }()

  /// The member of a column.
  static func name(_ column: String) -> String { columns[column.lowercased()]?.name ?? column }

  /// Without these a record could be read as what it is not: a refused push without its error code, say.
  private static let needed = [
    "eventtime", "eventsource", "eventname", "eventid", "errorcode", "useridentity", "requestparameters",
    "responseelements", "additionaleventdata",
  ]

  /// Whether a header is that of a table of CloudTrail's records, rather than of anything else.
  static func areOfTable(_ names: [String]) -> Bool {
    names.count { columns[$0.lowercased()] != nil } >= 3
  }

  /// Whether a header is that of the console's event history: "Event name", "Event time" and so on.
  static func areOfConsole(_ names: [String]) -> Bool {
    names.count { ["event name", "event time", "event source", "event id"].contains($0.lowercased()) } >= 2
  }

  /// Whether a column is one that only records of events have.
  static func tellsOfEvents(_ name: String) -> Bool {
    name.lowercased().hasPrefix("event") && columns[name.lowercased()] != nil
  }

  static func lacking(_ names: some Sequence<String>) -> [String] {
    let present = Set(names.map { $0.lowercased() })
    return needed.filter { !present.contains($0) }
  }

  static func refusal(lacking names: [String]) -> TrailError {
    TrailError(
      message: "the query result lacks the columns \(names.joined(separator: ", "))",
      hints: ["git pushtrail sql athena (or lake) prints a query that selects all that is needed"])
  }

  let parser: JSONParser
  /// Whether members are texts that may hold JSON again, as in Lake's `map<string,string>`.
  var areMapsOfText = false

  /// The record of one row; fields of other columns are left out.
  func record(_ fields: some Sequence<(name: String, value: String)>) -> ExportedRecord {
    var record = JSONText()
    record.beginObject()
    for (column, value) in fields {
      guard let (name, form) = Self.columns[column.lowercased()], !value.isEmpty, value != "null" else { continue }
      record.name(name)
      switch form {
      case .text: record.text(value)
      case .structure, .free:
        guard nested(value, renames: form == .structure, &record) else {
          return .damage("\(name) is neither JSON nor a structure that can be read")
        }
      }
    }
    record.endObject()
    return .text(record.string)
  }

  private func nested(_ value: String, renames: Bool, _ record: inout JSONText) -> Bool {
    if !renames, areMapsOfText, let json = mapOfText(value) {
      record.raw(json)
      return true
    }
    var isJSON = false
    _ = parser.parsed(value) { json in
      isJSON = json.isObject || json.kind == .array
      if isJSON { record.value(json, parser, renames: renames) }
    }
    if isJSON { return true }
    var structure = PrintedStructure(value, renames: renames, parser: parser)
    guard let text = structure.json() else { return false }
    record.raw(text)
    return true
  }

  /// A JSON object whose members that are JSON themselves stand as such; `nil` where it is none.
  private func mapOfText(_ value: String) -> String? {
    var members: [(name: String, text: String?, json: String)] = []
    var isObject = false
    _ = parser.parsed(value) { json in
      isObject = json.isObject
      for (name, member) in json.members { members.append((name, member.text, parser.json(member))) }
    }
    guard isObject else { return nil }
    var object = JSONText()
    object.beginObject()
    for (name, text, json) in members {
      object.name(name)
      guard let text, text.hasPrefix("{") || text.hasPrefix("[") else {
        object.raw(json)
        continue
      }
      var structure = PrintedStructure(text, renames: false, parser: parser)
      object.raw(parser.parsed(text, { _ in }) ? text : structure.json() ?? json)
    }
    object.endObject()
    return object.string
  }

  /// The names within structures as records write them, by their lower case.
  static let structureNames: [String: String] = {
    var names: [String: String] = ["arn": "arn"]
    for name in [
      "principalId", "accountId", "accessKeyId", "userName", "invokedBy", "sessionContext", "mfaAuthenticated",
      "creationDate", "sessionIssuer", "sourceIdentity", "webIdFederationData", "federatedProvider",
      "ec2RoleDelivery", "onBehalfOf", "userId", "identityStoreArn", "credentialId", "identityProvider", "inScopeOf",
      "ARNPrefix", "updatedFields", "originalRequestID", "originalEventID",
    ] { names[name.lowercased()] = name }
    return names
  }()
}

/// The rows of `aws cloudtrail get-query-results`: each a list of maps of one column.
struct LakeRows {
  let parser: JSONParser

  func records(of rows: [JSONValue]) throws(TrailError) -> [ExportedRecord] {
    let tables = rows.map { row in
      row.elements.flatMap { field in field.members.map { (name: $0.name, value: $0.value.text ?? "") } }
    }
    if !tables.isEmpty {
      let lacking = RecordColumns.lacking(tables.joined().map(\.name))
      if !lacking.isEmpty { throw RecordColumns.refusal(lacking: lacking) }
    }
    let columns = RecordColumns(parser: parser, areMapsOfText: true)
    return tables.map { columns.record($0) }
  }
}
