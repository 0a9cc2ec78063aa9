public import CloudTrailLog
internal import Crypto
internal import FoundationEssentials
internal import GRDB
public import PushModel

/// Finds records by what they name, without reading the rest of the ledger.
public struct LedgerLookup: Sendable {
  private let database: LedgerDatabase
  private let reader: TrailReader

  public init(ledger path: String, reader: TrailReader, patience: Double = 10) throws(LedgerError) {
    database = try LedgerDatabase(path: path, access: .read, patience: patience)
    self.reader = reader
  }

  /// The events that a word names, newest first: by event id, by a tip that they name, by a ref.
  ///
  /// Ids may be cut to four digits or more; a ref may be short. Of a ref there may be many: `limit` is the most of all.
  public func events(naming word: String, limit: Int) throws(LedgerError) -> [TrailEvent] {
    let records = try database.read { db in
      // A file's name is shown, and part of its records.
      try SealedTable.check([.folders, .files], db)
      return try Self.records(naming: word, limit: limit, db)
    }
    var events = try read(records, in: "records", named: word)
    let left = zip(records, events).filter { $1 == nil }.map(\.0)
    if !left.isEmpty { events = events.filter { $0 != nil } + (try read(left, in: "copies", named: word)) }
    // What the lists do not find, or find wrongly, another reader listed, or they are damaged.
    let found =
      events.isEmpty || events.contains(nil) ? try searched(for: word, limit: limit) : events.compactMap(\.self)
    return found.sorted { ($1.time, $1.eventID) < ($0.time, $0.eventID) }
  }

  /// The same, out of all that was read in the records.
  private func searched(for word: String, limit: Int) throws(LedgerError) -> [TrailEvent] {
    struct Word: Hashable {
      var id: String
      var time: Timestamp
      var tips: [String]
    }
    var stored = try database.read { db in try StoredTrail(db) }
    stored.leaveOutCopies()
    var seen: Set<Word> = []
    let named = try stored.pieces(reader, database.path).flatMap(\.events).filter { event in
      event.isNamed(by: word)
        && seen.insert(
          Word(
            id: event.eventID, time: event.time,
            tips: event.namedTips.map { "\($0.ref.rawValue) \($0.tip?.hex ?? "-")" })
        ).inserted
    }
    let exact = named.filter { $0.eventID == word }
    if !exact.isEmpty { return Array(exact.prefix(limit)) }
    let refs = TrailEvent.refs(named: word)
    let ofRefs = named.filter { event in event.namedTips.contains { refs.contains($0.ref.rawValue) } }
    let newest = (ofRefs.isEmpty ? named : ofRefs).sorted { $1.time < $0.time }
    return Array(newest.prefix(limit))
  }

  /// For each record its event, if that names a word: read as part of the file that had it first (`records`), or of others
  /// that have it (`copies`), for a file's name tells part of its records, and may tell that one cannot be.
  private func read(_ records: [Int64], in table: String, named word: String) throws(LedgerError) -> [TrailEvent?] {
    let kept = try database.read { db in
      var chunks: [Int64: [UInt8]] = [:]
      return try records.map { try Self.kept($0, in: table, &chunks, db) }
    }
    do {
      return try reader.events(ofGroups: records.count) { kept[$0] }
        .map { $0.joined().first { $0.isNamed(by: word) } }
    } catch {
      throw LedgerError(.other, error.message, hints: error.hints)
    }
  }

