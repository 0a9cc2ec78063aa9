import CloudTrailLog
import Foundation
import PushModel
import Testing

private let arn = "arn:aws:codecommit:us-east-2:111122223333:Repo"
private let old = Sample.other
private let new = Sample.tip

private func bridge(
  _ event: String, id: String = "b-1", ref: String = "refs/heads/main", fields: String? = nil,
  type: String = "CodeCommit Repository State Change"
) -> String {
  let ids =
    switch event {
    case "referenceCreated": #""commitId":"\#(new)""#
    case "referenceDeleted": #""oldCommitId":"\#(old)""#
    default: #""commitId":"\#(new)","oldCommitId":"\#(old)""#
    }
  return #"{"version":"0","id":"\#(id)","detail-type":"\#(type)","source":"aws.codecommit","account":"111122223333","#
    + #""time":"2024-03-05T10:00:00Z","region":"us-east-2","resources":["\#(arn)"],"detail":{"event":"\#(event)","#
    + #""repositoryName":"Repo","repositoryId":"r-1","referenceType":"branch","referenceName":"main","#
    + #""referenceFullName":"\#(ref)","callerUserArn":"arn:aws:iam::111122223333:user/mary",\#(fields ?? ids)}}"#
}

private func trigger(_ references: String, name: String = "ReferenceChanges") -> String {
  #"{"awsRegion":"us-east-2","codecommit":{"references":\#(references)},"eventId":"t-1","eventName":"\#(name)","#
    + #""eventPartNumber":1,"eventSource":"aws:codecommit","eventSourceARN":"\#(arn)","#
    + #""eventTime":"2024-03-05T10:41:24.701+0000","userIdentityARN":"arn:aws:iam::111122223333:user/mary"}"#
}

private func quoted(_ text: String) throws -> String {
  String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
}

private func read(_ text: String, _ name: String = "events.json") throws -> StateChangeReading {
  let folder = try TrailFolder()
  return try StateChangeReader().read([folder.write(name, text)])
}

private func failure(_ text: String) throws -> String {
  do {
    let reading = try read(text)
    return "read \(reading.changes.count)"
  } catch let error as TrailError {
    return error.message
  }
}

