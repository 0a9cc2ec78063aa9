import Foundation
import Testing

@testable import Report

/// The program itself: usage, the schema, and what does not need evidence.
@Suite struct CommandLineTests {
  /// The program that was built beside this test.
  static func program() throws -> URL {
    for argument in CommandLine.arguments {
      var folder = URL(filePath: argument)
      while folder.path(percentEncoded: false).count > 1 {
        folder.deleteLastPathComponent()
        let candidate = folder.appending(path: "git-pushtrail")
        let attributes = try? FileManager.default.attributesOfItem(atPath: candidate.path(percentEncoded: false))
        if attributes?[.type] as? FileAttributeType == .typeRegular { return candidate }
      }
    }
    throw NotBuilt()
  }

  /// git-pushtrail is not beside the tests.
  struct NotBuilt: Error {}

  struct Outcome {
    var status: Int32
    var output: String
    var diagnostics: String
  }

  static func run(_ arguments: String..., isOutputClosed: Bool = false) throws -> Outcome {
    let process = Process()
    process.executableURL = try program()
    process.arguments = arguments
    let (output, diagnostics) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = diagnostics
    if isOutputClosed { try output.fileHandleForReading.close() }
    try process.run()
    let text = isOutputClosed ? Data() : try output.fileHandleForReading.readToEnd() ?? Data()
    let said = try diagnostics.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      diagnostics: String(decoding: said, as: UTF8.self))
  }

  @Test(arguments: [
    ["verify", "--bogus"], ["verify", "--since", "yesterday"], ["verify", "--coverage", "2024-05-01"],
    ["verify", "--coverage", "2024-05-02..2024-05-01"], ["verify", "--clock-skew", "5x"],
    ["verify", "--fail-on", "fatal"], ["verify", "--since", "2024-05-02", "--until", "2024-05-01"],
    ["report", "--format", "html"], ["report", "--output", "x.html"],
    ["report", "--format", "json", "--output", "x.md"],
    ["log", "--limit", "0"], ["show"], ["blame"], ["blame", "x", "-L", "5,2"],
    ["verify", "--trail", "-", "--trail", "-"],
    ["verify", "--width", "3"],
    ["bogus"], ["bogus", "--help"], ["attest", "-h"], ["policy", "--version"], ["help", "bogus"], ["help", "attest"],
    ["help", "verify", "bogus"], ["help", "help", "verify"],
  ])
  func wrongUsageExits64(arguments: [String]) throws {
    let process = Process()
    process.executableURL = try Self.program()
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == ExitStatus.usage.rawValue)
  }

  @Test(arguments: [["help"], ["help", "verify"], ["help", "help"], ["verify", "-h"], ["--help"], []])
  func helpIsNoFailure(arguments: [String]) throws {
    let process = Process()
    process.executableURL = try Self.program()
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func theSchemaShips() throws {
    let outcome = try Self.run("report", "--print-schema")
    #expect(outcome.status == 0)
    #expect(outcome.output == ReportSchema.text)
  }

  @Test func aClosedPipeEndsQuietly() throws {
    let outcome = try Self.run("report", "--print-schema", isOutputClosed: true)
    #expect(outcome.status == 0)
    #expect(outcome.diagnostics == "")
  }

  @Test(arguments: ["verify", "report", "log", "ask"])
  func everyHelpHasAnExampleAndTheExitCodes(command: String) throws {
    let outcome = try Self.run(command, "--help")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("git pushtrail \(command) "))
    #expect(outcome.output.contains("EXIT CODES"))
  }

  @Test func withoutATrailItSaysHowToGiveOne() throws {
    let outcome = try Self.run("verify")
    #expect(outcome.status == 2)
    #expect(outcome.diagnostics.hasPrefix("error: no trail was given\nhint: "))
    #expect(outcome.output == "")
  }
}
