import CloudTrailLog
import Foundation
import PushModel
import Testing

/// Which files are read, in which order, and what cannot be a trail at all.
@Suite struct TrailInputTests {
  let folder: TrailFolder

  init() throws { folder = try TrailFolder() }

  private func ids(_ paths: [String]) throws -> [String] { try TrailReader().read(paths).events.map(\.eventID) }

  private func failure(_ paths: [String]) -> TrailError? {
    do throws(TrailError) {
      _ = try TrailReader().read(paths)
      return nil
    } catch { return error }
  }

  @Test func `a tree is read in the byte order of its paths`() throws {
    for name in ["b/x.json", "a.json", "a/z.json.gz", "a/B.json", "a/a.gz", "a-b.json", "ä.json"] {
      try folder.write(name, records: [Sample.push(id: name)])
    }
    #expect(
      try ids([folder.path]) == ["a-b.json", "a.json", "a/B.json", "a/a.gz", "a/z.json.gz", "b/x.json", "ä.json"])
    #expect(try ids([folder.path("b"), folder.path("a.json")]) == ["b/x.json", "a.json"])
    // A file that two paths reach is read once, where it is first met.
    #expect(try ids([folder.path("b/x.json"), folder.path, folder.path + "/"]).count == 7)
  }

  @Test func `digests, insights, lake results, hidden files and other extensions are no log files`() throws {
    let base = "AWSLogs/o-exampleorg/111122223333/"
    try folder.write(base + "CloudTrail/us-east-2/2024/03/05/a.json.gz", records: [Sample.push(id: "a")])
    for other in ["CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-Lake"] {
      try folder.write(base + other + "/us-east-2/2024/03/05/b.json.gz", records: [Sample.push(id: other)])
    }
    // What other services deliver into the same bucket.
    try folder.write(
      base + "Config/us-east-2/2024/3/5/ConfigSnapshot/c.json.gz", folder.gzip("{\"configurationItems\":[]}"))
    try folder.write("AWSLogs/111122223333/elasticloadbalancing/us-east-2/2024/03/05/e.log.gz", folder.gzip("http"))
    try folder.write(".hidden.json", records: [Sample.push(id: "h")])
    try folder.write(".git/x.json", records: [Sample.push(id: "h")])
    try folder.write("notes.txt", "hello")
    let reading = try TrailReader().read([folder.path])
    #expect(reading.events.map(\.eventID) == ["a"])
    #expect(reading.files == 1)
    #expect(reading.unreadable.isEmpty)
    // Content decides on compression, whatever the name.
    #expect(
      reading.bytes
        == Int64(
          try Data(contentsOf: folder.url.appending(path: base + "CloudTrail/us-east-2/2024/03/05/a.json.gz")).count))
  }

  @Test func `a log file that lies there under a name of another ending is not passed over`() throws {
    let log = "111122223333_CloudTrail_us-east-2_20240305T1010Z_abc.json.gz"
    let day = "AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/05/"
    let names = [log + ".6eF7a9b2", ".\(log).Xy12", log.replacing(".json.gz", with: ".txt")]
    for name in names {
      let folder = try TrailFolder()
      try folder.write(day + "a.json.gz", records: [Sample.push(id: "a")])
      try folder.write(day + name, folder.gzip("{\"Records\":[]}"))
      let reading = try TrailReader().read([folder.path])
      #expect(reading.unreadable.map { $0.path.hasSuffix(name) && $0.reason.contains(log) } == [true], "\(name)")
      #expect(reading.unreadable.first?.end.map { $0.description } == "2024-03-05T10:11:00Z")
      // Beside the whole one it is nothing but what is left of a copy, or a sum.
      try folder.write(day + log, records: [Sample.push(id: "b")])
      #expect(try TrailReader().read([folder.path]).unreadable.isEmpty)
    }
  }

  @Test func `what cannot start`() throws {
    #expect(failure([])?.message == "no trail was given")
    #expect(failure([folder.path("none")])?.message == "\(folder.path("none")): no such file or directory")
    #expect(failure([folder.path])?.message.contains("holds no log file") == true)
    #expect(failure([""]) != nil)
    try folder.write("d/notes.txt", "x")
    #expect(failure([folder.path("d")])?.message.contains("holds no log file") == true)

    let digest = try folder.write(
      "CloudTrail-Digest/x.json.gz", folder.gzip("{\"digestStartTime\":\"2024-03-05T10:00:00Z\",\"logFiles\":[]}"))
    #expect(failure([digest])?.message.contains("is a digest file") == true)
    #expect(failure([digest])?.hints.isEmpty == false)
    #expect(failure([folder.path("CloudTrail-Digest")])?.message.contains("CloudTrail-Digest") == true)
    // A tree with nothing but digests.
    #expect(failure([folder.path])?.message.contains("holds no log file") == true)

    let csv = try folder.write(
      "event_history.csv", "Event ID,AWS access key,AWS region,Event name,Event source\n1,2,3,4,5\n")
    #expect(failure([csv])?.message.contains("console's CSV") == true)
  }

  @Test func `CSV files in a folder are told apart by their content`() throws {
    let header =
      "eventtime,eventsource,eventname,eventid,errorcode,useridentity,requestparameters,responseelements,additionaleventdata\n"
    let push =
      "2024-03-05T10:00:00Z,codecommit.amazonaws.com,GitPush,e1,,\"{type=IAMUser, username=mary}\",\"{references=[{commit=\(Sample.tip), ref=refs/heads/main}]}\",,\"{repositoryName=Repo}\"\n"
    try folder.write("athena/13.csv", header + push)
    try folder.write("athena/14.CSV", header + push.replacing("e1", with: "e2"))
    // Athena writes this one beside each result.
    try folder.write("athena/13.csv.metadata", "x")
    #expect(try ids([folder.path]) == ["e1", "e2"])

    // What somebody else's program left there is no part of the trail.
    for (name, text) in [
      ("users.csv", "id,name,event\n1,mary,x\n"), ("one.csv", "hello\n"),
      ("inventory.csv.gz", "\"bucket\",\"key\",\"size\"\n"),
    ] {
      try folder.write(name, name.hasSuffix(".gz") ? folder.gzip(text) : Data(text.utf8))
    }
    let reading = try TrailReader().read([folder.path])
    #expect(reading.events.count == 2)
    #expect(reading.unreadable.isEmpty)

    // What may be is said.
    let utf16 = try #require((header + push).data(using: .utf16LittleEndian))
    try folder.write("doubtful/a-console.csv", "Event ID,Event time,User name,Event name,Event source\n1,2,3,4,5\n")
    try folder.write("doubtful/b-headless.csv", push)
    try folder.write("doubtful/c-own-query.csv", "eventtime,who\n2024-03-05T10:00:00Z,mary\n")
    try folder.write("doubtful/d-lacks.csv", "eventtime,eventsource,eventname\n")
    try folder.write("doubtful/e-empty.csv", "")
    try folder.write("doubtful/f-utf16.csv", utf16)
    let doubtful = try TrailReader().read([folder.path]).unreadable
    #expect(
      doubtful.map { String($0.path.split(separator: "/").last?.first ?? "?") } == ["a", "b", "c", "d", "e", "f"])
    #expect(doubtful.first?.reason.contains("download the events as JSON") == true)
    #expect(doubtful[3].reason.contains("git pushtrail sql athena"))
    // A file of events is none.
    try folder.write("events/x.csv", header + push)
    #expect(throws: TrailError.self) { try StateChangeReader().read([folder.path("events")]) }
  }

  @Test func `symbolic links neither loop nor count twice`() throws {
    try folder.write("a/x.json", records: [Sample.push(id: "x")])
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.path("a/loop"), withDestinationPath: "..")
    try files.createSymbolicLink(atPath: folder.path("a/self"), withDestinationPath: "self")
    try files.createSymbolicLink(atPath: folder.path("a/y.json"), withDestinationPath: "x.json")
    try files.createSymbolicLink(atPath: folder.path("b"), withDestinationPath: "a")
    try files.createSymbolicLink(atPath: folder.path("gone.json"), withDestinationPath: "nowhere")
    try files.createSymbolicLink(atPath: folder.path("round.json"), withDestinationPath: "round.json")
    let reading = try TrailReader().read([folder.path])
    #expect(reading.events.map(\.eventID) == ["x"])
    #expect(
      reading.unreadable.map { "\($0.path) \($0.reason)" } == [
        "\(folder.path("gone.json")) no such file or directory",
        "\(folder.path("round.json")) too many levels of symbolic links",
      ])
    #expect(try ids([folder.path("b")]) == ["x"])
  }

  @Test func `what is no file does not block`() throws {
    try folder.write("x.json", records: [Sample.push(id: "x")])
    _ = try Command.run("/usr/bin/mkfifo", [folder.path("pipe.json")])
    let reading = try TrailReader().read([folder.path])
    #expect(reading.events.map(\.eventID) == ["x"])
    #expect(reading.unreadable.map(\.reason) == ["is not a regular file"])
  }

  @Test func `names that are no UTF-8`() throws {
    try folder.write("x.json", records: [Sample.push(id: "x")])
    _ = try Command.python(
      "import os, sys; os.rename(os.fsencode(sys.argv[1]) + b'/x.json', os.fsencode(sys.argv[1]) + b'/\\xff.json')",
      [folder.path])
    #expect(try ids([folder.path]) == ["x"])
  }

  @Test func `standard input`() throws {
    for gzip in [false, true] {
      let text = "{\"Records\":[\(Sample.push(id: "in"))]}"
      let file = try folder.write("in", gzip ? folder.gzip(text) : Data(text.utf8))
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
      let reading = try TrailReader(standardInput: handle.fileDescriptor).read(["-"])
      #expect(reading.events.map(\.eventID) == ["in"])
      #expect(reading.events.first?.location == RecordLocation(file: "standard input", record: 1))
      #expect(reading.files == 1)
    }
    let empty = Pipe()
    try empty.fileHandleForWriting.close()
    let reading = try TrailReader(standardInput: empty.fileHandleForReading.fileDescriptor).read(["-", "-"])
    #expect(reading.unreadable.map(\.reason) == ["the file is empty"])
  }

  @Test func `one record, an array, and log files one after the other`() throws {
    #expect(try ids([folder.write("r", Sample.push(id: "r"))]) == ["r"])
    #expect(
      try ids([folder.write("a", "[\(Sample.push(id: "a")),\(Sample.stranger),\(Sample.push(id: "b"))]")]) == [
        "a", "b",
      ])
    #expect(
      try ids([folder.write("n", Sample.push(id: "n") + "\n" + Sample.stranger + "\n" + Sample.push(id: "m") + "\n")])
        == ["n", "m"])
    // None of these proves what it lacks.
    for name in ["r", "a", "n"] { #expect(try TrailReader().read([folder.path(name)]).spans.isEmpty) }
  }

  @Test func `of equal names the last counts, as Python and jq read them`() throws {
    let twice = String(Sample.push(id: "first").dropLast()) + ",\"eventID\":\"last\"}"
    let file = try folder.write("x.json", records: [twice])
    #expect(
      try Command.python(
        "import json,sys; print(json.load(open(sys.argv[1]))['Records'][0]['eventID'], end='')", [file])
        == "last")
    #expect(try ids([file]) == ["last"])
    let hidden = String(Sample.push(id: "x").dropLast()) + ",\"eventSource\":\"s3.amazonaws.com\"}"
    #expect(try ids([folder.write("y.json", records: [hidden])]) == [])
  }
}

