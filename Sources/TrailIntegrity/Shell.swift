internal import PushModel

/// Commands that a problem suggests, ready to paste.
enum Shell {
  /// One file.
  static func copy(bucket: String, key: String, to path: String) -> String {
    "aws s3 cp \(ShellWord.quoted("s3://\(bucket)/\(key)")) \(ShellWord.path(path))"
  }

  /// The folder of a file, or one some levels above.
  static func sync(bucket: String, key: String, to path: String, levels: Int = 1) -> String {
    "aws s3 sync \(ShellWord.quoted("s3://\(bucket)/\(above(key, levels))")) \(ShellWord.path(above(path, levels)))"
  }

  private static func above(_ path: String, _ levels: Int) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast(levels)
    let folder = parts.joined(separator: "/")
    return folder.isEmpty ? "." : folder + "/"
  }
}
