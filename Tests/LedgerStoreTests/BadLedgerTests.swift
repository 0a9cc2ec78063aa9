import CloudTrailLog
import Foundation
import LedgerStore
import PushModel
import Testing

/// A ledger that cannot be used says so in a clear sentence that names it.
@Suite struct BadLedgerTests {
  private static func full() throws -> TrailFolder {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: (0..<50).map { Sample.push(id: "e-\($0)") })
    try folder.importing()
    return folder
  }

  private static func failure(_ folder: TrailFolder, patience: Double = 5) throws -> LedgerError? {
    do {
      _ = try LedgerReader(ledger: folder.ledger, reader: TrailReader(), now: later, patience: patience).read()
      return nil
    } catch { return error }
  }

  private static func importFailure(_ folder: TrailFolder, patience: Double = 5) -> LedgerError? {
    do {
      _ = try LedgerImport(ledger: folder.ledger, reader: TrailReader(), now: later, patience: patience)
        .run([folder.trail])
      return nil
    } catch { return error }
  }

  private static func expect(_ kind: LedgerError.Kind, _ folder: TrailFolder, _ error: LedgerError?) {
    #expect(error?.kind == kind)
    #expect(error?.message.contains(folder.ledger) == true, "\(error?.message ?? "no error")")
  }

  @Test func absent() throws {
    let folder = try TrailFolder()
    Self.expect(.absent, folder, try Self.failure(folder))
    #expect(throws: LedgerError.self) { try folder.importing(["\(folder.trail)/nowhere"]) }
    #expect(!FileManager.default.fileExists(atPath: folder.ledger))
  }

  @Test func `no SQLite, another's SQLite, empty, a folder`() throws {
    let folder = try TrailFolder()
    try folder.write(Sample.name(), records: [Sample.push()])
    let file = URL(fileURLWithPath: folder.ledger)
    try Data(repeating: 0x61, count: 5000).write(to: file)
    Self.expect(.notALedger, folder, try Self.failure(folder))
    Self.expect(.notALedger, folder, Self.importFailure(folder))
    #expect(try Data(contentsOf: file) == Data(repeating: 0x61, count: 5000))

    try FileManager.default.removeItem(at: file)
    _ = try folder.sqlite("CREATE TABLE mine (a)")
    let before = try Data(contentsOf: file)
    Self.expect(.notALedger, folder, try Self.failure(folder))
    Self.expect(.notALedger, folder, Self.importFailure(folder))
    #expect(try Data(contentsOf: file) == before)

    try Data().write(to: file)
    Self.expect(.notALedger, folder, try Self.failure(folder))
    #expect(Self.importFailure(folder) == nil)

    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
    Self.expect(.notALedger, folder, try Self.failure(folder))
    Self.expect(.notALedger, folder, Self.importFailure(folder))
  }

  @Test func newer() throws {
    let folder = try Self.full()
    _ = try Command.python(
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      db.execute("INSERT INTO grdb_migrations VALUES ('99: what nobody knows yet')")
      db.commit()
      """, [folder.ledger])
    Self.expect(.newer, folder, try Self.failure(folder))
    Self.expect(.newer, folder, Self.importFailure(folder))
  }

  @Test(arguments: ["cut", "zeroed", "texts", "events"])
  func damaged(how: String) throws {
    let folder = try Self.full()
    try folder.change("")
    _ = try Command.python(
      #"""
      import os, sqlite3, sys
      path, how = sys.argv[1:]
      db = sqlite3.connect(path)
      db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
      if how == "texts":
          db.execute("UPDATE files SET batch = NULL")
      for table in {"texts": ["chunks"], "events": ["batches"]}.get(how, []):
          blob = bytearray(db.execute(f"SELECT zstd FROM {table}").fetchone()[0])
          blob[len(blob) // 2] ^= 1
          db.execute(f"UPDATE {table} SET zstd = ?", (bytes(blob),))
      db.commit()
      db.close()
      size = os.path.getsize(path)
      with open(path, "r+b") as file:
          if how == "cut": file.truncate(size // 2 // 4096 * 4096)
          if how == "zeroed":
              file.seek(4096)
              file.write(bytes(size - 4096))
      """#, [folder.ledger, how])
    Self.expect(.damaged, folder, try Self.failure(folder))
  }

  /// What no ledger was ever given, as a damaged disk or another program may leave it.
  @Test(arguments: [
    "unreadable SET path = x'00'", "unreadable SET byte = -1", "unreadable SET record = 'x'",
    "unreadable SET start = 9223372036854775807", "unreadable SET account = x'ff'", "unreadable SET file = 1.5",
    "coverage SET has_read_only = 'x'", "coverage SET has_read_only = 2", "coverage SET first = 'x'",
    "coverage SET first = -9223372036854775807", "coverage SET last = first - 1",
    "coverage_days SET account = x'00'", "coverage_days SET day = 'x'", "coverage_days SET day = 9223372036854775807",
    "files SET records = 9223372036854775807", "files SET records = -1", "files SET codecommit_records = 0.5",
    "files SET size = -1", "files SET size = 'x'", "files SET batch_place = 'x'", "files SET batch = 0.5",
    "files SET batch = NULL, chunk_offset = 'x'", "files SET batch = NULL, chunk_offset = 9223372036854775807",
    "files SET batch = NULL, layout = 7", "files SET batch = NULL, chunk = x'00'", "files SET base = 7",
    "batches SET size = 'x'", "folders SET name = 7", "folders SET path = id + 0.5",
  ])
  func `a row that holds what no row can`(damage: String) throws {
    let folder = try Self.full()
    try folder.write("cut.json", #"{"Records":[\#(Sample.push(id: "e-cut")),{"eventSource":"codecommit.amazonaws.com""#)
    try folder.importing()
    #expect(try Self.failure(folder) == nil)
    try folder.change("UPDATE \(damage)")
    Self.expect(.damaged, folder, try Self.failure(folder))
  }

  @Test func locked() throws {
    let folder = try Self.full()
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    holder.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute("BEGIN IMMEDIATE")
      print("held", flush=True)
      sys.stdin.read()
      """, folder.ledger,
    ]
    let (input, output) = (Pipe(), Pipe())
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    #expect(try output.fileHandleForReading.read(upToCount: 5) == Data("held\n".utf8))
    // Somebody who writes keeps nobody from reading.
    #expect(try Self.failure(folder, patience: 0.1) == nil)
    try folder.write(Sample.name("20240305T1010Z"), records: [Sample.push(id: "e-new")])
    Self.expect(.locked, folder, Self.importFailure(folder, patience: 0.1))
    try input.fileHandleForWriting.close()
    holder.waitUntilExit()
    #expect(Self.importFailure(folder) == nil)
    #expect(try folder.stored().parts == folder.direct().parts)
  }

  @Test func `what was to be imported is not there, or is a digest file`() throws {
    let folder = try Self.full()
    #expect(throws: LedgerError.self) { try folder.importing(["\(folder.trail)/nowhere"]) }
    let digest = try folder.write("digest.json", #"{"digestStartTime":"2024-01-01T00:00:00Z","logFiles":[]}"#)
    let error = #expect(throws: LedgerError.self) { try folder.importing([digest]) }
    #expect(error?.kind == .input)
    #expect(error?.message.contains("digest file") == true)
  }
}
