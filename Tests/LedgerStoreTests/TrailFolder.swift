import CloudTrailLog
import Foundation
import LedgerStore
import PushModel

/// A temporary folder with a trail, made by Python and gzip and not by us, and room for ledgers beside it.
final class TrailFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "pushtrail-ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url.appending(path: "trail"), withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var trail: String { url.appending(path: "trail").path }
  var ledger: String { url.appending(path: "pushes.ledger").path }

  func path(_ name: String) -> String { url.appending(path: name).path }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = url.appending(path: "trail/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  @discardableResult
  func write(_ name: String, records: [String]) throws -> String {
    try write(name, "{\"Records\":[\(records.joined(separator: ","))]}")
  }

  /// What reading the files themselves gives.
  func direct(_ paths: [String]? = nil) throws -> TrailReading { try TrailReader().read(paths ?? [trail]) }

  @discardableResult
  func importing(_ paths: [String]? = nil, at now: Timestamp = later) throws -> ImportSummary {
    try LedgerImport(ledger: ledger, reader: TrailReader(), now: now).run(paths ?? [trail])
  }

  func stored(with paths: [String] = []) throws -> TrailReading {
    try LedgerReader(ledger: ledger, reader: TrailReader(), now: later).read(with: paths)
  }

  /// What another program sees in the ledger.
  func sqlite(_ query: String) throws -> String {
    try Command.python(
      """
      import sqlite3, sys
      for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row, sep="|")
      """, [ledger, query]
    ).trimmingCharacters(in: .newlines)
  }

  /// Has another program change the ledger, which is then one of the version that had no seals.
  func change(_ statements: String) throws {
    _ = try Command.python(
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      if db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'seals'").fetchone()[0]:
          for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
              db.execute("DROP TRIGGER " + name)
          db.executescript("DROP TABLE seals; ALTER TABLE files DROP COLUMN texts;"
                           "ALTER TABLE observations DROP COLUMN refs;"
                           "DELETE FROM grdb_migrations WHERE identifier LIKE '4:%'")
      db.executescript(sys.argv[2])
      db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
      db.close()
      """, [ledger, statements])
  }

  /// The first batch of events, in Base64.
  func packed() throws -> String {
    try Command.python(
      """
      import base64, sqlite3, sys
      sys.stdout.write(base64.b64encode(sqlite3.connect(sys.argv[1]).execute("SELECT zstd FROM batches").fetchone()[0]).decode())
      """, [ledger])
  }
}

let later = Timestamp(seconds: 1_735_689_600)

extension TrailReading {
  /// All that it holds, to be compared.
  struct Parts: Equatable {
    var events: [TrailEvent]
    var counts: [Int]
    var unreadable: [UnreadablePlace]
    var spans: [LogSpan]
    var hasDigests: Bool
    var changed: [ChangedFile]
  }

  /// In what it differs from another, in few words.
  func difference(_ other: TrailReading) -> String? {
    let (one, two) = (parts, other.parts)
    if one.counts != two.counts { return "counts \(one.counts), \(two.counts)" }
    if one.spans != two.spans { return "spans" }
    if one.unreadable != two.unreadable {
      let pair = zip(one.unreadable, two.unreadable).first { $0 != $1 }
      return "\(one.unreadable.count), \(two.unreadable.count) unreadable: \(pair.map { "\($0)" } ?? "")"
    }
    if one.events != two.events {
      let pair = zip(one.events, two.events).first { $0 != $1 }
      return "\(one.events.count), \(two.events.count) events: \(pair.map { "\($0.location), \($1.location)" } ?? "")"
    }
    return one == two ? nil : "the rest"
  }

  var parts: Parts {
    Parts(
      events: events, counts: [files, Int(bytes), records, codecommitRecords], unreadable: unreadable, spans: spans,
      hasDigests: hasDigests, changed: changed)
  }
}

extension ImportSummary {
  /// New files, known ones, moved ones; new records.
  var counts: [Int] { [new, known, moved, records] }
}

enum Command {
  struct Failure: Error {
    var status: Int32
    var output: String
  }

  static func run(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
    }
    return String(decoding: data, as: UTF8.self)
  }

  static func python(_ script: String, _ arguments: [String] = []) throws -> String {
    try run("/usr/bin/env", ["python3", "-c", script] + arguments)
  }
}

enum Sample {
  static let tip = "1111111111111111111111111111111111111111"

  static func record(
    _ name: String = "GitPush", id: String = "e-1", time: String = "2024-03-05T10:00:00Z",
    source: String = "codecommit.amazonaws.com", request: String = "null", more: String = ""
  ) -> String {
    #"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/mary","#
      + #""accountId":"111122223333","userName":"mary"},"eventTime":"\#(time)","eventSource":"\#(source)","#
      + #""eventName":"\#(name)","awsRegion":"us-east-2","sourceIPAddress":"203.0.113.12","userAgent":"git/2.39.5","#
      + #""requestParameters":\#(request),"responseElements":null,"additionalEventData":{"protocol":"HTTP","#
      + #""dataTransferred":true,"repositoryName":"Repo","repositoryId":"r-1"},"eventID":"\#(id)","readOnly":false,"#
      + #""resources":[{"ARN":"arn:aws:codecommit:us-east-2:111122223333:Repo"}]\#(more),"#
      + #""recipientAccountId":"111122223333"}"#
  }

  static func push(tip: String = tip, id: String = "e-1", time: String = "2024-03-05T10:00:00Z") -> String {
    record(id: id, time: time, request: #"{"references":[{"commit":"\#(tip)","ref":"refs/heads/main"}]}"#)
  }

  static let stranger = record("PutObject", id: "s-1", time: "2024-03-05T09:59:00Z", source: "s3.amazonaws.com")

  /// A file's name as CloudTrail makes it, in its folder.
  static func name(_ minute: String = "20240305T1005Z", _ unique: String = "aaaaaaaaaaaaaaaa") -> String {
    "AWSLogs/111122223333/CloudTrail/us-east-2/\(minute.prefix(4))/\(minute.dropFirst(4).prefix(2))/"
      + "\(minute.dropFirst(6).prefix(2))/111122223333_CloudTrail_us-east-2_\(minute)_\(unique).json"
  }
}