  private static func kept(
    _ record: Int64, in table: String, _ chunks: inout [Int64: [UInt8]], _ db: Database
  ) throws -> [KeptFile] {
    let row = try LedgerRow.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT number, records.sha256, chunk, chunk_offset, layout FROM records JOIN files ON files.id = file
          WHERE records.id = ? AND chunk IS NOT NULL
          """), arguments: [record])
    guard let row, let layout = RecordLayout(try row[4]) else { throw SealedTexts.damage }
    let (number, chunk): (Int, Int64) = try (row[0], row[2])
    if chunks[chunk] == nil {
      let compressed = try LedgerRow.fetchOne(
        db.cachedStatement(sql: "SELECT size, zstd FROM chunks WHERE id = ?"), arguments: [chunk])
      chunks[chunk] = try compressed.flatMap { Chunk.decompress(try $0[1], size: try $0[0]) }
    }
    guard let text = chunks[chunk],
      let range = layout.ranges(from: try row[3]).first(where: { $0.number == number })?.range,
      range.lowerBound >= 0, range.upperBound <= text.count, try row[1] == Data(SHA256.hash(data: text[range]))
    else { throw SealedTexts.damage }
    let places = try LedgerRow.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT folders.name, base, folders.path, number
          FROM \(table) JOIN files ON files.id = file JOIN folders ON folders.id = folder
          WHERE \(table == "records" ? "records.id" : "record") = ? ORDER BY file
          """), arguments: [record])
    return try places.map { place in
      KeptFile(
        name: String(decoding: try place[0] + place[1], as: UTF8.self),
        isStandardInput: (try place[2] as [UInt8]).first == UInt8(ascii: "-"), numbers: [try place[3]],
        text: [UInt8(ascii: "[")] + text[range] + [UInt8(ascii: "]")])
    }
  }

  private static func records(naming word: String, limit: Int, _ db: Database) throws -> [Int64] {
    let exact = try Int64.fetchAll(
      db, sql: "SELECT id FROM records WHERE event_id = ? LIMIT ?", arguments: [word, limit])
    if !exact.isEmpty { return exact }
    let names = TrailEvent.refs(named: word)
    let ofRefs = try Int64.fetchAll(
      db,
      sql: """
        SELECT DISTINCT record FROM moves JOIN refs ON refs.id = ref JOIN records ON records.id = record
        WHERE refs.name IN (?, ?, ?) ORDER BY time DESC, record DESC LIMIT ?
        """, arguments: [names[0], names[1], names[2], limit])
    if !ofRefs.isEmpty { return ofRefs }
    guard word.utf8.count >= 4 else { return [] }
    let digits = word.lowercased()
    var found = try Int64.fetchAll(
      db, sql: "SELECT id FROM records WHERE event_id >= ?1 AND event_id < ?1 || '~' ORDER BY event_id LIMIT ?2",
      arguments: [digits, limit])
    if digits.utf8.count <= 40, let first = Data(hexDigits: padded(digits, with: "0")),
      let last = Data(hexDigits: padded(digits, with: "f"))
    {
      found += try Int64.fetchAll(
        db, sql: "SELECT DISTINCT record FROM moves WHERE tip BETWEEN ? AND ? ORDER BY tip LIMIT ?",
        arguments: [first, last, limit])
    }
    var seen: Set<Int64> = []
    return found.filter { seen.insert($0).inserted }
  }

  private static func padded(_ digits: String, with digit: Character) -> String {
    digits + String(repeating: digit, count: 40 - digits.utf8.count)
  }
}

extension TrailEvent {
  static func refs(named word: String) -> [String] { [word, "refs/heads/\(word)", "refs/tags/\(word)"] }

  /// Whether a word is or begins its id, or a tip that it names, or is a ref of it.
  func isNamed(by word: String) -> Bool {
    let (digits, refs) = (word.lowercased(), Self.refs(named: word))
    func isCut(_ id: String) -> Bool { word.utf8.count >= 4 && id.utf8.starts(with: digits.utf8) }
    return eventID.utf8.elementsEqual(word.utf8) || isCut(eventID)
      || namedTips.contains { ref, tip in refs.contains(ref.rawValue) || tip.map { isCut($0.hex) } ?? false }
  }

  /// The refs that it says moved, with the tip that it names of each.
  var namedTips: [(ref: RefName, tip: ObjectID?)] {
    switch kind {
    case .push(let entries):
      entries.map { entry in
        switch entry.target {
        case .commit(let tip): (entry.ref, tip)
        case .deletion(let old): (entry.ref, old)
        }
      }
    case .refChange(let change): [(change.ref, change.after)]
    default: []
    }
  }
}

extension Data {
  /// `nil` for anything but pairs of hexadecimal digits.
  init?(hexDigits text: String) {
    let digits = text.utf8.map { byte -> UInt8? in
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x61...0x66: byte - 0x57
      default: nil
      }
    }
    guard digits.count % 2 == 0 else { return nil }
    self.init()
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      append(high << 4 | low)
    }
  }
}
