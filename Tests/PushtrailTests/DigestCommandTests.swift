import Foundation
import Testing

/// The world of the story `digests-whole`, changed in ways that a story cannot tell, and what `report` says of it.
@Suite struct DigestCommandTests {
  private final class World {
    let url = FileManager.default.temporaryDirectory.appending(path: "pushtrail-digests-\(UUID().uuidString)")
    let tool: URL

    init() throws {
      tool = try #require(StoriesTests.tool, "git-pushtrail is built beside the tests")
      let stories = StoriesTests.root.appending(path: "scripts/stories").path
      let made = try run(stories, ["--make", url.path, "digests-whole"], in: StoriesTests.root)
      try #require(made.status == 0)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func run(_ program: String, _ arguments: [String], in folder: URL? = nil) throws -> (status: Int32, output: Data) {
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = arguments
      process.currentDirectoryURL = folder ?? url
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, data)
    }

    func report(_ arguments: [String]) throws -> Report {
      let made = try run(
        tool.path, ["report", "--format", "json", "--repo", "clone", "--now", "2026-03-03T18:00:00Z"] + arguments)
      return try JSONDecoder().decode(Report.self, from: made.output)
    }

    /// Log files whose names hold a text.
    func logs(_ text: String) throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: path("trail"))
        .filter { $0.contains("_CloudTrail_") && $0.contains(text) && $0.hasSuffix(".gz") }.map { path("trail/" + $0) }
    }
  }

  private struct Report: Decodable {
    struct Trail: Decodable {
      struct Coverage: Decodable {
        var start: String
        var basis: String
      }
      struct Integrity: Decodable { var publicKeys: Bool }
      var coverage: [Coverage]
      var integrity: Integrity?
    }
    struct Finding: Decodable {
      var rule: String
      var severity: String
      var evidence: [String]
    }
    struct Summary: Decodable { var result: String }
    struct Push: Decodable {}
    var trail: Trail
    var pushes: [Push]
    var findings: [Finding]
    var limits: [String]
    var summary: Summary

    var rules: [String] { findings.filter { $0.severity != "note" }.map(\.rule) }
    var bases: Set<String> { Set(trail.coverage.map(\.basis)) }
  }

  @Test func filesThatALedgerHasAreNotLost() throws {
    let world = try World()
    #expect(try world.run(world.tool.path, ["import", "trail", "--ledger", "kept.ledger"]).status == 0)
    let alone = try world.report(["--ledger", "kept.ledger"])
    #expect(alone.trail.integrity == nil && alone.bases == ["assumed"])
    #expect(alone.limits.contains { $0.contains("a ledger keeps none") })

    for log in try world.logs("20260302T09") { try FileManager.default.removeItem(atPath: log) }
    let lost = try world.report(["--trail", "trail"])
    #expect(lost.rules.contains("trail-file-absent") && lost.summary.result == "fail")
    let kept = try world.report(["--trail", "trail", "--ledger", "kept.ledger"])
    #expect(kept.rules.isEmpty && kept.summary.result == "pass")
    #expect(kept.limits.contains { $0.contains("in the ledger alone") })
    // What CloudTrail signed is that file's hash, and the ledger has none of its content.
    let signed = try world.report(["--trail", "trail", "--ledger", "kept.ledger", "--public-keys", "keys.json"])
    #expect(signed.rules == ["evidence-incomplete"] && signed.summary.result == "unverifiable")
  }

  /// A second trail's files say what the first one's do; a file with a record of its own may have been put there.
  @Test func anUnlistedFileCountsIfARecordRestsOnIt() throws {
    let world = try World()
    for log in try world.logs("20260302T09") {
      try FileManager.default.copyItem(atPath: log, toPath: log.replacing(".json.gz", with: "copy.json.gz"))
    }
    let second = try world.report(["--trail", "trail"])
    #expect(second.rules == ["trail-unlisted"] && second.summary.result == "pass")

    let log = try #require(try world.logs("20260302T09").first { !$0.contains("copy") })
    let text = try world.run("/usr/bin/gzip", ["-dc", log]).output
    let forged = String(decoding: text, as: UTF8.self).replacing("\"eventID\":\"", with: "\"eventID\":\"9")
    let place = log.replacing(".json.gz", with: "forged.json")
    try Data(forged.utf8).write(to: URL(filePath: place))
    let put = try world.report(["--trail", "trail"])
    #expect(put.rules.contains("trail-unlisted") && put.summary.result != "pass")
  }

  /// A file that no digest file lists may say again what signed ones say, and nothing else of their time.
  @Test func aRecordBesideWhatIsSignedIsUnlisted() throws {
    let world = try World()
    let keys = ["--trail", "trail", "--public-keys", "keys.json"]
    let log = try #require(try world.logs("20260302T09").first)
    let text = String(decoding: try world.run("/usr/bin/gzip", ["-dc", log]).output, as: UTF8.self)
    let place = URL(filePath: world.path("trail/x.json"))
    func integrity() throws -> Int32 { try world.run(world.tool.path, ["integrity"] + keys).status }

    try Data(text.utf8).write(to: place)
    let again = try world.report(keys)
    #expect(again.rules.isEmpty && again.summary.result == "pass")
    #expect(try integrity() == 0)

    try Data(text.replacing("\"eventID\":\"", with: "\"eventID\":\"9").utf8).write(to: place)
    let put = try world.report(keys)
    #expect(put.rules.contains("trail-unlisted") && put.summary.result == "unverifiable")
    #expect(put.findings.contains { $0.evidence.contains { $0.hasSuffix("x.json, record 1") } })
    #expect(put.pushes.count == again.pushes.count)
    #expect(try world.report(["--trail", "trail"]).pushes.count > again.pushes.count)
    #expect(try integrity() == 3)
    // In the ledger, too.
    #expect(try world.run(world.tool.path, ["import", "trail", "--ledger", "kept.ledger"]).status == 0)
    #expect(try world.report(keys + ["--ledger", "kept.ledger"]).summary.result == "unverifiable")
    try FileManager.default.removeItem(at: place)
    #expect(try world.report(keys).summary.result == "pass")
  }

  @Test func aDayThatWasNotCopiedIsOneGap() throws {
    let world = try World()
    for log in try world.logs("20260303T") { try FileManager.default.removeItem(atPath: log) }
    let report = try world.report(["--trail", "trail", "--public-keys", "keys.json"])
    #expect(report.rules == ["trail-gap"] && report.summary.result == "unverifiable")
    let before = try world.report(["--trail", "trail", "--until", "2026-03-02T20:00:00Z"])
    #expect(before.summary.result == "pass")
    // Whoever knows that nothing happened then may say so.
    let stated = try world.report(["--trail", "trail", "--coverage", "2026-03-02T00:00:00Z..2026-03-03T17:00:00Z"])
    #expect(stated.rules == ["trail-gap"] && stated.summary.result == "pass")
  }

  @Test func digestFilesOfDaysLeftUnreadProveNothing() throws {
    let world = try World()
    let report = try world.report(["--trail", "trail", "--public-keys", "keys.json", "--read-since", "2026-03-03"])
    #expect(report.trail.coverage.map(\.start).min() == "2026-03-03T00:00:00Z")
    #expect(report.bases.contains("digest"))
  }

  @Test func signaturesThatNoKeyChecksProveNothing() throws {
    let world = try World()
    let keys = URL(filePath: world.path("keys.json"))
    let others = try String(contentsOf: keys, encoding: .utf8).replacing("\"f1\"", with: "\"f2\"")
    try Data(others.utf8).write(to: keys)
    let report = try world.report(["--trail", "trail", "--public-keys", "keys.json"])
    #expect(report.bases == ["assumed"] && report.trail.integrity?.publicKeys == true)
    #expect(report.rules == ["evidence-incomplete"] && report.summary.result == "unverifiable")
    #expect(try world.run(world.tool.path, ["verify", "--trail", "trail", "--public-keys", "none.json"]).status == 2)
  }

  @Test func keysWithoutDigestFilesVerifyNothing() throws {
    let world = try World()
    let account = try #require(try FileManager.default.contentsOfDirectory(atPath: world.path("trail/AWSLogs")).first)
    try FileManager.default.removeItem(atPath: world.path("trail/AWSLogs/\(account)/CloudTrail-Digest"))
    #expect(try world.report(["--trail", "trail"]).summary.result == "pass")
    let report = try world.report(["--trail", "trail", "--public-keys", "keys.json"])
    #expect(report.rules == ["evidence-incomplete"] && report.summary.result == "unverifiable")
  }
}
