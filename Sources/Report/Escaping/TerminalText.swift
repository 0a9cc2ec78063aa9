/// Text that strangers wrote (refs, user agents, session names, paths), made safe for a terminal.
///
/// Every deceptive character becomes a visible `\u{HEX}`. A backslash that already stands before `u{` is escaped too,
/// so no two texts look the same. One line in gives one line out.
public enum TerminalText {
  public static func escaping(_ text: String) -> String {
    if isPlain(text) { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let looksEscaped =
        scalar == "\\" && index + 2 < scalars.count && scalars[index + 1] == "u" && scalars[index + 2] == "{"
      if scalar.isDeceptive || looksEscaped || (index == 0 && scalar.isCombining) {
        result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Columns that the text takes on a terminal.
  public static func width(of text: String) -> Int {
    var width = 0
    for scalar in text.unicodeScalars { width += scalar.columns }
    return width
  }

  /// Cut to `width` columns with `…` in the middle: names differ at both ends.
  static func shortened(_ text: String, to width: Int) -> String {
    guard self.width(of: text) > width else { return text }
    guard width > 1 else { return "…" }
    let scalars = Array(text.unicodeScalars)
    let headRoom = width / 2
    var head = 0
    var used = 0
    while used + scalars[head].columns <= headRoom {
      used += scalars[head].columns
      head += 1
    }
    var tail = scalars.count
    while tail > head, used + scalars[tail - 1].columns <= width - 1 {
      used += scalars[tail - 1].columns
      tail -= 1
    }
    // A combining mark without its letter would be drawn on the ellipsis.
    while tail < scalars.count, scalars[tail].isCombining { tail += 1 }
    var result = String.UnicodeScalarView(scalars[..<head])
    result.append("…")
    result += scalars[tail...]
    return String(result)
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C }
  }
}
