internal import CloudTrailLog
internal import Crypto
internal import FoundationEssentials
internal import GRDB
internal import PushModel

/// Writes some files that were read, within one transaction.
struct ImportTransaction {
  private let db: Database
  private let now: Timestamp
  private(set) var summary: ImportSummary
  private var files: StoredFiles
  private var places = FilePlaces()
  private var repositories: [RepositoryKey: Int64] = [:]
  private var refs: [RefName: Int64] = [:]
  private var chunk: [UInt8] = []
  private var chunkID: Int64 = 0
  private var batches: BatchWriter
  private var extents: [LogExtent] = []

  private struct RepositoryKey: Hashable {
    var account: String
    var region: String
    var name: String
    var id: String
  }

  init(_ db: Database, now: Timestamp, summary: ImportSummary) throws {
    self.db = db
    self.now = now
    self.summary = summary
    files = try StoredFiles(db)
    batches = BatchWriter(db)
  }

  mutating func write(_ batch: [ReadFile]) throws {
    chunkID = try 1 + (Int64.fetchOne(db, sql: "SELECT max(id) FROM chunks") ?? 0)
    for file in batch {
      summary.unreadable += file.unreadable
      // A folder that went away since it was listed: the file could not be opened either.
      let place =
        file.listed.isStandardInput
        ? FilePlace.standardInput(sha256: file.fingerprint)
        : places.place(of: file.listed.path) ?? Self.asNamed(file.listed.path)
      try write(file, at: place)
      if chunk.count >= Chunk.size { try writeChunk() }
    }
    try writeChunk()
    try batches.finish()
    try writeCoverage()
  }

  private mutating func writeChunk() throws {
    guard !chunk.isEmpty else { return }
    guard let data = Chunk.compress(chunk) else { throw LedgerError(.other, "there is no memory to compress records") }
    try db.execute(
      sql: "INSERT INTO chunks (id, size, zstd) VALUES (?, ?, ?)", arguments: [chunkID, chunk.count, data])
    chunkID += 1
    chunk.removeAll(keepingCapacity: true)
  }

  private static func asNamed(_ path: [UInt8]) -> FilePlace {
    let slash = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return FilePlace(folder: Array(path[..<slash]), folderName: Array(path[..<slash]), base: Array(path[slash...]))
  }

  // MARK: - One file

  private mutating func write(_ file: ReadFile, at place: FilePlace) throws {
    switch try files.match(place, file) {
    case .known(let content):
      summary.known += 1
      try stamp(content.id, file.stamp)
    case .moved(let content):
      summary.moved += 1
      try move(content.id, to: place)
      try db.execute(sql: "UPDATE unreadable SET path = ? WHERE file = ?", arguments: [place.name, content.id])
      try stamp(content.id, file.stamp)
    case .new:
      summary.new += 1
      try insert(file, at: place)
    case .changed(let contents):
      try write(file, at: place, over: contents)
    }
  }

  /// A file of which the ledger has other contents, or this one as it could be read then.
  private mutating func write(_ file: ReadFile, at place: FilePlace, over contents: [StoredFiles.Content]) throws {
    guard let current = contents.first else { return }
    // A file that cannot be read now takes nothing away from what it was.
    if file.fingerprint.isEmpty, !current.sha256.isEmpty {
      summary.known += 1
      return
    }
    // It may have lain elsewhere.
    for content in contents { try move(content.id, to: place) }
    let texts = Set(file.kept.entries.map { Self.sha256(file.kept.bytes[$0.range]) })
    if current.sha256 == file.fingerprint, try files.texts(of: current) == texts {
      summary.known += 1
      try update(current.id, file)
      return
    }
    let change = try FileChange(contents, texts: texts, files: files, place: place, read: file, now: now)
    try mark(change.superseded, state: 1)
    try mark(change.outlived, state: 2)
    try insert(file, at: place)
    if current.sha256.isEmpty {
      summary.new += 1
    } else if current.sha256 == file.fingerprint {
      summary.known += 1
    } else {
      summary.replaced.append(place.name)
    }
    if let accusation = change.accusation {
      summary.changed.append(accusation)
      try db.execute(
        sql: """
          INSERT INTO changes (file, found, lost, added) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET found = excluded.found, lost = excluded.lost, added = excluded.added
          """,
        arguments: [current.id, now.seconds, accusation.lost, accusation.added])
    }
  }

