import CloudTrailLog
import PushModel
import Testing

/// GitPush and GitPull records (DESIGN 2, items 3 to 5).
@Suite struct PushRecordTests {
  private static let tip = Sample.tip
  private static let id = ObjectID(hex: Sample.tip) ?? .zero
  private static let main = RefName.branch("main")

  private func kind(_ record: String) throws -> TrailEvent.Kind? { try event(record)?.kind }

  private func deletion(_ oldTip: ObjectID? = nil) -> TrailEvent.Kind {
    .push([ReferenceEntry(ref: Self.main, target: .deletion(oldTip: oldTip))])
  }

  private static let requests = ["null", "{}", "{\"references\":null}", "\"\""]

  /// As CloudTrail tells of the ref advertisement: CodeCommit User Guide, "Example: Git push event".
  private static func record(request: String = "null", transferred: String, readOnly: String) -> String {
    let extra =
      #"{"protocol":"HTTP","dataTransferred":\#(transferred),"repositoryName":"Repo","repositoryId":"r-1"}"#
    return Sample.record(request: request, extra: extra)
      .replacing(#""readOnly":false"#, with: #""readOnly":\#(readOnly)"#)
  }

  @Test(arguments: requests + ["{\"references\":[]}"])
  func `without references it is an advertisement`(request: String) throws {
    // Whichever of the two says that nothing was written.
    for (transferred, readOnly) in [("false", "true"), ("false", "false"), ("null", "false"), ("true", "true")] {
      let read = try reading(Self.record(request: request, transferred: transferred, readOnly: readOnly))
      #expect(read.events.map(\.kind) == [.pushAdvertisement], "\(transferred) \(readOnly)")
      #expect(read.unreadable.isEmpty)
    }
  }

  @Test(arguments: requests)
  func `unless it wrote: then its references were lost`(request: String) throws {
    for (transferred, readOnly) in [("true", "false"), ("\"true\"", "\"false\""), ("true", "null")] {
      let read = try reading(Self.record(request: request, transferred: transferred, readOnly: readOnly))
      #expect(read.events.map(\.kind) == [.pushOmitted], "\(transferred) \(readOnly)")
      #expect(read.unreadable.isEmpty)
    }
  }

  @Test func `an empty list was not lost`() throws {
    let record = Self.record(request: "{\"references\":[]}", transferred: "true", readOnly: "false")
    #expect(try kind(record) == .pushAdvertisement)
  }

  /// Records like one that was parsed are not parsed: that must not make an advertisement of what is none.
  @Test func `among others of the same client`() throws {
    let kinds: [(String, TrailEvent.Kind)] = [
      (Self.record(transferred: "false", readOnly: "true"), .pushAdvertisement),
      (Self.record(transferred: "true", readOnly: "false"), .pushOmitted),
      (Self.record(transferred: "true", readOnly: "true"), .pushAdvertisement),
      (Sample.push(), .push([ReferenceEntry(ref: Self.main, target: .commit(Self.id))])),
      (Self.record(transferred: "false", readOnly: "false"), .pushAdvertisement),
    ]
    let all = kinds + kinds.reversed() + kinds
    let records = all.enumerated().map { $1.0.replacing("\"e-1\"", with: "\"e-\($0)\"") }
    #expect(try reading(records.joined(separator: ",")).events.map(\.kind) == all.map(\.1))
  }

  @Test func `an absent requestParameters too`() throws {
    let record = Self.record(transferred: "false", readOnly: "true")
    #expect(try kind(record.replacing("\"requestParameters\":null,", with: "")) == .pushAdvertisement)
  }

  @Test(arguments: [
    #"{"reason":"requestParameters too large","omitted":"true","originalSize":"149893"}"#,
    #"{"omitted":true}"#, #"{"omitted":"TRUE","references":[]}"#, #"{"truncated":true}"#,
    #"{"reason":"too large","originalSize":149893}"#,
    #"{"references":{"omitted":"true"}}"#,
    #"{"repositoryName":"Repo"}"#,
  ])
  func `cut parameters leave every ref unknown`(request: String) throws {
    let read = try reading(Sample.record(request: request))
    #expect(read.events.map(\.kind) == [.pushOmitted])
    #expect(read.unreadable.isEmpty)
  }

  @Test(arguments: [
    #"{"ref":"refs/heads/main","commit":"0000000000000000000000000000000000000000"}"#,
    #"{"ref":"refs/heads/main","commit":null}"#, #"{"ref":"refs/heads/main"}"#,
    #"{"ref":"refs/heads/main","commit":""}"#,
    #"{"ref":"refs/heads/main","deleted":true}"#,
    #"{"ref":"refs/heads/main","commit":"0000000000000000000000000000000000000000","deleted":"true"}"#,
  ])
  func `the forms of a deletion`(entry: String) throws {
    #expect(try kind(Sample.push("[\(entry)]")) == deletion())
  }

  @Test func `a flagged deletion may name its old tip`() throws {
    for flag in ["true", "\"true\"", "\"True\""] {
      let entry = #"{"ref":"refs/heads/main","commit":"\#(Self.tip)","deleted":\#(flag)}"#
      #expect(try kind(Sample.push("[\(entry)]")) == deletion(Self.id))
    }
    for flag in ["false", "\"false\"", "null", "\"\""] {
      let entry = #"{"ref":"refs/heads/main","commit":"\#(Self.tip)","deleted":\#(flag),"created":true}"#
      #expect(
        try kind(Sample.push("[\(entry)]")) == .push([ReferenceEntry(ref: Self.main, target: .commit(Self.id))]))
    }
  }

