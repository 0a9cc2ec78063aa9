internal import FoundationEssentials
internal import GRDB

/// Asks a ledger which files it holds.
public struct LedgerNames: Sendable {
  private let database: LedgerDatabase

  public init(ledger path: String, patience: Double = 10) throws(LedgerError) {
    database = try LedgerDatabase(path: path, access: .read, patience: patience)
  }

  /// Of file names without folders, those of which a file is in the ledger, whatever its content was.
  public func held(of names: Set<String>) throws(LedgerError) -> Set<String> {
    try database.read { db in
      var held: Set<String> = []
      try StoredFiles.each(db) { _, content, place in
        let name = String(decoding: place.base, as: UTF8.self)
        if content.isRead, names.contains(name) { held.insert(name) }
      }
      return held
    }
  }
}
