internal import PushModel

/// Reads one record of CodeCommit into a `TrailEvent`.
///
/// Source: AWS CodeCommit User Guide, "Logging AWS CodeCommit API calls with AWS CloudTrail"; CloudTrail User Guide,
/// "CloudTrail record contents".
struct EventReader {
  enum Outcome {
    /// The event, and what is wrong with its fields, if anything. Where that touches what moved, the event says so.
    case event(TrailEvent, damage: String?)
    /// No event can be made of it; `time` where that much could be read.
    case unreadable(String, time: Timestamp?)
  }

  let place: LogFilePlace

  func read(_ record: JSONValue, at location: RecordLocation) -> Outcome {
    var essential = RecordFields()
    let timeText = essential.text(record, "eventTime")
    let time = timeText.flatMap { Timestamp(iso8601: $0) }.flatMap { place.allows($0) ? $0 : nil }
    guard let time else {
      let reason =
        essential.damage.first ?? (timeText == nil ? "eventTime is absent" : "eventTime is no date that can be")
      return .unreadable(reason, time: nil)
    }
    guard let eventID = essential.text(record, "eventID") else {
      return .unreadable(essential.damage.first ?? "eventID is absent", time: time)
    }
    guard let action = essential.text(record, "eventName") else {
      return .unreadable(essential.damage.first ?? "eventName is absent", time: time)
    }

    var fields = RecordFields()
    var event = TrailEvent(
      eventID: eventID, time: time, action: action, principal: fields.principal(record), kind: .other,
      location: location)
    event.sharedEventID = fields.text(record, "sharedEventID")
    event.sourceIPAddress = fields.text(record, "sourceIPAddress") ?? ""
    event.userAgent = fields.text(record, "userAgent") ?? ""
    event.errorMessage = fields.text(record, "errorMessage")
    event.readOnly = fields.flag(record, "readOnly")
    event.recipientAccountID = fields.text(record, "recipientAccountId")
    let addendum = fields.object(record, "addendum")
    if fields.text(addendum, "reason") == "UPDATED_DATA" { event.replaces = fields.text(addendum, "originalEventID") }
    event.errorCode = fields.text(record, "errorCode")
    let extra = fields.object(record, "additionalEventData")
    event.gitProtocol = fields.text(extra, "protocol")

    let call = CallRecord(record: record, action: action, failed: event.errorCode != nil, extra: extra)
    event.kind = fields.kind(of: call)
    event.repository = fields.repository(of: call, region: record["awsRegion"]?.text, place: place)
    if record["errorCode"].map({ !$0.isNull && $0.text == nil }) == true {
      // Whether it moved anything cannot be told.
      event.kind = event.kind.withoutMovement
    }
    // Nothing is judged by a call that the table does not know.
    let damage = CallRecord.isJudged(action) ? fields.damage : []
    return .event(event, damage: damage.isEmpty ? nil : damage.joined(separator: "; "))
  }
}

/// The parts of a record that say what was called and what came of it.
struct CallRecord {
  var record: JSONValue
  var action: String
  /// Whether the record has an error code: it is an attempt.
  var failed: Bool
  var extra: JSONValue?

  var request: JSONValue? { record["requestParameters"].flatMap { $0.isObject ? $0 : nil } }
  var response: JSONValue? { record["responseElements"].flatMap { $0.isObject ? $0 : nil } }

  /// Whether CloudTrail put a note in the place of content that was too large for it.
  static func isCut(_ object: JSONValue?) -> Bool {
    guard let object, object.isObject else { return false }
    for flag in [object["omitted"], object["truncated"]] {
      guard let flag else { continue }
      if flag.bool == true || flag.text?.lowercased() == "true" { return true }
    }
    // The note's other members, in case that only the flag is written differently.
    return object["originalSize"] != nil && object["reason"] != nil
  }

  static func isJudged(_ action: String) -> Bool {
    switch action {
    case "GitPush", "GitPull", "CreateBranch", "DeleteBranch", "CreateCommit", "PutFile", "DeleteFile",
      "MergeBranchesByFastForward", "MergeBranchesBySquash", "MergeBranchesByThreeWay",
      "MergePullRequestByFastForward", "MergePullRequestBySquash", "MergePullRequestByThreeWay", "CreateRepository",
      "DeleteRepository", "UpdateRepositoryName", "UpdateDefaultBranch", "CreatePullRequest",
      "UpdatePullRequestStatus", "UpdatePullRequestTitle", "UpdatePullRequestDescription", "UploadArchive":
      true
    default: false
    }
  }
}

extension TrailEvent.Kind {
  /// The same act, with what it moved unknown.
  fileprivate var withoutMovement: TrailEvent.Kind {
    switch self {
    case .push, .pushAdvertisement: .pushOmitted
    case .refChange(let change): .refChangeOmitted(ref: change.ref)
    default: self
    }
  }
}