  @Test func `every entry counts, with its whole ref name`() throws {
    let names = [
      "refs/heads/feature/x", "refs/tags/v1", "refs/notes/commits", "refs/heads/\u{1b}[31m", "refs/heads/\u{202e}",
    ]
    let entries = names.map { name in
      let escaped = name.replacing("\u{1b}", with: "\\u001b")
      return "{\"commit\":\"\(Self.tip.uppercased())\",\"ref\":\"\(escaped)\"}"
    }
    #expect(
      try kind(Sample.push("[\(entries.joined(separator: ","))]"))
        == .push(names.map { ReferenceEntry(ref: RefName($0), target: .commit(Self.id)) }))
    // One entry that is not in an array.
    #expect(
      try kind(Sample.push("{\"commit\":\"\(Self.tip)\",\"ref\":\"refs/heads/main\"}"))
        == .push([ReferenceEntry(ref: Self.main, target: .commit(Self.id))]))
  }

  @Test func `four thousand refs in one push`() throws {
    let entries = (0..<4000).map { "{\"commit\":\"\(Self.tip)\",\"ref\":\"refs/heads/b\($0)\"}" }
    guard case .push(let references) = try kind(Sample.push("[\(entries.joined(separator: ","))]")) else {
      Issue.record("no push")
      return
    }
    #expect(references.map(\.ref) == (0..<4000).map { .branch("b\($0)") })
  }

  @Test(arguments: [
    (#"[{"commit":"x","ref":"refs/heads/main"}]"#, "references[0] has a commit that is no object id"),
    (#"[{"commit":"111","ref":"refs/heads/main"}]"#, "references[0] has a commit that is no object id"),
    (#"[{"commit":5,"ref":"refs/heads/main"}]"#, "references[0] has a commit that is not text"),
    (#"[{"commit":null,"ref":5}]"#, "references[0] names no ref"),
    (#"[{"commit":null}]"#, "references[0] names no ref"),
    (#"[{"ref":"a"},{"ref":""}]"#, "references[1] names no ref"),
    (#"[{"ref":"a"},5]"#, "references[1] is not an object"),
    (#"[{"ref":"a","deleted":7}]"#, "references[0] : deleted is neither true nor false"),
    (#""refs/heads/main""#, "references is not an array"),
    (#"7"#, "references is not an array"),
  ])
  func `half a record judges no ref`(references: String, reason: String) throws {
    let read = try reading(Sample.push(references))
    #expect(read.events.map(\.kind) == [.pushOmitted])
    #expect(read.unreadable.map(\.reason) == [reason])
    #expect(read.unreadable.first?.start == Timestamp(iso8601: "2024-03-05T10:00:00Z"))
    #expect(read.unreadable.first?.record == 1)
  }

  @Test func `parameters of another type`() throws {
    for request in ["5", "\"x\"", "[]", "true"] {
      let read = try reading(Sample.record(request: request))
      #expect(read.events.map(\.kind) == [.pushOmitted])
      #expect(read.unreadable.map(\.reason) == ["requestParameters is not an object"])
    }
  }

  @Test func `a refused push keeps what was attempted`() throws {
    let refused = try #require(
      try event(
        String(Sample.push().dropLast()) + #","errorCode":"AccessDenied","errorMessage":"User: x is not authorized"}"#))
    #expect(refused.errorCode == "AccessDenied")
    #expect(refused.errorMessage == "User: x is not authorized")
    #expect(refused.kind == .push([ReferenceEntry(ref: Self.main, target: .commit(Self.id))]))
    #expect(try event(Sample.record(more: #","errorCode":"AccessDenied""#))?.kind == .pushOmitted)
  }

  @Test func `pulls`() throws {
    func pull(_ extra: String) throws -> TrailEvent.Kind? { try kind(Sample.record("GitPull", extra: extra)) }
    #expect(try pull(#"{"dataTransferred":true,"shallow":false}"#) == .pull(dataTransferred: true, shallow: false))
    #expect(try pull(#"{"dataTransferred":"true","shallow":"true"}"#) == .pull(dataTransferred: true, shallow: true))
    #expect(try pull(#"{"dataTransferred":false}"#) == .pull(dataTransferred: false, shallow: nil))
    #expect(try pull("null") == .pull(dataTransferred: false, shallow: nil))
  }

  @Test func `the common fields`() throws {
    let more =
      #","sharedEventID":"shared","addendum":{"reason":"UPDATED_DATA","updatedFields":"x","originalEventID":"old"}"#
    let event = try #require(try event(Sample.record(id: "new", request: "null", more: more)))
    #expect(event.eventID == "new")
    #expect(event.sharedEventID == "shared")
    #expect(event.replaces == "old")
    #expect(event.time == Timestamp(iso8601: "2024-03-05T10:00:00Z"))
    #expect(event.action == "GitPush")
    #expect(event.sourceIPAddress == "203.0.113.12")
    #expect(event.userAgent == "git/2.39.5")
    #expect(event.readOnly == false)
    #expect(event.recipientAccountID == "111122223333")
    #expect(event.gitProtocol == "HTTP")
    #expect(event.errorCode == nil)
    #expect(
      event.repository
        == RepositoryReference(
          name: "Repo", id: "r-1", partition: "aws", accountID: "111122223333", region: "us-east-2"))
    let delayed = #","addendum":{"reason":"DELIVERY_DELAY","originalEventID":"old"}"#
    #expect(try CloudTrailLogTests.event(Sample.record(more: delayed))?.replaces == nil)
  }

  @Test func `times with offsets and fractions`() throws {
    for time in ["2024-03-05T11:00:00+01:00", "2024-03-05T10:00:00.701Z", "2024-03-05T10:00:00.701+0000"] {
      #expect(try event(Sample.push(time: time))?.time == Timestamp(iso8601: "2024-03-05T10:00:00Z"))
    }
  }

  @Test func `where the record does not name its account, the path does`() throws {
    let folder = try TrailFolder()
    let record = Sample.record().replacing(
      "\"resources\":[{\"ARN\":\"arn:aws:codecommit:us-east-2:111122223333:Repo\",\"accountId\":\"111122223333\"}],",
      with: ""
    )
    .replacing(",\"recipientAccountId\":\"111122223333\"", with: "").replacing("\"awsRegion\":\"us-east-2\",", with: "")
    #expect(!record.contains("us-east-2"))
    try folder.write("AWSLogs/444455556666/CloudTrail/eu-central-1/2024/03/05/x.json", records: [record])
    let event = try TrailReader().read([folder.path]).events.first
    #expect(
      event?.repository
        == RepositoryReference(name: "Repo", id: "r-1", accountID: "444455556666", region: "eu-central-1"))
  }
}
