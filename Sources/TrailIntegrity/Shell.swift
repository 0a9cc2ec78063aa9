/// Commands that a problem suggests, ready to paste.
enum Shell {
  static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
        || "/._-+=:@,".utf8.contains($0)
    }
    if plain, !text.isEmpty, !text.hasPrefix("-") { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// One file.
  static func copy(bucket: String, key: String, to path: String) -> String {
    "aws s3 cp \(quoted("s3://\(bucket)/\(key)")) \(quoted(path))"
  }

  /// The folder of a file, or one some levels above.
  static func sync(bucket: String, key: String, to path: String, levels: Int = 1) -> String {
    "aws s3 sync \(quoted("s3://\(bucket)/\(above(key, levels))")) \(quoted(above(path, levels)))"
  }

  private static func above(_ path: String, _ levels: Int) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast(levels)
    let folder = parts.joined(separator: "/")
    return folder.isEmpty ? "." : folder + "/"
  }
}
