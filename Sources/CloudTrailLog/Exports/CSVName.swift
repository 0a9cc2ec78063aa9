/// Whether a file is a CSV by its name. In a folder the name alone says little: any program may have left a table there.
enum CSVName {
  static func isPlain(_ name: [UInt8]) -> Bool { String(decoding: name, as: UTF8.self).lowercased().hasSuffix(".csv") }

  /// Compressed ones too.
  static func matches(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".csv", ".csv.gz", ".csv.zst"].contains { name.hasSuffix($0) }
  }
}
