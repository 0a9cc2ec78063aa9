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
    let principal = fields.principal(record)
    let sharedEventID = fields.text(record, "sharedEventID")
    let sourceIPAddress = fields.text(record, "sourceIPAddress") ?? ""
    let userAgent = fields.text(record, "userAgent") ?? ""
    let errorMessage = fields.text(record, "errorMessage")
    let readOnly = fields.flag(record, "readOnly")
    let recipientAccountID = fields.text(record, "recipientAccountId")
    let addendum = fields.object(record, "addendum")
    let replaces =
      fields.text(addendum, "reason") == "UPDATED_DATA" ? fields.text(addendum, "originalEventID") : nil
    let errorCode = fields.text(record, "errorCode")
    let extra = fields.object(record, "additionalEventData")
    let gitProtocol = fields.text(extra, "protocol")

    let call = CallRecord(record: record, action: action, failed: errorCode != nil, extra: extra)
    var kind = fields.kind(of: call)
    let repository = fields.repository(of: call, region: record["awsRegion"]?.text, place: place)
    if record["errorCode"].map({ !$0.isNull && $0.text == nil }) == true {
      // Whether it moved anything cannot be told.
      kind = kind.withoutMovement
    }
    let event = TrailEvent(
      eventID: eventID, sharedEventID: sharedEventID, time: time, action: action, principal: principal,
      sourceIPAddress: sourceIPAddress, userAgent: userAgent, errorCode: errorCode, errorMessage: errorMessage,
      readOnly: readOnly, recipientAccountID: recipientAccountID, repository: repository, gitProtocol: gitProtocol,
      replaces: replaces, kind: kind, location: location)
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
