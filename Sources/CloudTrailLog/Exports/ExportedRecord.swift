/// One record taken out of an export that wraps it.
enum ExportedRecord {
  /// The record's JSON text, still to be parsed.
  case text(String)
  /// Where a record should be and none can be read.
  case damage(String)
}
