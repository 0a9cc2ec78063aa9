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

  /// The names of the files whose base is one of those given: those that hold one of its contents, each by the SHA-256 of the
  /// file as it lay on disk, and those that hold another.
  public func names(
    of contents: [String: Set<[UInt8]>]
  ) throws(LedgerError) -> (same: Set<String>, others: Set<String>) {
    try database.read { db in
      var same: Set<String> = []
      var others: Set<String> = []
      try StoredFiles.each(db) { _, content, place in
        guard content.isRead, let hashes = contents[String(decoding: place.base, as: UTF8.self)] else { return }
        let name = place.name
        if hashes.contains(content.sha256) { same.insert(name) } else { others.insert(name) }
      }
      return (same.subtracting(others), others)
    }
  }
}
