/// Takes records out of what AWS's tools and services wrap them in.
///
/// Sources: AWS CLI reference, `cloudtrail lookup-events`, `cloudtrail get-query-results`, `logs filter-log-events`;
/// CloudWatch Logs User Guide, "Real-time processing of log data with subscriptions"; EventBridge User Guide, "AWS
/// service events delivered via CloudTrail".
struct Envelope {
  let parser: JSONParser

  /// The records within; `nil` where the value is no envelope that is known.
  func records(of value: JSONValue) throws(TrailError) -> [ExportedRecord]? {
    guard value.isObject else { return nil }
    if let records = try listed(in: value) { return records }
    if value["CloudTrailEvent"] != nil { return [message(value, "CloudTrailEvent")] }
    if let detail = value["detail"], detail.isObject, value["detail-type"] != nil {
      if detail["eventSource"] != nil, detail["eventName"] != nil { return [.text(parser.json(detail))] }
      let type = value["detail-type"]?.text ?? ""
      let advice = type == "CodeCommit Repository State Change" ? ": give such events with --events" : ""
      return [.damage("an EventBridge event of type \"\(type)\" is no CloudTrail record\(advice)")]
    }
    if value["message"]?.text != nil { return [message(value, "message")] }
    return nil
  }

  /// Those of every list that the object has.
  private func listed(in value: JSONValue) throws(TrailError) -> [ExportedRecord]? {
    var found: [ExportedRecord]?
    // CloudWatch Logs asks now and then whether somebody takes what it sends.
    if value["messageType"]?.text == "CONTROL_MESSAGE" { return [] }
    if let events = array(value, "Events") { found = events.map { message($0, "CloudTrailEvent") } }
    if let rows = array(value, "QueryResultRows") {
      found = try (found ?? []) + LakeRows(parser: parser).records(of: rows)
    }
    for name: StaticString in ["logEvents", "events"] {
      if let events = array(value, name) { found = (found ?? []) + events.map { message($0, "message") } }
    }
    return found
  }

  private func array(_ value: JSONValue, _ name: StaticString) -> [JSONValue]? {
    guard let member = value[name], member.kind == .array else { return nil }
    return member.elements
  }

  private func message(_ event: JSONValue, _ name: StaticString) -> ExportedRecord {
    guard let text = event[name]?.text else { return .damage("\(name), which holds the record, is absent or not text") }
    return .text(text)
  }
}
