import CloudTrailLog
import Foundation
import PushModel
import Testing

/// Every kind of damage is named with its file and place, and what is sound around it is still read.
@Suite struct UnreadableTests {
  let folder: TrailFolder
  let good: String

  init() throws {
    folder = try TrailFolder()
    good = try folder.write("a/good.json", records: [Sample.push(id: "good")])
  }

  /// Reads the folder with one more file in it, which must leave the good one alone.
  private func places(_ name: String, _ content: Data, alsoRead: [String] = []) throws -> [UnreadablePlace] {
    try folder.write(name, content)
    let reading = try TrailReader(maximumFileSize: 1 << 20).read([folder.path])
    #expect(reading.events.map(\.eventID) == ["good"] + alsoRead)
    #expect(reading.files == 2)
    #expect(reading.unreadable.allSatisfy { $0.path == folder.path(name) })
    return reading.unreadable
  }

  private func places(_ name: String, _ text: String, alsoRead: [String] = []) throws -> [UnreadablePlace] {
    try places(name, Data(text.utf8), alsoRead: alsoRead)
  }

  private let log = "{\"Records\":[\(Sample.push(id: "b"))]}"

  @Test func `truncated gzip`() throws {
    let whole = try folder.gzip(log)
    for length in [3, 10, 18, 40, whole.count - 9, whole.count - 1] {
      let places = try places("b.json.gz", whole.prefix(length))
      #expect(places.map(\.reason) == ["the gzip data is damaged or cut short"], "\(length) bytes")
      #expect(places.first?.offset == 0)
    }
  }

  @Test func `damaged gzip`() throws {
    var bytes = try folder.gzip(log)
    bytes[bytes.count - 6] ^= 0xff  // the checksum
    #expect(try places("b.json.gz", bytes).map(\.reason) == ["the gzip data is damaged or cut short"])
  }

  @Test func `zeros after gzip are padding`() throws {
    #expect(try places("b.json.gz", folder.gzip(log) + Data(count: 1000), alsoRead: ["b"]).isEmpty)
  }

  @Test func `garbage after gzip is named, and what came before is read`() throws {
    let whole = try folder.gzip(log)
    let places = try places("b.json.gz", whole + Data("garbage".utf8), alsoRead: ["b"])
    #expect(places.map(\.reason) == ["bytes that are no gzip member follow the compressed data"])
    #expect(places.first?.offset == Int64(whole.count))
  }

  @Test func `gzip members join, split anywhere`() throws {
    let bytes = Array(log.utf8)
    var data = Data()
    for part in stride(from: 0, to: bytes.count, by: 100) {
      data += try folder.gzip(String(decoding: bytes[part..<min(part + 100, bytes.count)], as: UTF8.self))
    }
    #expect(try places("b.json.gz", data, alsoRead: ["b"]).isEmpty)
  }

  @Test func `whole log files as members of one gzip file`() throws {
    let second = "{\"Records\":[\(Sample.push(id: "c")),\(Sample.stranger)]}\n"
    let data = try folder.gzip(log) + folder.gzip(second)
    #expect(try places("b.json.gz", data, alsoRead: ["b", "c"]).isEmpty)
  }

  @Test func `a damaged second member leaves the first`() throws {
    let first = try folder.gzip(log)
    let second = try folder.gzip("{\"Records\":[\(Sample.push(id: "c"))]}")
    let places = try places("b.json.gz", first + second.dropLast(12), alsoRead: ["b"])
    #expect(places.map(\.reason) == ["the gzip member at this offset is damaged or cut short"])
    #expect(places.first?.offset == Int64(first.count))
  }

  @Test func `a bomb is refused`() throws {
    let bomb = try folder.gzip(String(repeating: " ", count: 1 << 21))
    #expect(try places("b.json.gz", bomb).map(\.reason) == ["inflates to more than 1048576 bytes"])
    let large = Data(repeating: 0x20, count: 1 << 21)
    #expect(try places("b.json.gz", large).map(\.reason) == ["is larger than 1048576 bytes"])
  }

