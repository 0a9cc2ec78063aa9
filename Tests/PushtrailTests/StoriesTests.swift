import Foundation
import Testing

/// Each story of Fixtures/stories, made afresh and told by the built tool: its facts and its outputs byte for byte.
@Suite struct StoriesTests {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folders that hold a story.
  static let names: [String] = {
    let folder = root.appending(path: "Fixtures/stories")
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return entries.filter { name in
      FileManager.default.fileExists(atPath: folder.appending(path: "\(name)/story.py").path)
    }.sorted()
  }()

  @Test func thereAreStories() {
    #expect(Self.names.count >= 25)
  }

  @Test(arguments: names)
  func storyHolds(name: String) throws { try tell([name]) }

  /// From a ledger of its trail each story tells the same, byte for byte; every third one is asked.
  @Test func storiesHoldByLedger() throws {
    try tell(["--ledger"] + Self.names.enumerated().filter { $0.offset % 3 == 0 }.map(\.element))
  }

  private func tell(_ arguments: [String]) throws {
    let tool = try #require(Self.tool, "git-pushtrail is built beside the tests")
    let runner = Process()
    runner.executableURL = Self.root.appending(path: "scripts/stories")
    runner.arguments = ["--tool", tool.path] + arguments
    let output = Pipe()
    runner.standardOutput = output
    runner.standardError = output
    try runner.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Foundation.Data()
    runner.waitUntilExit()
    #expect(runner.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
  }

  /// The executable of the same build: it lies in the folder of the tests' own.
  static let tool: URL? = {
    let tests = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
    let folders = [tests.deletingLastPathComponent(), root.appending(path: ".build/debug")]
    return folders.map { $0.appending(path: "git-pushtrail") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()
}
