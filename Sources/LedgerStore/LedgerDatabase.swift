internal import GRDB
internal import Glibc
internal import PushModel

/// An open ledger: a SQLite file in write-ahead mode, checked to be one of ours.
final class LedgerDatabase: Sendable {
  enum Access {
    /// Makes the ledger where there is none.
    case create
    case write
    case read
  }

  let path: String
  private let queue: DatabaseQueue

  /// - Parameter patience: Seconds to wait for another process's lock.
  init(path: String, access: Access, patience: Double) throws(LedgerError) {
    self.path = path
    guard !path.isEmpty, !path.utf8.contains(0) else { throw LedgerError(.absent, "the ledger's path is empty") }
    try Self.checkFile(path, access)
    queue = try Self.opened(path, access, patience)
  }

  /// All reads of the body see one state of the ledger.
  func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
    do { return try queue.read(body) } catch { throw Self.explain(error, path) }
  }

  /// All of the body's changes, or none.
  func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
    do { return try queue.write(body) } catch { throw Self.explain(error, path) }
  }

  // MARK: - Opening

  private static func checkFile(_ path: String, _ access: Access) throws(LedgerError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      let reason = errno
      if access == .create, reason == ENOENT { return }
      guard reason == ENOENT else { throw LedgerError(.unreachable, "\(path): \(describe(reason))") }
      throw LedgerError(
        .absent, "there is no ledger \(path)", hints: ["git pushtrail import PATH... --ledger FILE makes one"])
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw LedgerError(.notALedger, "\(path) is no ledger: it is not a regular file")
    }
    if access != .create, status.st_size == 0 {
      throw LedgerError(
        .notALedger, "\(path) is no ledger: it is empty",
        hints: ["git pushtrail import PATH... --ledger FILE fills it"])
    }
  }

  private static func opened(
    _ path: String, _ access: Access, _ patience: Double
  ) throws(LedgerError) -> DatabaseQueue {
    var attempt = 0
    while true {
      do {
        let queue = try DatabaseQueue(path: filePath(path), configuration: configuration(access, patience))
        try prepare(queue, path, access)
        return queue
      } catch {
        // Two processes that make one ledger at the same time: the second finds the tables made.
        attempt += 1
        if access == .create, attempt < 20, isRace(error) {
          usleep(50_000)
          continue
        }
        if access == .read, isForbidden(error) {
          return try openedUnchanging(path, patience, reason: explain(error, path))
        }
        throw explain(error, path)
      }
    }
  }

  /// A ledger in write-ahead mode needs files beside it, even to be read. Where none can be made, nobody else can write
  /// it there either, and SQLite is told that it does not change.
  private static func openedUnchanging(
    _ path: String, _ patience: Double, reason: LedgerError
  ) throws(LedgerError) -> DatabaseQueue {
    guard unsafe Glibc.access(path, R_OK) == 0, unsafe Glibc.access(folder(of: path), W_OK) != 0 else { throw reason }
    var status = stat()
    if unsafe stat(path + "-wal", &status) == 0, status.st_size > 0 {
      throw LedgerError(
        .readOnly, "\(path) cannot be read here: an import that was cut short left its last changes in \(path)-wal",
        hints: ["use it once where it can be written, with any command; then copy it again"])
    }
    do {
      let queue = try DatabaseQueue(
        path: "file:\(escaped(absolute(path)))?immutable=1", configuration: configuration(.read, patience))
      try prepare(queue, path, .read)
      return queue
    } catch {
      throw explain(error, path)
    }
  }

  private static func configuration(_ access: Access, _ patience: Double) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = access == .read
    configuration.busyMode = .timeout(patience)
    configuration.label = "ledger"
    configuration.prepareDatabase { db in
      db.add(function: SealedTable.function)
      // The triggers call it, whatever SQLite was built with.
      try db.execute(sql: "PRAGMA trusted_schema = ON")
    }
    return configuration
  }

  /// Checks that the file is a ledger of this version, having made or migrated it where that is wanted.
  private static func prepare(_ queue: DatabaseQueue, _ path: String, _ access: Access) throws {
    let migrator = LedgerSchema.migrator
    let (isOurs, isEmpty, isNewer, isComplete) = try queue.read { db in
      let id = try Int32.fetchOne(db, sql: "PRAGMA application_id")
      let tables = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'grdb%' AND name NOT LIKE 'sqlite%'")
      return (
        id == LedgerSchema.applicationID, tables == 0, try migrator.hasBeenSuperseded(db),
        try migrator.hasCompletedMigrations(db)
      )
    }
    if isEmpty, !isNewer, access == .create {
      // Only an empty file may become one. The mode is kept in the file.
      try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = WAL") }
      try migrator.migrate(queue)
    } else if !isOurs {
      throw LedgerError(
        .notALedger, "\(path) is no ledger of git pushtrail: it is another SQLite database",
        hints: access == .create ? ["name a file that is not there yet"] : [])
    } else if isNewer {
      throw LedgerError(
        .newer, "\(path) was made by a newer version of git pushtrail",
        hints: ["use that version, or import the trail into a new ledger"])
    } else if !isComplete {
      if access == .read {
        let isReadable = try queue.read { db in
          try migrator.appliedIdentifiers(db).contains(LedgerSchema.oldestReadable)
        }
        if isReadable { return }
        throw LedgerError(
          .older, "\(path) was made by an older version of git pushtrail",
          hints: ["git pushtrail import PATH... --ledger \(ShellWord.path(path)) brings it up to date"])
      }
      try migrator.migrate(queue)
    }
    guard access != .read else { return }
    // A crash of the system may cost the last imports, which the next one repeats; never the ledger.
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192")
    }
  }

  // MARK: - Paths

  /// A path that SQLite can take for nothing else (`:memory:`, a URI).
  private static func filePath(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

  private static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let working = unsafe getcwd(nil, 0) else { return path }
    defer { unsafe free(working) }
    return unsafe String(cString: working) + "/" + path
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func escaped(_ path: String) -> String {
    path.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2f, 0x2d, 0x2e, 0x5f: String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }.joined()
  }

  // MARK: - Errors

  private static func isRace(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    switch error.resultCode {
    // `already exists`, or the name of a migration that was entered twice.
    case .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_SCHEMA: return true
    default: return false
    }
  }

  private static func isForbidden(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
  }

  static func explain(_ error: any Error, _ path: String) -> LedgerError {
    if let error = error as? LedgerError { return error }
    if let damage = error as? Damage { return damaged(path, damage.words) }
    if error is RowDecodingError { return damaged(path, LedgerRow.impossible.words) }
    guard let error = error as? DatabaseError else { return LedgerError(.other, "\(path): \(error)") }
    let words = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_NOTADB:
      return LedgerError(.notALedger, "\(path) is no ledger: it is not a SQLite database, or it is damaged")
    // Of statements that are all ours an error means tables that are not.
    case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_MISMATCH:
      return damaged(path, words)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return LedgerError(
        .locked, "\(path) is locked by another process", hints: ["run it again when that one has ended"])
    case .SQLITE_FULL:
      return LedgerError(
        .full, "\(path) cannot grow: the disk is full",
        hints: ["make room and run it again: what was imported so far is kept"])
    case .SQLITE_READONLY: return LedgerError(.readOnly, "\(path) cannot be written")
    case .SQLITE_CANTOPEN:
      return LedgerError(
        .unreachable, "\(path) cannot be opened: it, or its folder, cannot be read or written, or is not there")
    case .SQLITE_PERM, .SQLITE_AUTH: return LedgerError(.unreachable, "\(path) cannot be opened: permission denied")
    default: return LedgerError(.other, "\(path): \(words)")
    }
  }

  static func damaged(_ path: String, _ words: String) -> LedgerError {
    LedgerError(
      .damaged, "\(path) is damaged: \(words)",
      hints: [
        "import the trail into a new ledger, or save what can be saved: sqlite3 \(ShellWord.path(path)) .recover"
      ])
  }

  private static func describe(_ code: CInt) -> String {
    switch code {
    case EACCES: "permission denied"
    case ENOTDIR: "a part of its path is no directory"
    case ELOOP: "too many levels of symbolic links"
    default: "error \(code) of the system"
    }
  }
}
