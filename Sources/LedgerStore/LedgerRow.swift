internal import FoundationEssentials
internal import GRDB
internal import PushModel

/// What is wrong inside a ledger, in words that follow "is damaged: ".
struct Damage: Error {
  var words: String

  init(_ words: String) { self.words = words }
}

/// A row that was read out of a ledger.
///
/// A value that is not of the kind that is wanted, or that nothing in a sound ledger has, is `Damage`: GRDB's own rows end
/// the process there.
struct LedgerRow {
  private let row: GRDB.Row

  static let impossible = Damage("a row holds what no row of it can")

  private init(_ row: GRDB.Row) { self.row = row }

  static func fetchAll(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> [LedgerRow] {
    try GRDB.Row.fetchAll(db, sql: sql, arguments: arguments).map(LedgerRow.init)
  }

  static func fetchAll(_ statement: Statement, arguments: StatementArguments) throws -> [LedgerRow] {
    try GRDB.Row.fetchAll(statement, arguments: arguments).map(LedgerRow.init)
  }

  static func fetchOne(_ statement: Statement, arguments: StatementArguments) throws -> LedgerRow? {
    try GRDB.Row.fetchOne(statement, arguments: arguments).map(LedgerRow.init)
  }

  /// A row of the cursor holds until the next one is asked for.
  static func fetchCursor(
    _ db: Database, sql: String, arguments: StatementArguments = []
  ) throws -> some Cursor<LedgerRow> {
    try GRDB.Row.fetchCursor(db, sql: sql, arguments: arguments).map(LedgerRow.init)
  }

  static func fetchCursor(_ statement: Statement, arguments: StatementArguments) throws -> some Cursor<LedgerRow> {
    try GRDB.Row.fetchCursor(statement, arguments: arguments).map(LedgerRow.init)
  }

  /// The value of a column as SQLite has it, whatever that is.
  func value(_ column: Int) throws -> DatabaseValue { try row.decode(DatabaseValue?.self, atIndex: column) ?? .null }

  subscript<Value: LedgerValue>(_ column: Int) -> Value {
    get throws {
      guard let value = Value(try value(column)) else { throw Self.impossible }
      return value
    }
  }

  /// `nil` for NULL alone.
  subscript<Value: LedgerValue>(_ column: Int) -> Value? {
    get throws {
      let stored = try value(column)
      if stored.isNull { return nil }
      guard let value = Value(stored) else { throw Self.impossible }
      return value
    }
  }
}

/// What a column of a ledger may hold.
protocol LedgerValue {
  /// `nil` for what was never written.
  init?(_ value: DatabaseValue)
}

/// A row's number, or what is only compared.
extension Int64: LedgerValue {
  init?(_ value: DatabaseValue) {
    guard case .int64(let number) = value.storage else { return nil }
    self = number
  }
}

/// A count, a size or a place.
extension Int: LedgerValue {
  /// Nothing here comes near it, and sums of such numbers are still numbers.
  static let ledgerLimit = 1 << 44

  init?(_ value: DatabaseValue) {
    guard case .int64(let number) = value.storage, (0..<Int64(Self.ledgerLimit)).contains(number) else { return nil }
    self = Int(number)
  }
}

extension Bool: LedgerValue {
  init?(_ value: DatabaseValue) {
    switch value.storage {
    case .int64(0): self = false
    case .int64(1): self = true
    default: return nil
    }
  }
}

/// In seconds, of a year that is written with four digits.
extension Timestamp: LedgerValue {
  init?(_ value: DatabaseValue) {
    guard case .int64(let seconds) = value.storage, (-62_167_219_200..<253_402_300_800).contains(seconds) else {
      return nil
    }
    self.init(seconds: seconds)
  }
}

extension String: LedgerValue {
  init?(_ value: DatabaseValue) {
    guard case .string(let text) = value.storage else { return nil }
    self = text
  }
}

extension Data: LedgerValue {
  init?(_ value: DatabaseValue) {
    guard case .blob(let data) = value.storage else { return nil }
    self = data
  }
}

/// A path: text, unless it is no UTF-8.
extension [UInt8]: LedgerValue {
  init?(_ value: DatabaseValue) {
    switch value.storage {
    case .string(let text): self = Array(text.utf8)
    case .blob(let data): self = Array(data)
    default: return nil
    }
  }
}
