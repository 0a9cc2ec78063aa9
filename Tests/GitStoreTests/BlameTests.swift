import Foundation
import PushModel
import Testing

@testable import GitStore

/// Blame, with `git blame --porcelain` as the oracle.
@Suite struct BlameTests {
  /// The commit of each line, as git tells it.
  private func oracle(_ world: GitWorld, _ arguments: [String], in folder: String) throws -> [String] {
    let text = try world.git(["blame", "--porcelain"] + arguments, in: folder)
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard !line.hasPrefix("\t"), let first = words.first, first.count == 40, ObjectID(hex: first) != nil,
        words.count == 3 || words.count == 4
      else { return nil }
      return String(first)
    }
  }

  private func ours(
    _ folder: String, _ file: String, revision: String? = nil, range: LineRange? = nil
  ) throws -> FileBlame {
    try Clone(path: folder).blame(file: file, in: folder, revision: revision, range: range)
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  /// Every line that was ever written is unlike every other, so that there is one answer.
  private final class Writer {
    var random: Generator
    var count = 0
    init(seed: UInt64) { random = Generator(state: seed) }

    func line() -> String {
      count += 1
      return "line \(count) \(random.next() % 100_000)"
    }

    func edited(_ text: String) -> String {
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last == "" { lines.removeLast() }
      for _ in 0...Int.random(in: 0...3, using: &random) {
        let at = Int.random(in: 0...lines.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where at < lines.count && lines.count > 4: lines.remove(at: at)
        case 1 where at < lines.count: lines[at] = line()
        default: lines.insert(contentsOf: (0...Int.random(in: 0...2, using: &random)).map { _ in line() }, at: at)
        }
      }
      return lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : "")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomHistories(seed: UInt64) throws {
    let world = try GitWorld()
    let folder = world.path("work")
    try world.git("init", "-q", folder)
    let writer = Writer(seed: seed)
    var name = "a.txt"
    func write(_ text: String) throws {
      let file = URL(filePath: folder).appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    func commit() throws {
      world.clock += 60
      try world.git("add", "-A", in: folder)
      try world.git("commit", "-q", "-m", "change", in: folder)
    }
    try write((0..<30).map { _ in writer.line() }.joined(separator: "\n") + "\n")
    try commit()
    for step in 0..<25 {
      let text = try String(contentsOf: URL(filePath: folder).appending(path: name), encoding: .utf8)
      if step % 6 == 5 {
        // A side branch of two commits, merged; where both changed the same lines, ours are taken.
        try world.git("checkout", "-q", "-b", "side\(step)", in: folder)
        try write(writer.edited(text))
        try commit()
        try world.git("checkout", "-q", "main", in: folder)
        try write(writer.edited(text))
        try commit()
        world.clock += 60
        try world.git("merge", "-q", "--no-edit", "-X", "ours", "side\(step)", in: folder)
      } else if step % 9 == 7 {
        let moved = "folder/b\(step).txt"
        try FileManager.default.createDirectory(
          at: URL(filePath: folder).appending(path: "folder"), withIntermediateDirectories: true)
        try world.git("mv", name, moved, in: folder)
        name = moved
        try commit()
      } else {
        try write(writer.edited(text))
        try commit()
      }
    }
    let blame = try ours(folder, name)
    let expected = try oracle(world, [name], in: folder)
    #expect(blame.lines.map(\.commit.hex) == expected)
    #expect(blame.lines.map(\.number) == Array(1...expected.count))
    #expect(Set(expected).count > 5)
    for (arguments, range) in [
      (["-L", "3,9"], LineRange(start: 3, end: 9)), (["-L", "12,"], LineRange(start: 12, end: nil)),
      (["-L", "1,1"], LineRange(start: 1, end: 1)),
    ] {
      let part = try ours(folder, name, range: range)
      #expect(try part.lines.map(\.commit.hex) == oracle(world, arguments + [name], in: folder))
      #expect(part.lines.first?.number == range.start)
    }
    let older = try ours(folder, "a.txt", revision: "HEAD~24")
    #expect(try older.lines.map(\.commit.hex) == oracle(world, ["HEAD~24", "--", "a.txt"], in: folder))
  }

  @Test func whatLinesHold() throws {
    let world = try GitWorld()
    let folder = world.path("work")
    try world.git("init", "-q", folder)
    try world.git("config", "core.autocrlf", "false", in: folder)
    var bytes = Data("tab\there\r\nesc \u{1b}[31m\n\n".utf8)
    bytes += [0xff, 0xfe, 0x0a]
    bytes += Data("no line feed".utf8)
    try bytes.write(to: URL(filePath: folder).appending(path: "file"))
    try Data().write(to: URL(filePath: folder).appending(path: "empty"))
    try world.git("add", "-A", in: folder)
    try world.git("commit", "-q", "-m", "one", in: folder)
    let blame = try ours(folder, "./file")
    #expect(
      blame.lines.map(\.text) == ["tab\there\r", "esc \u{1b}[31m", "", "\u{fffd}\u{fffd}", "no line feed"])
    let commit = try #require(blame.commits[world.id("HEAD", in: folder)])
    #expect(commit.authorName == "Ada")
    #expect(commit.authorEmail == "ada@example.com")
    #expect(commit.authored == GitWorld.time(0))
    #expect(try ours(folder, "empty").lines.isEmpty)
  }

  /// Only the answer that git itself would need the missing commits for is refused.
  @Test func clonesThatAreNotWhole() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    for number in 4...6 {
      world.clock += 60
      try world.commit("Repo \(number)", in: author)
    }
    try world.git("push", "-q", "origin", "main", in: author)
    let bare = world.path("bare")
    try world.git("clone", "-q", "--bare", world.server(), bare)
    #expect(try ours(bare, "file").lines.map(\.commit.hex) == oracle(world, ["main", "--", "file"], in: bare))
    let shallow = world.path("shallow")
    try world.git("clone", "-q", "--depth", "2", "file://" + world.server(), shallow)
    #expect(try ours(shallow, "file").lines.map(\.commit.hex) == oracle(world, ["file"], in: shallow))
    try world.git("checkout", "-q", "--orphan", "other", in: author)
    try Data("kept\n".utf8).write(to: URL(filePath: author).appending(path: "kept"))
    try world.git("add", "-A", in: author)
    try world.git("commit", "-q", "-m", "other", in: author)
    world.clock += 60
    try world.commit("x", in: author)
    try world.commit("y", in: author)
    try world.git("push", "-q", "origin", "other", in: author)
    let cut = world.path("cut")
    try world.git("clone", "-q", "--depth", "1", "--branch", "other", "file://" + world.server(), cut)
    do {
      // git takes the boundary for the origin; that would name a pusher who never touched the line.
      let blame = try ours(cut, "kept")
      Issue.record("blamed \(blame.lines.map(\.commit)) in a clone that cannot tell")
    } catch let error as GitStoreError {
      #expect(error.hints.contains { $0.contains("--unshallow") }, "\(error)")
    }
  }

  @Test func whatCannotBeBlamed() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    func message(_ file: String, revision: String? = nil, range: LineRange? = nil) -> String {
      do {
        return "blamed \(try ours(author, file, revision: revision, range: range).lines.count)"
      } catch let error as GitStoreError {
        return error.message
      } catch { return "\(error)" }
    }
    #expect(message("absent").hasPrefix("absent is not in HEAD ("))
    #expect(message("../file").contains("is outside of"))
    #expect(message("/etc/passwd").contains("is outside of"))
    #expect(message(".").contains("names no file"))
    #expect(message("file", revision: "nothing").hasSuffix("there is no revision 'nothing'"))
    #expect(message("file", revision: "HEAD:file").hasSuffix("'HEAD:file' is no commit"))
    #expect(message("file", range: LineRange(start: 9, end: nil)).contains("has only 1 line in HEAD"))
    #expect(message("\(author)/file") == "blamed 1")
  }
}