  /// What is known of a content, as it was read this time.
  private func update(_ id: Int64, _ file: ReadFile) throws {
    try db.execute(sql: "DELETE FROM unreadable WHERE file = ?", arguments: [id])
    for unreadable in file.unreadable { try Self.insert(unreadable, file: id, place: nil, db) }
    try db.execute(
      sql: "UPDATE files SET revision = ?, is_whole = ?, records = ?, codecommit_records = ? WHERE id = ?",
      arguments: [TrailReader.revision, file.isWhole, file.records, file.codecommitRecords, id])
    try stamp(id, file.stamp)
  }

  private func mark(_ contents: [StoredFiles.Content], state: Int) throws {
    for content in contents {
      if content.sha256.isEmpty {
        // It could not be read, and holds nothing.
        try db.execute(sql: "DELETE FROM unreadable WHERE file = ?", arguments: [content.id])
        try db.execute(sql: "DELETE FROM files WHERE id = ?", arguments: [content.id])
      } else {
        try db.execute(sql: "UPDATE files SET state = ? WHERE id = ?", arguments: [state, content.id])
      }
    }
  }

  private func stamp(_ id: Int64, _ stamp: FileStamp?) throws {
    guard let stamp else { return }
    try db.cachedStatement(sql: "UPDATE files SET size = ?, modified = ?, changed = ? WHERE id = ?")
      .execute(arguments: [stamp.size, stamp.modified, stamp.changed, id])
  }

  private mutating func folder(_ place: FilePlace) throws -> Int64 {
    if let known = try files.folder(place.folder) { return known.id }
    try db.cachedStatement(sql: "INSERT INTO folders (path, name) VALUES (?, ?)")
      .execute(arguments: [place.folder.pathValue, place.folderName.pathValue])
    let id = db.lastInsertedRowID
    files.note(folder: place.folder, id: id, name: place.folderName)
    return id
  }

  /// Gives a content the folder of a place.
  private mutating func move(_ content: Int64, to place: FilePlace) throws {
    let folder = try folder(place)
    let row = try LedgerRow.fetchOne(
      db.cachedStatement(
        sql: "SELECT folder, folders.name FROM files JOIN folders ON folders.id = folder WHERE files.id = ?"),
      arguments: [content])
    guard let row, try row[0] != folder else { return }
    try db.cachedStatement(sql: "UPDATE files SET folder = ? WHERE id = ?").execute(arguments: [folder, content])
    let former = FilePlace(folder: place.folder, folderName: try row[1], base: place.base)
    if try !ReadFile.isSamePlace(former.name, keptName(of: place)) {
      // What its folders tell of its records is no longer what it was.
      try db.cachedStatement(sql: "UPDATE files SET batch = NULL WHERE id = ?").execute(arguments: [content])
    }
  }

  /// The name that a file has in the ledger: its folder's is the one under which it was imported first.
  private mutating func keptName(of place: FilePlace) throws -> String {
    var kept = place
    if let folder = try files.folder(place.folder) { kept.folderName = folder.name }
    return kept.name
  }

