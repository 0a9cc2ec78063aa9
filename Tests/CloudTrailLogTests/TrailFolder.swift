import CloudTrailLog
import Foundation
import PushModel

/// A temporary folder that a test fills with log files, written by Python's gzip and not by us.
final class TrailFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "pushtrail-trail-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.path }

  func path(_ name: String) -> String { url.appending(path: name).path }

  @discardableResult
  func write(_ name: String, _ content: Data) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try content.write(to: file)
    return file.path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }

  /// Writes a log file of the given records; `.gz` names are compressed.
  @discardableResult
  func write(_ name: String, records: [String]) throws -> String {
    let text = "{\"Records\":[\(records.joined(separator: ","))]}"
    return name.hasSuffix(".gz") ? try write(name, gzip(text)) : try write(name, text)
  }

  func gzip(_ text: String) throws -> Data {
    try Command.run("/usr/bin/gzip", ["-c", "-n"], input: Data(text.utf8))
  }
}

enum Command {
  struct Failure: Error {
    var status: Int32
    var output: String
  }

  static func run(_ tool: String, _ arguments: [String], input: Data = Data()) throws -> Data {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pushtrail-input-\(UUID().uuidString)")
    try input.write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: folder)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
    }
    return data
  }

  static func python(_ script: String, _ arguments: [String] = []) throws -> String {
    String(decoding: try run("/usr/bin/env", ["python3", "-c", script] + arguments), as: UTF8.self)
  }
}

/// Records as text, so that a test can damage any part of one.
enum Sample {
  static let tip = "1111111111111111111111111111111111111111"
  static let other = "2222222222222222222222222222222222222222"

  static func record(
    _ name: String = "GitPush", id: String = "e-1", time: String = "2024-03-05T10:00:00Z",
    source: String = "codecommit.amazonaws.com", request: String = "null", response: String = "null",
    extra: String = #"{"protocol":"HTTP","dataTransferred":true,"repositoryName":"Repo","repositoryId":"r-1"}"#,
    identity: String =
      #"{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::111122223333:user/team/mary","accountId":"111122223333","userName":"mary"}"#,
    more: String = ""
  ) -> String {
    #"{"eventVersion":"1.08","userIdentity":\#(identity),"eventTime":"\#(time)","eventSource":"\#(source)","#
      + #""eventName":"\#(name)","awsRegion":"us-east-2","sourceIPAddress":"203.0.113.12","userAgent":"git/2.39.5","#
      + #""requestParameters":\#(request),"responseElements":\#(response),"additionalEventData":\#(extra),"#
      + #""requestID":"q","eventID":"\#(id)","readOnly":false,"#
      + #""resources":[{"ARN":"arn:aws:codecommit:us-east-2:111122223333:Repo","accountId":"111122223333"}],"#
      + #""eventType":"AwsApiCall"\#(more),"recipientAccountId":"111122223333"}"#
  }

  static func push(_ references: String, id: String = "e-1", time: String = "2024-03-05T10:00:00Z") -> String {
    record(id: id, time: time, request: "{\"references\":\(references)}")
  }

  static func push(tip: String = tip, id: String = "e-1", time: String = "2024-03-05T10:00:00Z") -> String {
    push("[{\"commit\":\"\(tip)\",\"ref\":\"refs/heads/main\"}]", id: id, time: time)
  }

  static let stranger = record(
    "PutObject", id: "s-1", time: "2024-03-05T09:59:00Z", source: "s3.amazonaws.com", request: #"{"a":[1,{"b":"}"}]}"#)
}

/// Reads one record and gives its event.
func event(_ record: String) throws -> TrailEvent? { try reading(record).events.first }

func reading(_ record: String) throws -> TrailReading {
  let folder = try TrailFolder()
  return try TrailReader().read([folder.write("log.json", records: [record])])
}