@Suite struct StateChangeReaderTests {
  @Test func eachKindOfStateChange() throws {
    let text = ["referenceCreated", "referenceUpdated", "referenceDeleted"].enumerated()
      .map { bridge($1, id: "b-\($0)") }.joined(separator: "\n")
    let changes = try read(text).changes
    let (oldID, newID) = try (#require(ObjectID(hex: old)), #require(ObjectID(hex: new)))
    #expect(changes.map(\.before) == [ToldBefore.none, .tip(oldID), .tip(oldID)])
    #expect(changes.map(\.after) == [newID, newID, nil])
    #expect(changes.map(\.location.record) == [1, 2, 3])
    let first = try #require(changes.first)
    #expect(first.repository.id == "r-1")
    #expect(first.repository.name == "Repo")
    #expect(first.repository.accountID == "111122223333")
    #expect(first.ref == .branch("main"))
    #expect(first.time == Timestamp(iso8601: "2024-03-05T10:00:00Z"))
    #expect(first.caller == "arn:aws:iam::111122223333:user/mary")
  }

  @Test func aMergeTellsWhatWasMerged() throws {
    let fields =
      #""commitId":"\#(new)","oldCommitId":"\#(old)","mergeOption":"SQUASH_MERGE","sourceCommitId":"\#(old)""#
    #expect(try read(bridge("referenceUpdated", fields: fields)).changes.first?.mergeSource == ObjectID(hex: old))
  }

  @Test func aTriggersReferences() throws {
    let reading = try read(
      #"{"Records":["#
        + trigger(
          #"[{"commit":"\#(new)","ref":"refs/heads/main"},{"commit":"\#(new)","created":true,"ref":"refs/tags/v1"},"#
            + #"{"commit":"\#(old)","deleted":true,"ref":"refs/heads/x"}]"#) + "]}")
    let (oldID, newID) = try (#require(ObjectID(hex: old)), #require(ObjectID(hex: new)))
    #expect(reading.changes.map(\.before) == [.notTold, ToldBefore.none, .tip(oldID)])
    #expect(reading.changes.map(\.after) == [newID, newID, nil])
    #expect(reading.changes.first?.time == Timestamp(iso8601: "2024-03-05T10:41:24Z"))
    #expect(reading.changes.first?.repository.name == "Repo")
  }

  /// What lies around an event in the ways in which people keep them.
  @Test func wrappers() throws {
    let event = bridge("referenceUpdated")
    let message = try quoted(event)
    let notification = try quoted(#"{"Type":"Notification","Message":\#(message)}"#)
    for text in [
      "[\(event)]", "\u{feff}\(event)", "\(event)\(event)", #"{"Records":[\#(event)]}"#,
      #"{"Type":"Notification","Message":\#(message)}"#,
      #"{"Records":[{"EventSource":"aws:sns","Sns":{"Message":\#(message)}}]}"#,
      #"{"Records":[{"eventSource":"aws:sqs","body":\#(notification)}]}"#, #"{"Messages":[{"Body":\#(message)}]}"#,
      #"{"events":[{"timestamp":1,"message":\#(message)}]}"#,
    ] {
      #expect(try read(text).changes.map(\.id) == ["b-1"], "\(text)")
    }
    let folder = try TrailFolder()
    try folder.write("2026/03/events-1-2026-03-05", event)
    try folder.write("more/b.json.gz", folder.gzip(bridge("referenceCreated", id: "b-2", ref: "refs/heads/x")))
    try folder.write("note.txt", "no event")
    #expect(try StateChangeReader().read([folder.path]).changes.map(\.id) == ["b-1", "b-2"])
  }

  @Test func eventsThatMoveNothingAreLeftOut() throws {
    let reading = try read(
      [
        bridge("pullRequestCreated", type: "CodeCommit Pull Request State Change"),
        bridge("unreferencedMergeCommitCreated"), trigger("[]", name: "TriggerEventTest"), bridge("referenceUpdated"),
      ].joined(separator: "\n"))
    #expect(reading.changes.count == 1)
    #expect(reading.notes.isEmpty)
  }

  @Test func anotherShapeNamesTheFileAndThePlace() throws {
    func place(_ text: String) throws -> String {
      let message = try failure(text)
      return message.range(of: "events.json: ").map { String(message[$0.upperBound...]) } ?? message
    }
    #expect(try place(#"{"a":1,"b":2}"#) == "event 1 is no event of CodeCommit: it has a, b")
    #expect(try place("\(bridge("referenceUpdated"))\n[7]") == "event 2 is no event of CodeCommit")
    #expect(
      try place(bridge("referenceUpdated", fields: #""commitId":"\#(new)""#)) == "event 1: oldCommitId cannot be read")
    #expect(
      try place(bridge("referenceUpdated", fields: #""commitId":"xyz","oldCommitId":"\#(old)""#))
        == "event 1: commitId is not an object id; commitId cannot be read")
    #expect(try place(bridge("referenceExploded")) == #"event 1: "referenceExploded" is no state change that is known"#)
    #expect(try place(trigger(#"[{"commit":"\#(new)"}]"#)) == "event 1, reference 1: ref cannot be read")
    #expect(try place(String(bridge("referenceUpdated").dropLast(5))).hasPrefix("after event 0, at byte "))
    #expect(try place("").hasPrefix("holds no event of CodeCommit"))
    #expect(try place("plain words").hasPrefix("after event 0, at byte 0: is no JSON"))
  }

  @Test func cloudTrailsRecordsAreTheTrail() throws {
    let call = #"{"detail-type":"AWS API Call via CloudTrail","detail":\#(Sample.push())}"#
    for text in [call, #"{"Records":[\#(Sample.push())]}"#, "[\(call),\(call)]"] {
      #expect(try failure(text).hasSuffix("holds CloudTrail records, and no state change of CodeCommit"))
    }
    let mixed = try read("[\(call),\(bridge("referenceUpdated"))]")
    #expect(mixed.changes.count == 1)
    #expect(mixed.notes.count == 1)
    // And the other way round: a trail says where such events belong.
    let folder = try TrailFolder()
    let reading = try TrailReader().read([folder.write("log.json", bridge("referenceUpdated"))])
    #expect(reading.unreadable.first?.reason.hasSuffix("give such events with --events") == true)
  }

  @Test func aFileThatWasNotNamedIsLeftOutWithANote() throws {
    let folder = try TrailFolder()
    try folder.write("a.json", #"{"manifest":true}"#)
    try folder.write("b.json", bridge("referenceUpdated"))
    let reading = try StateChangeReader().read([folder.path])
    #expect(reading.changes.count == 1)
    #expect(reading.notes.count == 1)
    #expect(reading.notes.first?.contains("a.json: event 1 is no event of CodeCommit: it has manifest") == true)
    #expect(throws: TrailError.self) { try StateChangeReader().read([folder.path("absent.json")]) }
  }
}