  private mutating func insert(_ file: ReadFile, at place: FilePlace) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO files (folder, base, state, size, modified, changed, sha256, imported, revision, is_whole,
          is_delivered, records, codecommit_records)
        VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      try folder(place), place.base.pathValue, file.stamp?.size ?? (file.fingerprint.isEmpty ? nil : file.bytes),
      file.stamp?.modified, file.stamp?.changed, file.fingerprint.isEmpty ? nil : Data(file.fingerprint), now.seconds,
      TrailReader.revision, file.isWhole, file.isDelivered, file.records, file.codecommitRecords,
    ])
    let id = db.lastInsertedRowID
    for unreadable in file.unreadable { try Self.insert(unreadable, file: id, place: nil, db) }
    try insertRecords(of: file, id)
    if file.codecommitRecords > 0, try ReadFile.isSamePlace(place.name, keptName(of: place)) {
      try batches.append(file.events, of: id)
    }
    extents += file.extents
  }

  static func insert(_ unreadable: UnreadablePlace, file: Int64?, place: DatabaseValue?, _ db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO unreadable (file, place, path, record, byte, reason, start, end, account, region)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      file, place, unreadable.path, unreadable.record, unreadable.offset, unreadable.reason, unreadable.start?.seconds,
      unreadable.end?.seconds, unreadable.accountID, unreadable.region,
    ])
  }

  // MARK: - Records

  private mutating func insertRecords(of file: ReadFile, _ id: Int64) throws {
    guard !file.kept.entries.isEmpty else { return }
    var events: [Int: TrailEvent] = [:]
    for event in file.events { events[event.location.record] = event }
    let start = chunk.count
    var layout = RecordLayout()
    var texts = Seal()
    for entry in file.kept.entries {
      let text = file.kept.bytes[entry.range]
      let sha256 = Self.sha256(text)
      texts.add(SealedTexts.seal(number: entry.number, sha256))
      let event = events[entry.number]
      let columns: [(any DatabaseValueConvertible)?] = [
        event?.eventID, event?.time.seconds, event?.action, event?.errorCode,
        event.flatMap { $0.principal.arn ?? $0.principal.name }, try event.flatMap { try repository($0.repository) },
      ]
      try db.cachedStatement(
        sql: """
          INSERT INTO records (event_id, time, action, error_code, principal, repository, sha256, file, number)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
          """
      ).execute(arguments: StatementArguments(columns + [sha256, id, entry.number]))
      if db.changesCount == 1 {
        if let event { try insertMoves(of: event, db.lastInsertedRowID) }
        chunk += text
        chunk.append(UInt8(ascii: "\n"))
        layout.entries.append(RecordLayout.Entry(number: entry.number, length: text.count))
        continue
      }
      try db.cachedStatement(
        sql: "INSERT INTO copies (file, number, record) SELECT ?, ?, id FROM records WHERE sha256 = ?"
      ).execute(arguments: [id, entry.number, sha256])
      guard let event else { continue }
      // Where it was met first it may have been out of place: a time after its file's delivery.
      let healed = try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT id FROM records WHERE sha256 = ? AND event_id IS NULL"), arguments: [sha256])
      guard let healed else { continue }
      try db.cachedStatement(
        sql: """
          UPDATE records SET event_id = ?, time = ?, action = ?, error_code = ?, principal = ?, repository = ?
          WHERE id = ?
          """
      ).execute(arguments: StatementArguments(columns + [healed]))
      try insertMoves(of: event, healed)
    }
    summary.records += layout.entries.count
    let place: [(any DatabaseValueConvertible)?] =
      layout.entries.isEmpty ? [nil, nil, nil] : [chunkID, start, layout.encoded]
    try db.cachedStatement(sql: "UPDATE files SET texts = ?, chunk = ?, chunk_offset = ?, layout = ? WHERE id = ?")
      .execute(arguments: StatementArguments([texts.data] + place + [id]))
  }

  private mutating func insertMoves(of event: TrailEvent, _ record: Int64) throws {
    let statement = try db.cachedStatement(sql: "INSERT INTO moves (record, ref, tip) VALUES (?, ?, ?)")
    for (ref, tip) in event.namedTips {
      try statement.execute(arguments: [record, try self.ref(ref), tip.flatMap { Data(hexDigits: $0.hex) }])
    }
  }

  private mutating func ref(_ name: RefName) throws -> Int64 {
    if let known = refs[name] { return known }
    try db.cachedStatement(sql: "INSERT INTO refs (name) VALUES (?) ON CONFLICT DO NOTHING")
      .execute(arguments: [name.rawValue])
    let id = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM refs WHERE name = ?"), arguments: [name.rawValue])
    guard let id else { throw Damage("a ref that was just kept is not there") }
    refs[name] = id
    return id
  }

  private mutating func repository(_ reference: RepositoryReference) throws -> Int64 {
    let key = RepositoryKey(
      account: reference.accountID ?? "", region: reference.region ?? "", name: reference.name ?? "",
      id: reference.id ?? "")
    if let known = repositories[key] { return known }
    let arguments: StatementArguments = [key.account, key.region, key.name, key.id]
    try db.cachedStatement(
      sql: "INSERT INTO repositories (account, region, name, repository_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    ).execute(arguments: arguments)
    let id = try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT id FROM repositories WHERE account = ? AND region = ? AND name = ? AND repository_id = ?"),
      arguments: arguments)
    guard let id else { throw Damage("a repository that was just kept is not there") }
    repositories[key] = id
    return id
  }

  private static func sha256(_ text: ArraySlice<UInt8>) -> Data { Data(SHA256.hash(data: text)) }

  // MARK: - Coverage

  private func writeCoverage() throws {
    for extent in LogExtent.joined(extents) {
      try db.cachedStatement(
        sql: """
          INSERT INTO coverage (account, region, first, last, has_read_only) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET
            first = min(ifnull(first, excluded.first), ifnull(excluded.first, first)),
            last = max(ifnull(last, excluded.last), ifnull(excluded.last, last)),
            has_read_only = max(has_read_only, excluded.has_read_only)
          """
      ).execute(arguments: [
        extent.accountID, extent.region, extent.times?.lowerBound.seconds, extent.times?.upperBound.seconds,
        extent.hasReadOnlyRecords,
      ])
      for day in extent.days {
        try db.cachedStatement(
          sql: "INSERT INTO coverage_days (account, region, day) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        ).execute(arguments: [extent.accountID, extent.region, day])
      }
    }
  }
}
