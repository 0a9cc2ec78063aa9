import CloudTrailLog
import Foundation
import LedgerStore
import PushModel
import Testing

/// Files that are not what they were: nothing is lost, and only what CloudTrail itself delivers once is accused.
@Suite struct ChangedFileTests {
  @Test func `a log file of CloudTrail's that lost a record`() throws {
    let folder = try TrailFolder()
    let name = Sample.name()
    try folder.write(name, records: [Sample.push(id: "e-1"), Sample.stranger, Sample.push(id: "e-2")])
    try folder.importing(at: later)
    try folder.write(name, records: [Sample.push(id: "e-1"), Sample.stranger])
    let expected = ChangedFile(path: "\(folder.trail)/\(name)", kept: later, found: later + 60, lost: 1, added: 0)
    // Seen without an import too, and then nothing is written.
    #expect(try folder.stored().changed == [])
    let beside = try LedgerReader(ledger: folder.ledger, reader: TrailReader(), now: later + 60).read(with: [
      folder.trail
    ])
    #expect(beside.changed == [expected])
    #expect(Set(beside.events.map(\.eventID)) == ["e-1", "e-2"])
    #expect(try folder.stored().changed == [])

    let summary = try folder.importing(at: later + 60)
    #expect(summary.replaced == ["\(folder.trail)/\(name)"])
    #expect(summary.changed == [expected])
    let stored = try folder.stored()
    #expect(stored.changed == [expected])
    #expect(Set(stored.events.map(\.eventID)) == ["e-1", "e-2"])
    // Brought back, it is still known to have been changed.
    try folder.write(name, records: [Sample.push(id: "e-1"), Sample.stranger, Sample.push(id: "e-2")])
    let again = try folder.importing(at: later + 120)
    #expect(again.records == 0)
    #expect(try folder.stored().changed.map(\.lost) == [1, 0])
    #expect(try folder.stored().events.map(\.eventID) == ["e-1", "e-2"])
    #expect(try folder.stored().files == 1)
  }

  @Test func `a log file of CloudTrail's that was given a record`() throws {
    let folder = try TrailFolder()
    let name = Sample.name()
    try folder.write(name, records: [Sample.push(id: "e-1")])
    try folder.importing()
    try folder.write(name, records: [Sample.push(id: "e-1"), Sample.push(id: "e-2")])
    let summary = try folder.importing()
    #expect(summary.changed.map(\.added) == [1])
    #expect(try folder.stored().events.map(\.eventID) == ["e-1", "e-2"])
    #expect(try folder.stored().files == 1)
  }

  /// A job that copies the trail into a fresh folder each day.
  @Test func `a log file that lost a record on its way to another folder`() throws {
    let folder = try TrailFolder()
    let name = Sample.name()
    try folder.write("monday/\(name)", records: [Sample.push(id: "e-1"), Sample.stranger, Sample.push(id: "e-2")])
    try folder.importing([folder.path("trail/monday")], at: later)
    let tuesday = folder.path("trail/tuesday")
    try folder.write("tuesday/\(name)", records: [Sample.push(id: "e-1"), Sample.stranger])
    // The first copy is still there, too: both are read, and nothing is lost.
    #expect(try folder.importing([tuesday], at: later + 60).changed == [])

    let other = try TrailFolder()
    try other.write("monday/\(name)", records: [Sample.push(id: "e-1"), Sample.stranger, Sample.push(id: "e-2")])
    try other.importing([other.path("trail/monday")], at: later)
    try FileManager.default.removeItem(atPath: other.path("trail/monday"))
    try other.write("tuesday/\(name)", records: [Sample.push(id: "e-1"), Sample.stranger])
    let expected = ChangedFile(
      path: "\(other.trail)/tuesday/\(name)", kept: later, found: later + 60, lost: 1, added: 0)
    let beside = try LedgerReader(ledger: other.ledger, reader: TrailReader(), now: later + 60).read(with: [
      other.path("trail/tuesday")
    ])
    #expect(beside.changed == [expected])
    #expect(try other.importing([other.path("trail/tuesday")], at: later + 60).changed == [expected])
    #expect(try other.stored().changed == [expected])
    #expect(Set(try other.stored().events.map(\.eventID)) == ["e-1", "e-2"])
    // And once more: nothing is new, nothing is forgotten.
    #expect(try other.importing([other.path("trail/tuesday")], at: later + 120).changed == [])
    #expect(try other.stored().changed == [expected])
  }

