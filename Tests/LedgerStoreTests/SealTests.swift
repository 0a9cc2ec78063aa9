import CloudTrailLog
import Foundation
import LedgerStore
import PushModel
import Testing

/// A ledger that is not as it was written gives the same answer or none.
@Suite struct SealTests {
  private static let repository = RepositoryIdentity(
    partition: "aws", accountID: "111122223333", region: "us-east-2", name: "Repo", id: "r-1")

  /// A ledger with a row or more in every table, and all that can be asked of it.
  private static func full() throws -> TrailFolder {
    let folder = try TrailFolder()
    let name = Sample.name()
    try folder.write(name, records: [Sample.push(id: "e-1"), Sample.stranger, Sample.push(id: "e-2")])
    try folder.write(Sample.name("20240306T1005Z"), records: [Sample.push(id: "e-3", time: "2024-03-06T10:00:00Z")])
    try folder.write("copies/20240306.json", records: [Sample.push(id: "e-1"), Sample.push(id: "e-4")])
    try folder.write("cut.json", #"{"Records":[\#(Sample.push(id: "e-5")),{"eventSource":"codecommit.amazonaws.com""#)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.trail)/gone.json", withDestinationPath: folder.path("nowhere"))
    try folder.importing()
    try folder.write(name, records: [Sample.push(id: "e-1"), Sample.stranger])
    #expect(try folder.importing().changed.count == 1)
    let tip = try #require(ObjectID(hex: Sample.tip))
    let tips = ["main", "b", "c"].map { name in
      Observation.Tip(ref: RefName("refs/heads/\(name)"), tip: tip, peeled: nil)
    }
    let view = Observation.View(
      showsBranches: true, showsTags: false, isProven: true, named: Set(tips.map(\.ref) + [RefName("refs/heads/d")]))
    for clone in ["/one", "/two"] {
      try LedgerObservations(ledger: folder.ledger, repository: repository, names: []).keep(
        [
          Observation(
            clone: clone, source: .fetchHead, dating: .fetchHead, earliest: later - 60, latest: later,
            evidence: "what was fetched", tips: tips, view: view)
        ], now: later)
    }
    return folder
  }

  private struct Answers: Equatable {
    var trail: TrailReading.Parts
    var observations: [LedgerObservations.Kept]
    var held: Set<String>
  }

  private static func answers(_ folder: TrailFolder) throws -> Answers {
    Answers(
      trail: try folder.stored().parts,
      observations: try LedgerObservations(ledger: folder.ledger, repository: repository, names: []).joined(with: [])
        .others,
      held: try LedgerNames(ledger: folder.ledger).held(of: ["cut.json", "20240306.json"]))
  }

  @Test func `a row that was changed, or lost, by whatever`() throws {
    let folder = try Self.full()
    let file = URL(fileURLWithPath: folder.ledger)
    _ = try folder.sqlite("PRAGMA wal_checkpoint(TRUNCATE)")
    let ledger = try Data(contentsOf: file)
    let sound = try Self.answers(folder)
    #expect(sound.observations.count == 2 && sound.trail.unreadable.count == 2 && sound.trail.changed.count == 1)
    for damage in [
      "UPDATE files SET batch_place = batch_place + 1", "UPDATE files SET folder = 1", "DELETE FROM files WHERE id = 2",
      "UPDATE files SET codecommit_records = 0 WHERE id = 2", "UPDATE files SET state = 1", "DELETE FROM unreadable",
      "DELETE FROM coverage_days", "UPDATE coverage_days SET day = day + 100", "DELETE FROM coverage",
      "UPDATE coverage SET last = last + 1", "DELETE FROM changes", "UPDATE folders SET name = path || '/'",
      "DELETE FROM observations WHERE id = 1", "UPDATE observed_refs SET tip = NULL WHERE rowid = 1",
      "DELETE FROM observed_refs WHERE rowid = 1", "UPDATE observations SET latest = latest - 1 WHERE id = 1",
      "UPDATE observations SET region = 'x' WHERE id = 1", "DROP TABLE seals", "DELETE FROM seals",
      "UPDATE seals SET sum = zeroblob(32)", "DELETE FROM grdb_migrations",
      "DELETE FROM grdb_migrations WHERE identifier LIKE '4%'; DROP TABLE seals; DELETE FROM changes",
    ] {
      try ledger.write(to: file)
      try Self.damage(folder, damage)
      if damage.contains("LIKE '4%'") {
        // What is left is what an earlier version made.
        #expect(try folder.stored().changed == [])
        continue
      }
      #expect(throws: LedgerError.self, "\(damage)") { try Self.answers(folder) }
    }
  }

  /// What a statement does to the tables, without the triggers.
  private static func damage(_ folder: TrailFolder, _ statements: String) throws {
    _ = try Command.python(
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
      for name, sql in triggers: db.execute("DROP TRIGGER " + name)
      db.executescript(sys.argv[2])
      for name, sql in triggers: db.execute(sql)
      db.commit()
      db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
      db.close()
      """, [folder.ledger, statements])
  }

  /// Words that name records, and all that they name.
  private static func shown(_ folder: TrailFolder) throws -> [String: [String]] {
    let lookup = try LedgerLookup(ledger: folder.ledger, reader: TrailReader())
    var shown: [String: [String]] = [:]
    for word in ["e-1", "e-2", "main", Sample.tip, "1111"] {
      shown[word] = try lookup.events(naming: word, limit: 10).map(\.eventID).sorted()
    }
    return shown
  }

  @Test func `what is listed wrongly, or not at all, is searched for`() throws {
    let folder = try TrailFolder()
    try folder.write(
      Sample.name(),
      records: [Sample.push(id: "e-1"), Sample.push(tip: String(repeating: "2", count: 40), id: "e-2")])
    try folder.importing()
    let ledger = try Data(contentsOf: URL(fileURLWithPath: folder.ledger))
    for (damage, word, ids) in [
      ("SELECT 1", "nothing", []), ("DELETE FROM refs", "main", ["e-2", "e-1"]),
      ("UPDATE records SET event_id = 'e-3' WHERE id = 1", "e-3", []),
      ("UPDATE records SET event_id = NULL", "e-1", ["e-1"]),
      ("UPDATE refs SET name = 'refs/heads/mbin'", "mbin", []),
      ("UPDATE refs SET name = 'refs/heads/mbin'", "main", ["e-2", "e-1"]),
      ("UPDATE moves SET record = 3 - record", "1111", ["e-1"]), ("DELETE FROM moves", "2222", ["e-2"]),
      ("UPDATE moves SET tip = CAST(x'33' || substr(tip, 2) AS BLOB)", "3311", []),
    ] {
      try ledger.write(to: URL(fileURLWithPath: folder.ledger))
      try Self.damage(folder, damage)
      let lookup = try LedgerLookup(ledger: folder.ledger, reader: TrailReader())
      #expect(try lookup.events(naming: word, limit: 10).map(\.eventID) == ids, "\(damage)")
    }
    for damage in [
      "records SET number = 3 - number", "records SET sha256 = randomblob(32)", "folders SET name = name || 'x/'",
    ] {
      try ledger.write(to: URL(fileURLWithPath: folder.ledger))
      try Self.damage(folder, "UPDATE \(damage)")
      let lookup = try LedgerLookup(ledger: folder.ledger, reader: TrailReader())
      #expect(throws: LedgerError.self, "\(damage)") { try lookup.events(naming: "e-1", limit: 10) }
    }
  }

  @Test(arguments: [1, 2, 3])
  func `a bit that was flipped`(seed: UInt64) throws {
    let folder = try Self.full()
    let file = URL(fileURLWithPath: folder.ledger)
    _ = try folder.sqlite("PRAGMA wal_checkpoint(TRUNCATE)")
    let ledger = try Data(contentsOf: file)
    let (sound, shown) = try (Self.answers(folder), Self.shown(folder))
    // Where something is: most of every page is empty.
    let places = ledger.indices.filter { ledger[$0] != 0 }
    var random = Numbers(seed: seed)
    var refused = 0
    for _ in 0..<300 {
      var changed = ledger
      let place = try #require(places.randomElement(using: &random))
      let bit = Int.random(in: 0..<8, using: &random)
      changed[place] ^= 1 << UInt8(bit)
      try changed.write(to: file)
      let spot = "byte \(place % 4096) of page \(place / 4096 + 1), bit \(bit)"
      do {
        #expect(try Self.answers(folder) == sound, "\(spot)")
        // A list may lack a record among others.
        for (word, found) in try Self.shown(folder) {
          #expect(!found.isEmpty && Set(found).isSubset(of: shown[word] ?? []), "\(spot)")
        }
      } catch let error as LedgerError {
        #expect(error.message.contains(folder.ledger))
        refused += 1
      }
    }
    #expect(refused > 75)
  }

  /// SplitMix64.
  private struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }

  @Test func `what earlier versions made is sealed by the next import`() throws {
    let folder = try Self.full()
    let sound = try Self.answers(folder)
    try folder.change("UPDATE files SET batch = NULL WHERE id = 2")
    #expect(try Self.answers(folder) == sound)
    try folder.importing()
    #expect(try folder.sqlite("SELECT count(*) FROM seals") == "9")
    #expect(try Self.answers(folder) == sound)
    try Self.damage(folder, "UPDATE files SET batch_place = batch_place + 1 WHERE id = 3")
    #expect(throws: LedgerError.self) { try Self.answers(folder) }
    #expect(throws: LedgerError.self) { try folder.importing() }
  }

  /// What the triggers call, as Python has it.
  private static func sealedChange(_ folder: TrailFolder, _ statements: String) throws {
    _ = try Command.python(
      #"""
      import hashlib, sqlite3, struct, sys
      def sealed(sum, name, sign, *values):
          text = name.encode()
          for value in values:
              if value is None: text += b"\0" + bytes(8)
              elif isinstance(value, int): text += b"\1" + struct.pack("<q", value)
              else:
                  data = value.encode() if isinstance(value, str) else value
                  text += (b"\3" if isinstance(value, str) else b"\4") + struct.pack("<q", len(data)) + data
          row = struct.unpack("<4Q", hashlib.sha256(text).digest())
          return struct.pack("<4Q", *((a + sign * b) % 2**64 for a, b in zip(struct.unpack("<4Q", sum), row)))
      db = sqlite3.connect(sys.argv[1])
      db.create_function("sealed", -1, sealed)
      db.executescript(sys.argv[2])
      db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
      db.close()
      """#, [folder.ledger, statements])
  }

  @Test func `texts are read for those of their file alone`() throws {
    let folder = try Self.full()
    let sound = try Self.answers(folder)
    try Self.sealedChange(folder, "UPDATE files SET batch = NULL")
    #expect(try Self.answers(folder) == sound)
    let ledger = try Data(contentsOf: URL(fileURLWithPath: folder.ledger))
    for damage in [
      "DELETE FROM copies", "UPDATE copies SET number = number + 1", "UPDATE copies SET record = record + 1",
      "UPDATE records SET number = number + 1 WHERE id = 1", "UPDATE records SET file = 3 WHERE id = 1",
    ] {
      try ledger.write(to: URL(fileURLWithPath: folder.ledger))
      try Self.damage(folder, damage)
      do { #expect(try Self.answers(folder) == sound, "\(damage)") } catch { #expect(error is LedgerError) }
    }
  }
}
