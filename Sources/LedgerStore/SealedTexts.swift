internal import FoundationEssentials
internal import GRDB

/// The sum that a file has of its records' texts, own and shared: who reads them makes sure that they are all there, each
/// as it was and where it was.
enum SealedTexts {
  static let damage = Damage("the records of some file cannot be read out of it")

  /// For every record of every file its number there, and its text's SHA-256.
  static let query = """
    SELECT * FROM (
      SELECT file, number, sha256 FROM records
      UNION ALL SELECT copies.file, copies.number, sha256 FROM copies JOIN records ON records.id = copies.record)
    """

  static func seal(number: Int, _ sha256: Data) -> Seal {
    Seal(of: "texts", [number.databaseValue, sha256.databaseValue])
  }

  /// Sums up the texts of a ledger that has no such sums.
  static func sealAll(_ db: Database) throws {
    var sums: [Int64: Seal] = [:]
    let rows = try LedgerRow.fetchCursor(db, sql: query)
    while let row = try rows.next() { sums[try row[0], default: Seal()].add(seal(number: try row[1], try row[2])) }
    for (file, sum) in sums {
      try db.execute(sql: "UPDATE files SET texts = ? WHERE id = ?", arguments: [sum.data, file])
    }
  }
}