  @Test func `the size limit is exact`() throws {
    let text = log + String(repeating: " ", count: 5000 - log.utf8.count)
    let file = try folder.write("x/b.json.gz", folder.gzip(text))
    #expect(try TrailReader(maximumFileSize: 5000).read([file]).unreadable.isEmpty)
    #expect(
      try TrailReader(maximumFileSize: 4999).read([file]).unreadable.map(\.reason)
        == ["inflates to more than 4999 bytes"])
  }

  @Test func `what no JSON is`() throws {
    #expect(try places("b.json.gz", "hello").map(\.reason) == ["is neither gzip nor JSON"])
    #expect(try places("b.json.gz", Data([0, 1, 2, 3])).map(\.reason) == ["is neither gzip nor JSON"])
    #expect(try places("b.json.gz", "").map(\.reason) == ["the file is empty"])
    #expect(try places("b.json.gz", " \n\n").map(\.reason) == ["the file is empty"])
    #expect(try places("b.json.gz", folder.gzip("")).map(\.reason) == ["the file is empty"])
    #expect(
      try places("b.json.gz", Data([0x28, 0xb5, 0x2f, 0xfd, 0])).map(\.reason)
        == ["the zstd data is damaged or cut short"])
  }

  @Test func `JSON of another shape`() throws {
    for text in ["{}", "{\"a\":1}", "{\"Records\":5}", "{\"Records\":null}", "[[]]", "[5]"] {
      let places = try places("b.json", text)
      #expect(places.count == 1, "\(text)")
    }
    #expect(try places("b.json", "[]").isEmpty)
    #expect(try places("b.json", "{\"Records\":[]}").isEmpty)
  }

  @Test func `a digest within a tree`() throws {
    let places = try places("b.json", "{\"digestStartTime\":\"x\",\"logFiles\":[]}")
    #expect(
      places.map(\.reason) == [
        "is a digest file, which lists log files and holds no records: give the log files, which lie in the CloudTrail folder beside CloudTrail-Digest"
      ])
  }

  @Test func `JSON cut anywhere keeps the records before the cut`() throws {
    let records = (1...3).map { Sample.push(id: "r\($0)") }
    let whole = Array("{\"Records\":[\(records.joined(separator: ","))]}".utf8)
    let length = records[0].utf8.count
    for cut in stride(from: 1, to: whole.count, by: 37) {
      let kept = max(0, cut - 11) / (length + 1)
      // A record is whole when its last byte is here.
      let complete = (1...3).filter { 12 + $0 * length + ($0 - 1) <= cut }.map { "r\($0)" }
      let places = try places(
        "b.json", String(decoding: whole.prefix(cut), as: UTF8.self), alsoRead: complete)
      #expect(places.count == 1, "cut at \(cut)")
      #expect(places.first?.offset ?? -1 >= Int64(kept), "cut at \(cut)")
    }
  }

  @Test func `one broken record among others`() throws {
    let broken = Sample.push(id: "x").replacingOccurrences(of: "\"readOnly\":false", with: "\"readOnly\":fa#se")
    let places = try places(
      "b.json", "{\"Records\":[\(Sample.push(id: "b")),\(broken),\(Sample.push(id: "c"))]}", alsoRead: ["b", "c"])
    #expect(places.count == 1)
    #expect(places.first?.record == 2)
    #expect(places.first?.offset == Int64(12 + Sample.push(id: "b").utf8.count + 1))
    #expect(places.first?.start == Timestamp(iso8601: "2024-03-05T10:00:00Z"))
    #expect(places.first?.end == places.first?.start)
  }

  @Test func `invalid UTF-8 hurts its record only`() throws {
    var bytes = Data("{\"Records\":[\(Sample.push(id: "b")),".utf8)
    bytes += Data(Sample.push(id: "x").replacingOccurrences(of: "git/2.39.5", with: "git/").utf8)
    guard let agent = bytes.range(of: Data("git/\"".utf8)) else { return #expect(Bool(false)) }
    bytes.insert(contentsOf: [0xff, 0xfe], at: agent.lowerBound + 4)
    bytes += Data(",\(Sample.push(id: "c"))]}".utf8)
    let places = try places("b.json", bytes, alsoRead: ["b", "c"])
    #expect(places.map(\.record) == [2])
  }

  @Test func `records that are none`() throws {
    let places = try places(
      "b.json", "{\"Records\":[null,\(Sample.push(id: "b")),7,{},{\"eventSource\":5},{\"eventSource\":\"\"}]}",
      alsoRead: ["b"])
    #expect(places.map(\.record) == [1, 3, 4, 5, 6])
    #expect(places[0].reason == "the record is not an object")
    #expect(places[2].reason == "eventSource is absent or not text")
  }

  @Test func `another service's damage is nobody's business`() throws {
    let damaged = Sample.stranger.replacingOccurrences(of: "\"e-1\"", with: "{}")
      .replacingOccurrences(of: "2024-03-05T09:59:00Z", with: "never")
    let broken = Sample.stranger.replacingOccurrences(of: "false", with: "fa#se")
    #expect(
      try places(
        "b.json", "{\"Records\":[\(damaged),\(broken),\(Sample.push(id: "b"))]}", alsoRead: ["b"]
      ).isEmpty)
    // With CodeCommit's name anywhere in it, it may be two records run together.
    let both = Sample.stranger.dropLast() + "\u{1}" + Sample.push(id: "x").dropFirst()
    #expect(try places("b.json", "{\"Records\":[\(both)]}").count == 1)
  }

  @Test func `the event source may be escaped`() throws {
    let escaped = Sample.push(id: "b").replacingOccurrences(
      of: "\"eventSource\":\"codecommit.", with: "\"event\\u0053ource\":\"code\\u0063ommit\\u002e")
    #expect(try places("b.json", "{\"Records\":[\(escaped)]}", alsoRead: ["b"]).isEmpty)
  }

  @Test func `essential fields`() throws {
    let sound = Sample.push(id: "x")
    let damages = [
      ("\"eventID\":\"x\"", "\"eventID\":null", "eventID is absent"),
      ("\"eventID\":\"x\"", "\"eventID\":\"\"", "eventID is absent"),
      ("\"eventID\":\"x\",", "", "eventID is absent"),
      ("\"eventID\":\"x\"", "\"eventID\":17", "eventID is not text"),
      ("\"eventName\":\"GitPush\"", "\"eventName\":[]", "eventName is not text"),
      ("\"2024-03-05T10:00:00Z\"", "\"yesterday\"", "eventTime is no date that can be"),
      ("\"2024-03-05T10:00:00Z\"", "\"0001-01-01T00:00:00Z\"", "eventTime is no date that can be"),
      ("\"2024-03-05T10:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "eventTime is no date that can be"),
      ("\"2024-03-05T10:00:00Z\"", "\"2024-02-30T10:00:00Z\"", "eventTime is no date that can be"),
      ("\"2024-03-05T10:00:00Z\"", "1709632800", "eventTime is not text"),
      ("\"eventTime\":\"2024-03-05T10:00:00Z\",", "", "eventTime is absent"),
    ]
    for (from, to, reason) in damages {
      let record = sound.replacingOccurrences(of: from, with: to)
      #expect(record != sound)
      #expect(try places("b.json", "{\"Records\":[\(record)]}").map(\.reason) == [reason], "\(to)")
    }
  }

  @Test func `a wrong type in any field is said, and the event kept`() throws {
    for field in [
      "userIdentity", "sourceIPAddress", "userAgent", "additionalEventData", "readOnly", "resources",
      "recipientAccountId", "errorCode", "errorMessage", "sharedEventID", "addendum",
    ] {
      let script = """
        import json, sys
        record = json.loads(sys.argv[1]); record[sys.argv[2]] = 12
        print(json.dumps(record))
        """
      let record = try Command.python(script, [Sample.push(id: "b"), field])
      let places = try places("b.json", "{\"Records\":[\(record)]}", alsoRead: ["b"])
      #expect(places.count == 1, "\(field)")
      #expect(places.first?.reason.hasPrefix(field) == true, "\(places)")
    }
  }

  @Test func `whether a push with an unreadable error moved anything is unknown`() throws {
    let read = try reading(Sample.push().dropLast() + ",\"errorCode\":{}}")
    #expect(read.events.first?.kind == .pushOmitted)
    #expect(read.unreadable.map(\.reason) == ["errorCode is not text"])
  }

  @Test func `deep nesting`() throws {
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    let fine = Sample.record(id: "b", request: "{\"references\":[],\"x\":\(deep)}")
    #expect(try places("b.json", "{\"Records\":[\(fine)]}", alsoRead: ["b"]).isEmpty)
    let abyss = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    let record = Sample.record(id: "x", request: "{\"x\":\(abyss)}")
    #expect(
      try places("b.json", "{\"Records\":[\(record),\(Sample.push(id: "c"))]}", alsoRead: ["c"]).map(\.record) == [1])
    #expect(try places("b.json", abyss).isEmpty == false)
  }

  @Test func `the time of what is unreadable comes from the name, else from the folder`() throws {
    func extent(_ name: String) throws -> UnreadablePlace? {
      let folder = try TrailFolder()
      try folder.write(name, "broken")
      return try TrailReader().read([folder.path]).unreadable.first
    }
    let layout = "AWSLogs/111122223333/CloudTrail/us-east-2/2024/03/05/"
    let named = try extent(layout + "111122223333_CloudTrail_us-east-2_20240305T1005Z_abcdefghij012345.json.gz")
    #expect(named?.start == Timestamp(iso8601: "2024-03-05T09:05:00Z"))
    #expect(named?.end == Timestamp(iso8601: "2024-03-05T10:06:00Z"))
    #expect(named?.accountID == "111122223333")
    #expect(named?.region == "us-east-2")
    let day = try extent(layout + "renamed.json.gz")
    #expect(day?.start == Timestamp(iso8601: "2024-03-04T23:45:00Z"))
    #expect(day?.end == Timestamp(iso8601: "2024-03-05T23:59:59Z"))
    #expect(day?.region == "us-east-2")
    let bare = try extent("x.json")
    #expect(bare != nil && bare?.start == nil && bare?.end == nil && bare?.accountID == nil)
    // An old name, without the underscore before the unique part.
    let old = try extent("111122223333_CloudTrail_us-east-2_20150801T0210ZMu0KsOhtH1ar15ZZ.json.gz")
    #expect(old?.end == Timestamp(iso8601: "2015-08-01T02:11:00Z"))
  }

  @Test func `a record cannot be later than its delivery`() throws {
    let folder = try TrailFolder()
    let name = "111122223333_CloudTrail_us-east-2_20240305T1005Z_abcdefghij012345.json"
    try folder.write(name, records: [Sample.push(id: "x", time: "2034-01-01T00:00:00Z"), Sample.push(id: "y")])
    let reading = try TrailReader().read([folder.path])
    #expect(reading.events.map(\.eventID) == ["y"])
    #expect(reading.unreadable.map(\.reason) == ["eventTime is no date that can be"])
    #expect(reading.unreadable.first?.end == Timestamp(iso8601: "2024-03-05T10:06:00Z"))
    #expect(reading.spans.first?.last == Timestamp(iso8601: "2024-03-05T10:00:00Z"))
  }

  @Test func `a byte order mark and white space are fine`() throws {
    #expect(try places("b.json", Data([0xef, 0xbb, 0xbf]) + Data("\n \(log)\n".utf8), alsoRead: ["b"]).isEmpty)
  }
}