  @Test func `only packed anew, it is no accusation`() throws {
    let folder = try TrailFolder()
    let path = try folder.write(Sample.name(), records: [Sample.push(id: "e-1")])
    _ = try Command.run("/usr/bin/gzip", ["-1", path])
    try folder.importing()
    _ = try Command.run("/usr/bin/gzip", ["-d", path + ".gz"])
    _ = try Command.run("/usr/bin/gzip", ["-9", "-n", path])
    let summary = try folder.importing()
    #expect(summary.replaced.count == 1)
    #expect(summary.changed == [])
    #expect(try folder.stored().parts == folder.direct().parts)
  }

  @Test func `an unfinished copy that was completed is no accusation, and no gap any more`() throws {
    let folder = try TrailFolder()
    let name = Sample.name()
    let whole = "{\"Records\":[\(Sample.push(id: "e-1")),\(Sample.push(id: "e-2"))]}"
    try folder.write(name, String(whole.prefix(whole.utf8.count - 300)))
    try folder.importing()
    #expect(try folder.stored().unreadable.count == 1)
    try folder.write(name, whole)
    #expect(try folder.importing().changed == [])
    #expect(try folder.stored().parts == folder.direct().parts)
    // Cut again, what it held stays; the cut is a gap.
    try folder.write(name, String(whole.prefix(whole.utf8.count - 300)))
    #expect(try folder.importing().changed == [])
    #expect(try folder.stored().events.map(\.eventID) == ["e-1", "e-2", "e-1"])
  }

  @Test func `an export that is written anew each day is no accusation, and loses nothing`() throws {
    let folder = try TrailFolder()
    try folder.write("lookup.ndjson", [Sample.push(id: "e-1"), Sample.push(id: "e-2")].joined(separator: "\n"))
    try folder.importing()
    try folder.write("lookup.ndjson", [Sample.push(id: "e-2"), Sample.push(id: "e-3")].joined(separator: "\n"))
    let summary = try folder.importing()
    #expect(summary.changed == [])
    #expect(summary.records == 1)
    #expect(try folder.stored().events.map(\.eventID) == ["e-1", "e-2", "e-2", "e-3"])
    // One that only grows is read once, as it is now.
    try folder.write(
      "lookup.ndjson", ["e-1", "e-2", "e-3", "e-4"].map { Sample.push(id: $0) }.joined(separator: "\n"))
    try folder.importing()
    #expect(try folder.stored().parts == folder.direct().parts)
    #expect(try folder.sqlite("SELECT count(*) FROM records") == "4")
  }

  @Test func `a change that keeps size and time is seen`() throws {
    let folder = try TrailFolder()
    let name = Sample.name()
    let path = try folder.write(name, records: [Sample.push(tip: Sample.tip, id: "e-1")])
    let before = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    try folder.importing()
    try folder.write(name, records: [Sample.push(tip: String(Sample.tip.reversed().dropLast()) + "2", id: "e-1")])
    try FileManager.default.setAttributes([.modificationDate: #require(before)], ofItemAtPath: path)
    #expect(try folder.importing().changed.count == 1)
  }

  @Test func `a touched or copied file is read again and nothing is new`() throws {
    let folder = try TrailFolder()
    let path = try folder.write(Sample.name(), records: [Sample.push()])
    try folder.importing()
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 5)], ofItemAtPath: path)
    let summary = try folder.importing()
    #expect(summary.counts == [0, 1, 0, 0])
    #expect(summary.replaced == [])
    #expect(try folder.sqlite("SELECT modified FROM files") == "5000000000")
  }

  @Test func `a trail that lies elsewhere each day is one trail`() throws {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: [Sample.push(id: "e-1")])
    try folder.importing()
    let elsewhere = folder.path("elsewhere")
    try FileManager.default.moveItem(atPath: folder.trail, toPath: elsewhere)
    // It is the ledger's even before it is imported from there.
    #expect(try folder.stored(with: [elsewhere]).files == 1)
    let summary = try folder.importing([elsewhere])
    #expect(summary.counts == [0, 0, 1, 0])
    #expect(try folder.stored().parts == folder.direct([elsewhere]).parts)
    // A copy is not a move.
    try FileManager.default.copyItem(atPath: elsewhere, toPath: folder.trail)
    #expect(try folder.importing().new == 1)
    #expect(try folder.stored().parts.counts == folder.direct([elsewhere, folder.trail]).parts.counts)
    #expect(try folder.sqlite("SELECT count(*) FROM records") == "1")
  }

  @Test func `files that went away stay in the ledger`() throws {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: [Sample.push(id: "e-1")])
    let before = try folder.direct()
    try folder.importing()
    try FileManager.default.removeItem(atPath: folder.trail)
    #expect(try folder.stored().parts == before.parts)
  }
}
