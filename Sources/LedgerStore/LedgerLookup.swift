public import CloudTrailLog
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
    let kept = try database.read { db in
      var chunks: [Int64: [UInt8]] = [:]
      return try Self.records(naming: word, limit: limit, db).map { record in
        guard let kept = try Self.kept(record, &chunks, db) else { throw Damage("a record cannot be read out of it") }
        return kept
      }
    }
    do {
      return try reader.events(ofGroups: 1) { _ in kept }.joined().joined().sorted {
        ($1.time, $1.eventID) < ($0.time, $0.eventID)
      }
    } catch {
      throw LedgerError(.other, error.message, hints: error.hints)
    }
  }

  /// One record, to be read again; `nil` where it cannot be found.
  private static func kept(_ record: Int64, _ chunks: inout [Int64: [UInt8]], _ db: Database) throws -> KeptFile? {
    let row = try LedgerRow.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT folders.name, base, folders.path, number, chunk, chunk_offset, layout
          FROM records JOIN files ON files.id = file JOIN folders ON folders.id = folder
          WHERE records.id = ? AND chunk IS NOT NULL
          """), arguments: [record])
    guard let row, let layout = RecordLayout(try row[6]) else { return nil }
    let (number, chunk): (Int, Int64) = try (row[3], row[4])
    if chunks[chunk] == nil {
      let compressed = try LedgerRow.fetchOne(
        db.cachedStatement(sql: "SELECT size, zstd FROM chunks WHERE id = ?"), arguments: [chunk])
      chunks[chunk] = try compressed.flatMap { Chunk.decompress(try $0[1], size: try $0[0]) }
    }
    guard let text = chunks[chunk],
      let range = layout.ranges(from: try row[5]).first(where: { $0.number == number })?.range,
      range.lowerBound >= 0, range.upperBound <= text.count
    else { return nil }
    return KeptFile(
      name: String(decoding: try row[0] + row[1], as: UTF8.self),
      isStandardInput: (try row[2] as [UInt8]).first == UInt8(ascii: "-"), numbers: [number],
      text: [UInt8(ascii: "[")] + text[range] + [UInt8(ascii: "]")])
  }

  private static func records(naming word: String, limit: Int, _ db: Database) throws -> [Int64] {
    let exact = try Int64.fetchAll(
      db, sql: "SELECT id FROM records WHERE event_id = ? LIMIT ?", arguments: [word, limit])
    if !exact.isEmpty { return exact }
    let names = [word, "refs/heads/\(word)", "refs/tags/\(word)"]
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
