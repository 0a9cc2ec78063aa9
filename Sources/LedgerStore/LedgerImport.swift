public import CloudTrailLog
internal import Crypto
internal import FoundationEssentials
internal import GRDB
public import PushModel
internal import Synchronization

/// What an import found and kept.
public struct ImportSummary: Hashable, Sendable {
  /// Files that were not in the ledger.
  public var new = 0
  /// Files that were there, untouched or with the same bytes.
  public var known = 0
  /// Known files that lie elsewhere now.
  public var moved = 0
  /// Files of which the ledger had another content, by name. Nothing that it had is lost.
  public var replaced: [String] = []
  /// Records that the ledger had not.
  public var records = 0
  /// Log files of CloudTrail's, which never change, among `replaced`, whose records differ.
  public var changed: [ChangedFile] = []
  /// In the files that were read, and of what could not be listed.
  public var unreadable: [UnreadablePlace] = []
}

/// Brings files of a trail into a ledger: each whole or not at all, whatever becomes of the process.
public struct LedgerImport: Sendable {
  private let path: String
  private let patience: Double
  private let reader: TrailReader
  private let now: Timestamp

  /// - Parameters:
  ///   - path: The ledger, which `run` makes where there is none.
  ///   - now: The moment that the ledger keeps with what it gets.
  ///   - patience: Seconds to wait for another process's lock.
  public init(ledger path: String, reader: TrailReader, now: Timestamp, patience: Double = 60) {
    self.path = path
    self.patience = patience
    self.reader = reader
    self.now = now
  }

  /// Reads what is new in the paths, and keeps it.
  public func run(_ paths: [String]) throws(LedgerError) -> ImportSummary {
    let listing: TrailListing
    do { listing = try reader.list(paths) } catch { throw LedgerError(.input, error.message, hints: error.hints) }
    // A trail that is not there makes no ledger.
    let database = try LedgerDatabase(path: path, access: .create, patience: patience)
    var summary = ImportSummary()
    let wanted = try database.read { db in
      // By them it tells what is new.
      try SealedTable.check([.folders, .files], db)
      var files = try StoredFiles(db)
      var folders = FilePlaces()
      return try listing.files.filter { file in
        guard !file.isStandardInput, let place = folders.place(of: file.path) else { return true }
        return try !files.isUntouched(place, file.stamp)
      }
    }
    summary.known = listing.files.count - wanted.count
    summary = try read(wanted, database, summary)
    summary.unreadable = listing.unreadable + summary.unreadable
    try database.write { db in try keep(listing, of: paths, db) }
    try UnpackedFiles.pack(database, reader)
    return summary
  }

  /// Reads files on all cores and writes them, many small ones in one transaction.
  private func read(
    _ files: [ListedFile], _ database: LedgerDatabase, _ summary: ImportSummary
  ) throws(LedgerError) -> ImportSummary {
    struct State {
      var batch: [ReadFile] = []
      var bytes = 0
      var failure: LedgerError?
      var summary: ImportSummary
    }
    let state = Mutex(State(summary: summary))
    @Sendable func flush(_ state: inout State) {
      guard state.failure == nil, !state.batch.isEmpty else { return }
      do throws(LedgerError) {
        let batch = state.batch
        let before = state.summary
        state.summary = try database.write { db in
          var writer = try ImportTransaction(db, now: now, summary: before)
          try writer.write(batch)
          return writer.summary
        }
      } catch {
        state.failure = error
      }
      state.batch = []
      state.bytes = 0
    }
    do throws(TrailError) {
      try unsafe reader.read(files, fingerprint: Self.sha256) { file in
        state.withLock { state in
          if let refusal = file.refusal {
            state.failure = state.failure ?? LedgerError(.input, refusal.message, hints: refusal.hints)
          } else {
            state.batch.append(file)
            state.bytes += file.kept.bytes.count
            if state.bytes >= Self.bytesAtOnce || state.batch.count >= Self.filesAtOnce { flush(&state) }
          }
          return state.failure == nil
        }
      }
    } catch {
      throw LedgerError(.input, error.message, hints: error.hints)
    }
    let end = state.withLock { state in
      flush(&state)
      return state
    }
    if let failure = end.failure { throw failure }
    return end.summary
  }

  /// What could not be listed below the paths, in place of what could not be the last time.
  private func keep(_ listing: TrailListing, of paths: [String], _ db: Database) throws {
    var folders = FilePlaces()
    for path in paths where path != "-" {
      guard let root = folders.place(of: Array(path.utf8)).map(\.path) else { continue }
      let inside = (folders.folder(Array(path.utf8)) ?? root)
      for row in try LedgerRow.fetchAll(db, sql: "SELECT id, place FROM unreadable WHERE file IS NULL") {
        let place: [UInt8] = try row[1]
        if place == root || place.starts(with: inside) {
          try db.execute(sql: "DELETE FROM unreadable WHERE id = ?", arguments: [try row[0] as Int64])
        }
      }
    }
    for place in listing.unreadable {
      let path = folders.place(of: Array(place.path.utf8)).map(\.path) ?? Array(place.path.utf8)
      try ImportTransaction.insert(place, file: nil, place: path.pathValue, db)
    }
    if listing.hasDigests {
      try db.execute(sql: "INSERT INTO properties (name, value) VALUES ('has_digests', 1) ON CONFLICT DO NOTHING")
    }
  }

  /// Files that one transaction takes at most: so many are read again after a crash.
  private static let filesAtOnce = 500
  /// The same of their records' texts: what is written in one go costs less, for every record has its place in indexes.
  private static let bytesAtOnce = 8 << 20

  @Sendable static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    unsafe hash.update(bufferPointer: bytes)
    return Array(hash.finalize())
  }
}
