import Foundation
import PushModel
import Testing

@testable import GitStore

/// A temporary folder of real repositories, made by real git with nothing of the user's own configuration.
///
/// `codecommit::us-east-2://NAME` leads to the bare repository `NAME.git` of the folder, through a stand-in for AWS's
/// remote helper, so that git itself writes CodeCommit URLs.
final class GitWorld {
  let root: URL
  private var servers: URL { root.appending(path: "servers") }

  /// 2026-03-01T12:00:00Z; every date of a test is relative to it.
  static let start: Int64 = 1_772_366_400
  static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: start + seconds) }
  static let names = RepositoryNames(names: ["Repo"], region: "us-east-2")
  static let url = "codecommit::us-east-2://Repo"

  /// What reflog entries and commits are dated, in seconds after `start`.
  var clock: Int64 = 0

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "pushtrail-git-\(UUID().uuidString)")
    let helper = root.appending(path: "bin/git-remote-codecommit")
    try FileManager.default.createDirectory(at: servers, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      at: helper.deletingLastPathComponent(), withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      name=${2##*/}
      exec git remote-ext "$1" "git %s \(servers.path)/${name#*@}.git"

      """
    try Data(script.utf8).write(to: helper)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: helper.path)
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  func path(_ name: String) -> String { root.appending(path: name).path }
  func server(_ name: String = "Repo") -> String { servers.appending(path: "\(name).git").path }

  /// Puts a named pipe in the place of a file.
  func makePipe(_ path: String) throws {
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    guard unsafe mkfifo(path, 0o600) == 0 else { throw Failure(message: "mkfifo \(path): error \(errno)") }
  }

  struct Failure: Error { var message: String }

  /// Runs git and returns what it prints, without the last line's end.
  @discardableResult
  func git(_ arguments: String..., in folder: String? = nil, input: String? = nil, mayFail: Bool = false) throws
    -> String
  {
    try git(arguments, in: folder, input: input, mayFail: mayFail)
  }

  @discardableResult
  func git(_ arguments: [String], in folder: String?, input: String? = nil, mayFail: Bool = false) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = folder.map { URL(filePath: $0) } ?? root
    let date = "\(Self.start + clock) +0000"
    process.environment = [
      "PATH": path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"),
      "HOME": root.path, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "TZ": "UTC",
      "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_AUTHOR_DATE": date,
      "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_COMMITTER_DATE": date,
      "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": "protocol.ext.allow", "GIT_CONFIG_VALUE_0": "always",
      "GIT_CONFIG_KEY_1": "init.defaultBranch", "GIT_CONFIG_VALUE_1": "main",
      "GIT_CONFIG_KEY_2": "gc.auto", "GIT_CONFIG_VALUE_2": "0",
    ]
    let output = Pipe()
    let errors = root.appending(path: "stderr-\(UUID().uuidString)")
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    if let input {
      let file = root.appending(path: "stdin-\(UUID().uuidString)")
      try Data(input.utf8).write(to: file)
      process.standardInput = try FileHandle(forReadingFrom: file)
      try FileManager.default.removeItem(at: file)
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 || mayFail else {
      let reason = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
      throw Failure(message: "git \(arguments.joined(separator: " ")): \(reason)")
    }
    var text = String(decoding: said, as: UTF8.self)
    if text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// Whether git ends with success: the answer of `merge-base --is-ancestor`.
  func succeeds(_ arguments: String..., in folder: String) -> Bool {
    (try? git(arguments, in: folder)) != nil
  }

  func ids(_ text: String) -> [ObjectID] { text.split(separator: "\n").compactMap { ObjectID(hex: $0) } }

  func id(_ revision: String, in folder: String) throws -> ObjectID {
    try #require(ObjectID(hex: git("rev-parse", revision, in: folder)))
  }

  /// A server with `main` of three commits and the branches `dev` and `old`; returns the path of the clone that made it.
  @discardableResult
  func makeServer(_ name: String = "Repo") throws -> String {
    try git("init", "-q", "--bare", server(name))
    try git("config", "uploadpack.allowFilter", "true", in: server(name))
    try git("config", "uploadpack.allowAnySHA1InWant", "true", in: server(name))
    let author = path("author-\(name)")
    try git("init", "-q", author)
    try git("remote", "add", "origin", server(name), in: author)
    for number in 1...3 { try commit("\(name) \(number)", in: author) }
    try git("branch", "dev", "HEAD~1", in: author)
    try git("branch", "old", "HEAD~2", in: author)
    try git("push", "-q", "origin", "--all", in: author)
    return author
  }

  func commit(_ text: String, in folder: String) throws {
    try Data("\(text)\n".utf8).write(to: URL(filePath: folder).appending(path: "file"))
    try git("add", "file", in: folder)
    try git("commit", "-q", "-m", text, in: folder)
  }

  /// A commit on the server's branch, made by the author.
  @discardableResult
  func push(_ branch: String, in author: String, force: Bool = false) throws -> ObjectID {
    try git("switch", "-q", branch, in: author)
    try commit("\(branch) at \(clock)", in: author)
    try git(["push", "-q"] + (force ? ["--force"] : []) + ["origin", branch], in: author)
    return try id("HEAD", in: author)
  }

  func clone(_ name: String, _ options: String..., url: String = GitWorld.url) throws -> String {
    try git(["clone", "-q"] + options + [url, path(name)], in: nil)
    try stamp(name, description: clock)
    return path(name)
  }

  /// Gives files of a clone the time that the world's clock says; what git writes once gets `description`'s.
  func stamp(_ name: String, description: Int64? = nil) throws {
    let bare = path(name)
    let folder = FileManager.default.fileExists(atPath: bare + "/.git") ? bare + "/.git" : bare
    if let description {
      for file in ["description", "info/exclude", "config", "packed-refs"] {
        try setTime(folder + "/" + file, description)
      }
    }
    try setTime(folder + "/FETCH_HEAD", clock)
  }

  func setTime(_ path: String, _ seconds: Int64) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let date = Date(timeIntervalSince1970: Double(Self.start + seconds))
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
  }

  /// A fetch at the world's time, FETCH_HEAD stamped with it.
  func fetch(_ name: String, _ arguments: String..., mayFail: Bool = false) throws {
    try git(["fetch", "-q"] + arguments, in: path(name), mayFail: mayFail)
    try stamp(name)
  }

  /// Every file below a folder: its size, its time to the nanosecond, and its content.
  func snapshot(_ folder: String) throws -> [String: String] {
    var result: [String: String] = [:]
    let all = try FileManager.default.subpathsOfDirectory(atPath: folder)
    for entry in all {
      let path = folder + "/" + entry
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      let content =
        attributes[.type] as? FileAttributeType == .typeRegular ? try Data(contentsOf: URL(filePath: path)) : Data()
      let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
      result[entry] = "\(content.count) \(time) \(content.hashValue)"
    }
    return result
  }
}

extension Clone {
  func said(of names: RepositoryNames = GitWorld.names, fetchedAt: Timestamp? = nil) -> CloneSightings {
    sightings(of: names, index: 0, now: GitWorld.time(1_000_000), fetchedAt: fetchedAt)
  }
}

extension CloneSightings {
  /// `SOURCE REF ID@LATEST` with the interval's lower end where it has one: what a test compares.
  func lines(_ source: Sighting.Source) -> Set<String> {
    Set(
      sightings.filter { $0.source == source }.map { sighting in
        let tip = if case .tip(let id) = sighting.value { id.short } else { "absent" }
        let start = sighting.earliest.map { String($0 - GitWorld.time(0)) } ?? "?"
        return "\(sighting.ref) \(tip) \(start)..\(sighting.latest - GitWorld.time(0)) \(sighting.dating.rawValue)"
      })
  }
}

extension WholeView {
  /// Whether it leaves no doubt that the server lacked the ref.
  func provesAbsence(of ref: RefName) -> Bool { isProven && lacks(ref) }
}
