import Correlation
import Foundation
import PushModel
import Pushtrail
import Report
import Testing

/// `blame` on the stories' worlds: who pushed each line, and what is said where nobody logged did.
@Suite struct BlameStoryTests {
  /// A story's world, made afresh.
  private final class World {
    let folder: URL
    private(set) var options: Options
    let names: [String: String]

    init(_ story: String) throws {
      folder = FileManager.default.temporaryDirectory.appending(path: "pushtrail-blame-\(UUID().uuidString)")
      try Self.run(
        StoriesTests.root.appending(path: "scripts/stories").path, ["--make", folder.path, story], in: folder)
      let told = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "story.json"))) as? [String: Any])
      names = try #require(told["names"] as? [String: Any]).compactMapValues { $0 as? String }
      options = Options(now: try #require((told["now"] as? String).flatMap { Timestamp(iso8601: $0) }))
      options.trail = [folder.appending(path: "trail").path]
      options.clones = [folder.appending(path: "clone").path]
      var arguments = (told["arguments"] as? [String] ?? [])[...]
      while let name = arguments.popFirst(), let value = arguments.popFirst() {
        switch name {
        case "--events": options.events = [folder.appending(path: value).path]
        case "--coverage":
          let ends = value.components(separatedBy: "..").compactMap { Timestamp(iso8601: $0) }
          options.statedCoverage = [ends[0]...ends[1]]
        default: Issue.record("the test does not know \(name)")
        }
      }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @discardableResult
    static func run(_ tool: String, _ arguments: [String], in folder: URL?) throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: tool)
      process.arguments = arguments
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let said = try output.fileHandleForReading.readToEnd() ?? Foundation.Data()
      process.waitUntilExit()
      return String(decoding: said, as: UTF8.self)
    }

    func git(_ arguments: String...) throws -> String {
      try Self.run("/usr/bin/env", ["git", "-C", options.clones[0]] + arguments, in: nil)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The origin of the only line of a file.
    func origin(_ file: String, _ revision: String = "origin/main") throws -> Blame.Origin {
      let blame = try Pushtrail.blame(options, file: file, revision: revision)
      let line = try #require(blame.lines.first)
      #expect(blame.lines.count == 1)
      let said = try git("blame", "--porcelain", revision, "--", file)
      #expect(said.hasPrefix(line.commit.hex + " 1 1 1"))
      return line.origin
    }

    func pusher(_ file: String) throws -> (who: String, event: String, isExact: Bool)? {
      guard case .push(let push) = try origin(file) else { return nil }
      return (push.principal.name, push.eventID, push.isExact)
    }
  }

  @Test func whoPushedAndWhoDidNot() throws {
    let world = try World("event-without-record")
    let begin = try #require(try world.pusher("begin.txt"))
    #expect(begin.who == "ada")
    #expect(begin.event == world.names["push.base"])
    #expect(begin.isExact)
    #expect(try world.pusher("go-on.txt")?.event == world.names["push.after"])
    // Mallory's push has no record.
    #expect(try world.origin("something-else.txt") == .unexplained(.unattributed))
    // What was never pushed is on no ref of the server.
    try Data("mine\n".utf8).write(to: world.folder.appending(path: "clone/mine.txt"))
    _ = try world.git("add", "mine.txt")
    _ = try world.git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "mine")
    #expect(try world.origin("mine.txt", "HEAD") == .unexplained(.notPushed))
  }

  @Test func beforeAndAfterTheTrail() throws {
    let late = try World("trail-lags")
    #expect(try late.origin("the-evening-s-work.txt") == .unexplained(.afterCoverage))
    #expect(try late.pusher("go-on.txt")?.event == late.names["push.last"])
    let early = try World("trail-starts-mid-life")
    let files = try early.git("ls-tree", "-r", "--name-only", "origin/main").split(separator: "\n").map(String.init)
    let origins = try files.map { try early.origin($0) }
    #expect(origins.contains(.unexplained(.beforeCoverage)))
    #expect(try early.origin("what-started-the-gate.txt") == .unexplained(.afterCoverage))
    #expect(!origins.contains(.unexplained(.unattributed)))
  }

  /// What the file, the author and the log hold cannot act on a screen.
  @Test func strangersTextIsEscaped() throws {
    let world = try World("event-without-record")
    let text = "a\t\u{1b}[31mred\u{202e}\r\n"
    try Data(text.utf8).write(to: world.folder.appending(path: "clone/begin.txt"))
    _ = try world.git(
      "-c", "user.name=Eve \u{1b}]0;x\u{7}", "-c", "user.email=e@example.com", "-c", "core.autocrlf=false", "commit",
      "-qam", "x")
    let blame = try Pushtrail.blame(world.options, file: "begin.txt")
    let page = BlameText(blame).text()
    #expect(page.contains("a       \\u{1B}[31mred\\u{202E}\n"))
    #expect(!page.utf8.contains(0x1b) && !page.utf8.contains(0x07) && !page.unicodeScalars.contains("\u{202e}"))
    var bytes: [UInt8] = []
    BlameJSON(blame).write { (piece: Span<UInt8>) throws(Never) in
      for index in piece.indices { bytes.append(piece[index]) }
    }
    let json = String(decoding: bytes, as: UTF8.self)
    #expect(!json.utf8.contains(0x1b) && !json.unicodeScalars.contains("\u{202e}"))
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let lines = try #require(object["lines"] as? [[String: Any]])
    #expect(lines.first?["text"] as? String == "a\t\u{1b}[31mred\u{202e}\r")
    #expect(lines.first?["unexplained"] as? String == "not-pushed")
  }
}
