internal import Crypto
internal import FoundationEssentials
internal import GRDB

/// A table whose rows are summed up in `seals`: a row that is not as it was written, or not there, is noticed by who reads
/// the table. That guards against damage, and not against people.
///
/// Triggers keep the sums, so that no statement that writes need think of them; but for REPLACE, which takes rows away
/// without them. What was damaged before a change stays noticed after it: a row is taken out of the sum as it is found.
enum SealedTable: String, CaseIterable {
  case folders, files, unreadable, changes, batches, coverage, coverageDays = "coverage_days", properties, observations

  private var columns: [String] {
    switch self {
    case .folders: ["id", "path", "name"]
    case .files:
      [
        "id", "state", "sha256", "is_whole", "is_delivered", "revision", "imported", "size", "records",
        "codecommit_records", "texts", "folder", "base", "modified", "changed", "chunk", "chunk_offset", "layout",
        "batch", "batch_place",
      ]
    case .unreadable:
      ["id", "file", "place", "path", "record", "byte", "reason", "start", "end", "account", "region"]
    case .changes: ["file", "found", "lost", "added"]
    case .batches: ["id", "revision", "form", "size", "zstd"]
    case .coverage: ["account", "region", "first", "last", "has_read_only"]
    case .coverageDays: ["account", "region", "day"]
    case .properties: ["name", "value"]
    case .observations:
      [
        "id", "account", "repository_id", "name", "digest", "observed", "clone", "source", "dating", "earliest",
        "latest", "evidence", "shows_branches", "shows_tags", "is_proven", "region", "refs",
      ]
    }
  }

  /// What is summed up of a row, as SQL. A zstd frame ends in a checksum of what is packed in it.
  private func values(of row: String) -> String {
    columns.map { $0 == "zstd" ? "substr(\(row)zstd, -4)" : row + $0 }.joined(separator: ", ")
  }

  // MARK: - Writing

  /// Of a ledger that has none, with what is in it now.
  static func sealAll(_ db: Database) throws {
    try db.execute(sql: "CREATE TABLE seals (name TEXT PRIMARY KEY, sum BLOB NOT NULL) WITHOUT ROWID")
    for table in allCases {
      let name = table.rawValue
      var sum = Seal()
      let rows = try LedgerRow.fetchCursor(db, sql: "SELECT \(table.values(of: "")) FROM \(name)")
      while let row = try rows.next() { sum.add(Seal(of: table.rawValue, try table.columns.indices.map(row.value))) }
      try db.execute(sql: "INSERT INTO seals (name, sum) VALUES (?, ?)", arguments: [name, sum.data])
      let (old, new) = (table.values(of: "old."), table.values(of: "new."))
      func trigger(_ event: String, _ changes: [String]) throws {
        let updates = changes.map { "UPDATE seals SET sum = \($0)) WHERE name = '\(name)';" }.joined(separator: " ")
        try db.execute(
          sql: "CREATE TRIGGER \(name)_\(event) AFTER \(event) ON \(name) BEGIN \(updates) END")
      }
      let (removal, addition) = ("sealed(sum, '\(name)', -1, \(old)", "sealed(sum, '\(name)', 1, \(new)")
      try trigger("insert", [addition])
      try trigger("update", [removal, addition])
      try trigger("delete", [removal])
    }
  }

  /// What the triggers call.
  static let function = DatabaseFunction("sealed", pure: true) { values in
    guard values.count > 3, let sum = Data(values[0]).flatMap(Seal.init), let name = String(values[1]),
      let sign = Int64(values[2])
    else { return values.first }
    let seal = Seal(of: name, values[3...])
    var result = sum
    if sign < 0 { result.remove(seal) } else { result.add(seal) }
    return result.data
  }

  // MARK: - Reading

  /// Whether there are sums at all: ledgers of earlier versions have none.
  static func isSealed(_ db: Database) throws -> Bool {
    let isMigrated = try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM grdb_migrations WHERE identifier = ?)", arguments: [LedgerSchema.seals])
    let isThere = try db.tableExists("seals")
    guard isThere || isMigrated != true else { throw Damage("its seals are gone") }
    return isThere
  }

  /// Hands over every row, by the table itself and none of its indexes; in the end it is an error if they are not those that
  /// were written.
  ///
  /// - Parameter more: Columns after those that are summed up.
  func read(_ db: Database, more: [String] = [], _ body: (LedgerRow) throws -> Void) throws {
    let isSealed = try Self.isSealed(db)
    var selected = values(of: "")
    if !isSealed {
      guard try db.tableExists(rawValue) else { return }
      let there = Set(try db.columns(in: rawValue).map(\.name))
      selected = columns.map { there.contains($0) ? $0 : "NULL" }.joined(separator: ", ")
    }
    var sum = Seal()
    let list = ([selected] + more).joined(separator: ", ")
    let rows = try LedgerRow.fetchCursor(db, sql: "SELECT \(list) FROM \(rawValue) NOT INDEXED")
    while let row = try rows.next() {
      if isSealed { sum.add(Seal(of: rawValue, try columns.indices.map(row.value))) }
      try body(row)
    }
    guard isSealed else { return }
    let written = try Data.fetchOne(db, sql: "SELECT sum FROM seals WHERE name = ?", arguments: [rawValue])
    guard written == sum.data else { throw Damage("the rows of its table \(rawValue) are not those that were written") }
  }

  /// Makes sure of some tables.
  static func check(_ tables: [SealedTable], _ db: Database) throws {
    for table in tables { try table.read(db) { _ in } }
  }
}

/// A sum of rows' hashes, or one of them: rows may be added and removed in any order.
struct Seal: Equatable {
  private var lanes = SIMD4<UInt64>()

  init() {}

  /// Of a row: its values' kinds and bytes.
  init(of table: String, _ values: some Sequence<DatabaseValue>) {
    var bytes = Array(table.utf8)
    bytes.reserveCapacity(512)
    func append(_ kind: UInt8, _ number: UInt64) {
      bytes.append(kind)
      for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    for value in values {
      switch value.storage {
      case .null: append(0, 0)
      case .int64(let number): append(1, UInt64(bitPattern: number))
      case .double(let number): append(2, number.bitPattern)
      case .string(let text):
        append(3, UInt64(text.utf8.count))
        bytes += text.utf8
      case .blob(let data):
        append(4, UInt64(data.count))
        bytes += data
      }
    }
    self.init(Array(SHA256.hash(data: bytes)))
  }

  init?(_ data: Data) {
    guard data.count == 32 else { return nil }
    self.init(Array(data))
  }

  private init(_ bytes: [UInt8]) {
    for (index, byte) in bytes.prefix(32).enumerated() { lanes[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8) }
  }

  var data: Data {
    Data((0..<32).map { UInt8(truncatingIfNeeded: lanes[$0 / 8] >> UInt64($0 % 8 * 8)) })
  }

  mutating func add(_ other: Seal) { lanes &+= other.lanes }
  mutating func remove(_ other: Seal) { lanes &-= other.lanes }
}
