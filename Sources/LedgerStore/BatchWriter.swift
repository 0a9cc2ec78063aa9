internal import CloudTrailLog
internal import FoundationEssentials
internal import GRDB
internal import PushModel

/// Keeps the events of files packed, those of many in one row of `batches`.
struct BatchWriter {
  private let db: Database
  private var packer = EventPacker()
  private var files: [Int64] = []
  private var events = 0

  init(_ db: Database) { self.db = db }

  /// So many a row at most: what files of one row share is kept once, and each row is read by one core.
  private static let eventsAtOnce = 8192
  private static let filesAtOnce = 500

  /// - Parameter file: The row of `files`.
  mutating func append(_ events: [TrailEvent], of file: Int64) throws {
    // What cannot be packed is read from its texts.
    guard packer.append(events) else { return }
    files.append(file)
    self.events += events.count
    if self.events >= Self.eventsAtOnce || files.count >= Self.filesAtOnce { try finish() }
  }

  /// Writes what was appended and is not written yet.
  mutating func finish() throws {
    guard !files.isEmpty else { return }
    let bytes = packer.bytes
    guard let data = Chunk.compress(bytes) else { throw LedgerError(.other, "there is no memory to compress events") }
    try db.cachedStatement(sql: "INSERT INTO batches (revision, form, size, zstd) VALUES (?, ?, ?, ?)")
      .execute(arguments: [TrailReader.revision, EventPacker.form, bytes.count, data])
    let batch = db.lastInsertedRowID
    for (place, file) in files.enumerated() {
      try db.cachedStatement(sql: "UPDATE files SET batch = ?, batch_place = ? WHERE id = ?")
        .execute(arguments: [batch, place, file])
    }
    self = BatchWriter(db)
  }
}

/// Packs what is not: files of ledgers that were made before there were batches, or by another reader; files whose folders
/// told something else of them when they were imported.
enum UnpackedFiles {
  private static let areThere = """
    SELECT EXISTS (SELECT 1 FROM files WHERE batch IS NULL AND codecommit_records > 0 AND state <> 1)
      OR EXISTS (SELECT 1 FROM batches WHERE revision <> ? OR form <> ?)
    """

  static func pack(_ database: LedgerDatabase, _ reader: TrailReader) throws(LedgerError) {
    let versions: StatementArguments = [TrailReader.revision, EventPacker.form]
    guard try database.read({ db in try Bool.fetchOne(db, sql: areThere, arguments: versions) }) == true else { return }
    try database.write { db in
      try db.execute(
        sql: "UPDATE files SET batch = NULL WHERE batch IN (SELECT id FROM batches WHERE revision <> ? OR form <> ?)",
        arguments: versions)
      try db.execute(sql: "DELETE FROM batches WHERE revision <> ? OR form <> ?", arguments: versions)
      // Who reads a damaged ledger is told of it; an import adds to it all the same.
      guard let unpacked = try StoredTrail(db).unpackedEvents(reader) else { return }
      var writer = BatchWriter(db)
      for (file, events) in unpacked { try writer.append(events, of: file) }
      try writer.finish()
    }
  }
}
