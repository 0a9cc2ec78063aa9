internal import CloudTrailLog
internal import FoundationEssentials
internal import GRDB
internal import PushModel

/// What a ledger knows of the files that it was given.
struct StoredFiles {
  let db: Database
  private let columns: String
  private var folders: [[UInt8]: (id: Int64, name: [UInt8])?] = [:]
  private var stampsFolder: [UInt8]?
  private var stamps: [[UInt8]: FileStamp] = [:]

  init(_ db: Database) throws {
    self.db = db
    columns = try SealedTable.isSealed(db) ? Self.columns + ", texts" : Self.columns + ", NULL"
  }

  /// A content that some path has, or had.
  struct Content {
    var id: Int64
    var isCurrent: Bool
    /// Not one all of whose records its successors hold.
    var isRead: Bool
    var sha256: [UInt8]
    var isWhole: Bool
    var isDelivered: Bool
    var revision: Int
    var imported: Timestamp
    var size: Int64
    var records: Int
    var codecommitRecords: Int
    /// Of its records' texts (SealedTexts); `nil` in a ledger of an earlier version.
    var texts: Data?
  }

  /// What a file that was read is to the ledger.
  enum Match {
    case new
    /// Nothing in it is new.
    case known(Content)
    /// A known content, which lay elsewhere and is no longer there.
    case moved(Content)
    /// The file had other contents, or this one as it could be read then; the current one first. It may have lain
    /// elsewhere, where it no longer is.
    case changed([Content])
  }

  mutating func folder(_ path: [UInt8]) throws -> (id: Int64, name: [UInt8])? {
    if let known = folders[path] { return known }
    let row = try LedgerRow.fetchOne(
      db.cachedStatement(sql: "SELECT id, name FROM folders WHERE path = ?"), arguments: [path.pathValue])
    let found = try row.map { (id: try $0[0] as Int64, name: try $0[1] as [UInt8]) }
    folders[path] = .some(found)
    return found
  }

  mutating func note(folder path: [UInt8], id: Int64, name: [UInt8]) { folders[path] = .some((id, name)) }

  /// Whether a file need not be read: it was read whole, by a reader as good as this one, and has not been touched since.
  mutating func isUntouched(_ place: FilePlace, _ stamp: FileStamp?) throws -> Bool {
    guard let stamp else { return false }
    if stampsFolder != place.folder {
      stampsFolder = place.folder
      stamps = [:]
      if let folder = try folder(place.folder) {
        let rows = try LedgerRow.fetchCursor(
          db.cachedStatement(
            sql: """
              SELECT base, size, modified, changed FROM files
              WHERE folder = ? AND state = 0 AND is_whole AND revision = ? AND size IS NOT NULL
              """), arguments: [folder.id, TrailReader.revision])
        while let row = try rows.next() {
          stamps[try row[0]] = FileStamp(size: try row[1], modified: try row[2], changed: try row[3])
        }
      }
    }
    return stamps[place.base] == stamp
  }

  mutating func match(_ place: FilePlace, _ file: ReadFile) throws -> Match {
    var rows: [Content] = []
    if let folder = try folder(place.folder) {
      for state in ["= 0", "<> 0"] {
        rows += try LedgerRow.fetchAll(
          db.cachedStatement(
            sql: "SELECT \(columns) FROM files WHERE folder = ? AND base = ? AND state \(state) ORDER BY id DESC"),
          arguments: [folder.id, place.base.pathValue]
        ).map(Self.content)
      }
    }
    if let current = rows.first, current.isCurrent {
      let isSame = !file.fingerprint.isEmpty && current.sha256 == file.fingerprint
      if isSame, current.isWhole, current.revision == TrailReader.revision { return .known(current) }
      return .changed(rows)
    }
    if let moved = try movedFrom(place, file) { return .moved(moved) }
    if let other = try otherContent(place, file) { return .changed([other]) }
    return .new
  }

