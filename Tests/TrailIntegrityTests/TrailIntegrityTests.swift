import Foundation
import Testing
import TrailIntegrity

/// Trails that make_trail.py makes and changes, held against what the AWS command line's validator says of them.
@Suite struct TrailIntegrityTests {
  static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "make_trail.py").path

  /// Whether Python has what the script needs.
  static let canMakeTrails: Bool = (try? run(["--cases"]))?.isEmpty == false

  /// What each case must give with keys, without S3 metadata: rules, each once; and whether something is unchecked.
  static let cases: [(name: String, rules: [String], isUnchecked: Bool)] = [
    ("intact", [], false),
    ("log-byte", ["trail-tampered"], false),
    ("log-regzipped", [], false),
    ("log-inflated", [], false),
    ("log-truncated", ["trail-tampered"], false),
    ("log-member-appended", ["trail-tampered"], false),
    ("log-removed", ["trail-file-absent"], false),
    ("log-extra", ["trail-unlisted"], false),
    ("log-newer", [], false),
    ("log-days-not-copied", ["trail-gap"], false),
    ("digest-start-time", ["trail-tampered"], false),
    ("digest-end-time", ["trail-tampered"], false),
    ("digest-log-hash", ["trail-tampered"], false),
    ("digest-log-dropped", ["trail-tampered"], false),
    ("digest-previous-hash", ["trail-tampered"], false),
    ("digest-previous-null", ["trail-gap", "trail-tampered"], false),
    ("digest-fingerprint", ["trail-tampered"], true),
    ("digest-algorithm", ["trail-tampered"], true),
    ("signature-swapped", ["trail-tampered"], false),
    ("signature-not-hex", ["trail-tampered"], false),
    ("digest-removed", ["trail-file-absent"], false),
    ("digest-oldest-removed", [], false),
    ("digest-newest-changed", [], false),
    ("digest-moved", ["trail-file-absent", "trail-tampered"], false),
    ("digest-truncated", ["trail-tampered"], false),
    ("digest-not-json", ["trail-tampered"], false),
    ("digest-regzipped", [], false),
    ("digest-days-not-copied", [], false),
    ("digest-stray", ["trail-tampered", "trail-unlisted"], false),
    ("restart", ["trail-gap"], false),
    ("wrong-key", ["trail-tampered"], false),
    ("key-unknown", [], true),
    ("key-spki", [], false),
    ("two-trails", [], false),
    ("trail-without-validation", ["trail-unlisted"], false),
    ("backfill", [], false),
    ("organization", [], false),
    ("prefix", [], false),
  ]

  private struct Oracle: Decodable {
    var digests: [String: String]
    var logs: [String: String]
  }

  @Test(
    .enabled(if: canMakeTrails, "Python with awscli and cryptography is not installed"), arguments: cases)
  func agreesWithTheValidator(name: String, rules: [String], isUnchecked: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "trail-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try Self.run([folder.path, name])
    func path(_ part: String) -> String { folder.appending(path: part).path }

    let report = try IntegrityVerifier(publicKeys: path("keys.json")).verify(paths: [path("copy")])
    #expect(Set(report.problems.map(\.rule.rawValue)).sorted() == rules, "\(report.problems.map(\.message))")
    #expect(report.unchecked.isEmpty != isUnchecked, "\(report.unchecked)")

    // With the signatures of S3's metadata, every digest that the AWS command line refuses is refused here, and no
    // other; and every log that it says was changed or is missing.
    let whole = try IntegrityVerifier(publicKeys: path("keys.json"), digestMetadata: path("metadata.json"))
      .verify(paths: [path("copy")])
    let oracle = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: folder.appending(path: "oracle.json")))
    let files = Set(whole.problems.filter { $0.rule != .unlisted }.flatMap(\.files).map(Self.lastPart))
    for (digest, verdict) in oracle.digests where verdict != "valid" {
      #expect(files.contains(digest) || !whole.unchecked.isEmpty, "\(verdict)")
    }
    for (log, verdict) in oracle.logs where verdict != "valid" && !name.hasSuffix("-inflated") {
      #expect(files.contains(log), "\(log) \(verdict)")
    }
    if oracle.digests.values.allSatisfy({ $0 == "valid" }), rules.isEmpty {
      #expect(whole.problems.isEmpty && whole.unchecked.isEmpty, "\(whole.problems.map(\.message))")
      #expect(whole.chains.allSatisfy { $0.authentic == $0.digests })
    }
  }

  private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    struct Failed: Error {}
    guard process.terminationStatus == 0 else { throw Failed() }
    return String(decoding: data, as: UTF8.self)
  }
}