/// What the log files say of coverage.
@Suite struct SpanTests {
  private func record(_ time: String, _ account: String, _ region: String, readOnly: Bool = false) -> String {
    "{\"eventTime\":\"\(time)\",\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"x\",\"eventID\":\"i\","
      + "\"awsRegion\":\"\(region)\",\"recipientAccountId\":\"\(account)\",\"readOnly\":\(readOnly)}"
  }

  private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

  @Test func `the path's account and region win over the record's`() throws {
    let folder = try TrailFolder()
    try folder.write(
      "AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/06/111122223333_CloudTrail_us-east-2_20240306T0005Z_q.json.gz",
      records: [
        record("2024-03-05T23:58:00Z", "999900001111", "us-east-1"),
        record("2024-03-06T00:01:00Z", "111122223333", "us-east-2", readOnly: true),
      ])
    try folder.write("AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/09/empty.json", records: [])
    let spans = try TrailReader().read([folder.path]).spans
    #expect(
      spans == [
        LogSpan(
          accountID: "111122223333", region: "us-east-2", first: try time("2024-03-05T23:58:00Z"),
          last: try time("2024-03-06T00:01:00Z"),
          days: [try time("2024-03-06").day, try time("2024-03-09").day],
          hasReadOnlyRecords: true)
      ])
  }

  @Test func `without a telling path the records tell`() throws {
    let folder = try TrailFolder()
    try folder.write(
      "x.json",
      records: [
        record("2024-03-07T10:00:00Z", "222222222222", "eu-west-1"),
        record("2024-03-05T10:00:00Z", "111111111111", "us-east-1"),
        record("2024-03-06T10:00:00Z", "222222222222", "eu-west-1"),
        record("2024-03-06T10:00:00Z", "", "eu-west-1"),
      ])
    let spans = try TrailReader().read([folder.path]).spans
    #expect(
      spans.map { "\($0.accountID) \($0.region) \($0.first) \($0.last)" } == [
        "111111111111 us-east-1 2024-03-05T10:00:00Z 2024-03-05T10:00:00Z",
        "222222222222 eu-west-1 2024-03-06T10:00:00Z 2024-03-07T10:00:00Z",
      ])
    #expect(spans.allSatisfy { !$0.hasReadOnlyRecords })
  }

  @Test func `the file's name tells where the folders do not`() throws {
    let folder = try TrailFolder()
    try folder.write(
      "flat/333333333333_CloudTrail_us-gov-west-1_20240306T0005Z_q.json",
      records: [record("2024-03-05T23:59:00Z", "1", "x")])
    let spans = try TrailReader().read([folder.path]).spans
    #expect(spans.map { "\($0.accountID) \($0.region)" } == ["333333333333 us-gov-west-1"])
    #expect(spans.first?.days == [try time("2024-03-06").day])
  }
}