  /// The same content under the same base name in a folder where it is no longer.
  private func movedFrom(_ place: FilePlace, _ file: ReadFile) throws -> Content? {
    guard !file.fingerprint.isEmpty, !place.isStandardInput else { return nil }
    let rows = try LedgerRow.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT \(columns), folders.path, folders.name, base
          FROM files JOIN folders ON folders.id = folder WHERE sha256 = ? AND state = 0 AND is_whole ORDER BY files.id
          """), arguments: [Data(file.fingerprint)])
    for row in rows {
      let other = FilePlace(
        folder: try row[11], folderName: try row[12], base: try row[13])
      let stored = try Self.content(row)
      if other.base == place.base, stored.revision == TrailReader.revision, !other.isStandardInput,
        FilePlaces.isGone(other.path), ReadFile.isSamePlace(other.name, place.name)
      {
        return stored
      }
    }
    return nil
  }

  /// What a log file that CloudTrail delivered was in a folder where it is no longer: a fresh copy of the trail lies in a
  /// new folder, but CloudTrail gives a name only once.
  private func otherContent(_ place: FilePlace, _ file: ReadFile) throws -> Content? {
    guard file.isDelivered, !file.fingerprint.isEmpty, !place.isStandardInput else { return nil }
    let rows = try LedgerRow.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT \(columns), folders.path FROM files JOIN folders ON folders.id = folder
          WHERE base = ? AND state = 0 AND is_delivered ORDER BY files.id DESC
          """), arguments: [place.base.pathValue])
    return try rows.first { FilePlaces.isGone(try $0[11] + place.base) }.map(Self.content)
  }

  /// Of contents, those that lie in several places under one name, a group for each: those of the newest reader first, then
  /// in the order of their paths.
  static func copies(among all: [(place: FilePlace, content: Content)]) -> [[Content]] {
    var counts: [[UInt8]: Int] = [:]
    for (_, content) in all where !content.sha256.isEmpty { counts[content.sha256, default: 0] += 1 }
    let found = all.filter { counts[$0.content.sha256, default: 0] > 1 }.sorted { left, right in
      left.content.revision == right.content.revision
        ? left.place.path.lexicographicallyPrecedes(right.place.path) : left.content.revision > right.content.revision
    }
    var groups: [(place: FilePlace, contents: [Content])] = []
    var numbers: [[UInt8]: [Int]] = [:]
    for (place, content) in found {
      let key = content.sha256 + place.base
      if let number = numbers[key]?.first(where: { ReadFile.isSamePlace(groups[$0].place.name, place.name) }) {
        groups[number].contents.append(content)
      } else {
        numbers[key, default: []].append(groups.count)
        groups.append((place, [content]))
      }
    }
    return groups.map(\.contents).filter { $0.count > 1 }
  }

  /// The known contents of which a file is a copy that lies in another place, and their paths.
  func copies(of file: ReadFile, at place: FilePlace) throws -> [(path: [UInt8], content: Content)] {
    guard !file.fingerprint.isEmpty, !place.isStandardInput else { return [] }
    let rows = try LedgerRow.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT \(columns), folders.path, folders.name FROM files JOIN folders ON folders.id = folder
          WHERE sha256 = ? AND state <> 1 AND base = ? AND revision = ?
          """), arguments: [Data(file.fingerprint), place.base.pathValue, TrailReader.revision])
    return try rows.compactMap { row in
      let name = String(decoding: try row[12] + place.base, as: UTF8.self)
      guard ReadFile.isSamePlace(name, place.name) else { return nil }
      return (try row[11] + place.base, try Self.content(row))
    }
  }

  /// The records of a content, each by its text's SHA-256.
  func texts(of content: Content) throws -> Set<Data> {
    let rows = try LedgerRow.fetchAll(
      db.cachedStatement(sql: SealedTexts.query + " WHERE file = ?1"), arguments: [content.id])
    var texts: Set<Data> = []
    var sum = Seal()
    for row in rows {
      let sha256: Data = try row[2]
      sum.add(SealedTexts.seal(number: try row[1], sha256))
      texts.insert(sha256)
    }
    guard content.texts == nil || content.texts == sum.data else { throw SealedTexts.damage }
    return texts
  }

  /// Every content that the ledger has, with its row of `SealedTable.files` and where it lies.
  static func each(
    _ db: Database, _ body: (_ row: LedgerRow, _ content: Content, _ place: FilePlace) throws -> Void
  ) throws {
    var folders: [Int64: (path: [UInt8], name: [UInt8])] = [:]
    try SealedTable.folders.read(db) { row in folders[try row[0]] = try (row[1], row[2]) }
    try SealedTable.files.read(db) { row in
      guard let folder = folders[try row[11]] else { throw Damage("a file in it is in no folder") }
      try body(
        row, try content(row), FilePlace(folder: folder.path, folderName: folder.name, base: try row[12]))
    }
  }

  private static let columns =
    "files.id, state, sha256, is_whole, is_delivered, revision, imported, size, records, codecommit_records"

  private static func content(_ row: LedgerRow) throws -> Content {
    let state: Int = try row[1]
    return Content(
      id: try row[0], isCurrent: state == 0, isRead: state != 1,
      sha256: try (row[2] as Data?).map { [UInt8]($0) } ?? [],
      isWhole: try row[3], isDelivered: try row[4], revision: try row[5], imported: try row[6],
      size: Int64(try row[7] ?? 0), records: try row[8], codecommitRecords: try row[9], texts: try row[10])
  }
}

/// How the contents that a path had stand to the one that it has now.
struct FileChange {
  /// Contents all of whose records the new one holds.
  var superseded: [StoredFiles.Content] = []
  /// Contents with records that the new one lacks.
  var outlived: [StoredFiles.Content] = []
  /// Set where a log file that CloudTrail delivered, and delivers once, holds other records than it did.
  var accusation: ChangedFile?

  init(
    _ rows: [StoredFiles.Content], texts: Set<Data>, files: StoredFiles, place: FilePlace, read: ReadFile,
    now: Timestamp
  )
    throws
  {
    for row in rows {
      let before = try files.texts(of: row)
      let lost = before.subtracting(texts).count
      if lost == 0 { superseded.append(row) } else { outlived.append(row) }
      // Of what could not be read whole, then or now, a difference says nothing.
      let isWhole = row.isWhole && read.isWhole
      guard row.isCurrent, row.isDelivered, isWhole, row.sha256 != read.fingerprint else { continue }
      let added = texts.subtracting(before).count
      guard lost > 0 || added > 0 else { continue }
      accusation = ChangedFile(path: place.name, kept: row.imported, found: now, lost: lost, added: added)
    }
  }
}
