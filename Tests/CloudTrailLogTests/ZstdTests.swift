import CloudTrailLog
import Foundation
import PushModel
import Testing

/// Files that the zstd command line compressed.
@Suite struct ZstdTests {
  private func zstd(_ text: String) throws -> Data {
    try Command.run("/usr/bin/env", ["zstd", "-q", "-c"], input: Data(text.utf8))
  }

  private let log = "{\"Records\":[\(Sample.push(id: "b")),\(Sample.stranger)]}"

  @Test func `one frame and many`() throws {
    let folder = try TrailFolder()
    let whole = try TrailReader().read([folder.write("a.json.zst", zstd(log))])
    #expect(whole.events.map(\.eventID) == ["b"] && whole.records == 2 && whole.unreadable.isEmpty)
    let frames = try zstd(String(log.prefix(100))) + zstd(String(log.dropFirst(100)))
    let split = try TrailReader().read([folder.write("a.json.zst", frames)])
    #expect(split.events == whole.events && split.unreadable.isEmpty)
    #expect(try TrailReader().read([folder.path]).files == 1)
  }

  @Test func `a large file`() throws {
    let folder = try TrailFolder()
    let text = "[" + (0..<5000).map { Sample.push(id: "e\($0)") }.joined(separator: ",") + "]"
    let read = try TrailReader().read([folder.write("a.zst", zstd(text))])
    #expect(read.events.count == 5000 && read.unreadable.isEmpty)
  }

  @Test func `truncated and damaged`() throws {
    let folder = try TrailFolder()
    let whole = try zstd(log)
    for length in [5, 20, whole.count - 1] {
      let read = try TrailReader().read([folder.write("a.zst", whole.prefix(length))])
      #expect(read.unreadable.map(\.reason).contains("the zstd data is damaged or cut short"), "\(length) bytes")
    }
    var bytes = whole
    bytes[bytes.count - 1] ^= 0xff  // the checksum
    let read = try TrailReader().read([folder.write("a.zst", bytes)])
    #expect(read.unreadable.map(\.reason).contains("the zstd data is damaged or cut short"))
    let garbage = try TrailReader().read([folder.write("a.zst", whole + Data("garbage".utf8))])
    #expect(garbage.events.map(\.eventID) == ["b"])
    #expect(garbage.unreadable.first?.offset == Int64(whole.count))
  }

  @Test func `a bomb is refused, and the limit is exact`() throws {
    let folder = try TrailFolder()
    let file = try folder.write("a.zst", zstd(log + String(repeating: " ", count: (1 << 21) - log.utf8.count)))
    #expect(
      try TrailReader(maximumFileSize: 1 << 20).read([file]).unreadable.first?.reason
        == "inflates to more than 1048576 bytes")
    #expect(try TrailReader(maximumFileSize: 1 << 21).read([file]).unreadable.isEmpty)
    #expect(try TrailReader(maximumFileSize: (1 << 21) - 1).read([file]).unreadable.count > 0)
  }
}
