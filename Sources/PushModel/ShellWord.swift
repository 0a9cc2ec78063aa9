/// Text as one word of a POSIX shell's command line: quoted unless every character is plain.
public enum ShellWord {
  /// A word that begins with `-` is quoted too, so that a reader sees that it is no option of ours.
  public static func quoted(_ text: some StringProtocol) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "/._-+=:@,".utf8.contains(byte)
    }
    if isPlain, !text.isEmpty, !text.hasPrefix("-") { return String(text) }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  // Quotes keep no program from taking a word for an option: a stranger's configuration may name a remote
  // `--upload-pack=COMMAND`.

  /// The first operand of a git command: one that begins with `-` follows the `--` that ends the options.
  public static func operand(_ text: some StringProtocol) -> String {
    text.hasPrefix("-") ? "-- \(quoted(text))" : quoted(text)
  }

  /// A file's path.
  public static func path(_ text: some StringProtocol) -> String {
    text.hasPrefix("-") ? quoted("./\(text)") : quoted(text)
  }

  /// An option, by its name, with its value.
  public static func option(_ name: String, _ value: some StringProtocol) -> String {
    "\(name)\(value.hasPrefix("-") ? "=" : " ")\(quoted(value))"
  }
}
