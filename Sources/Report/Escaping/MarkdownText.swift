/// Text that strangers wrote, made safe for Markdown (GitHub's, CommonMark's) and the HTML that it becomes.
///
/// Deceptive characters become visible as in `TerminalText`; `&`, `<` and `>` become entities; whatever Markdown could
/// read as markup gets a backslash; an address cannot become a link nor a name a mention. One line in, one line out.
public enum MarkdownText {
  public static func escaping(_ text: String) -> String {
    var result = ""
    let visible = TerminalText.escaping(text)
    result.reserveCapacity(visible.utf8.count + visible.utf8.count / 4)
    let scalars = Array(visible.unicodeScalars)
    // Digits at the very start make a list of what follows them.
    let leadingDigits = scalars.prefix { ("0"..."9").contains($0) }.count
    for (index, scalar) in scalars.enumerated() {
      let previous = index > 0 ? scalars[index - 1] : nil
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      // Entities rather than backslashes where renderers act after the backslash is gone: mentions, links, emoji.
      case "@": result += "&#64;"
      case ":":
        // A time of day or a colon before a space begins neither a link nor `:name:`.
        let next = index + 1 < scalars.count ? scalars[index + 1] : " "
        let isHarmless = next == " " || (previous.map { ("0"..."9").contains($0) } ?? false) && next != "/"
        result += isHarmless ? ":" : "&#58;"
      case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "$", "{", "}", "^":
        result += "\\"
        result.unicodeScalars.append(scalar)
      case "-", "+", "=", "!":
        if index == 0 { result += "\\" }
        result.unicodeScalars.append(scalar)
      case ".", ")":
        let isWWW = index >= 3 && scalars[index - 3..<index].allSatisfy { $0 == "w" || $0 == "W" }
        if isWWW || (leadingDigits > 0 && index == leadingDigits) { result += "\\" }
        result.unicodeScalars.append(scalar)
      case " ":
        // Leading and repeated spaces are code blocks and line breaks.
        result += previous == nil || previous == " " ? "&#32;" : " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    if result.hasSuffix(" ") {
      result.removeLast()
      result += "&#32;"
    }
    return result
  }

  /// A code span: what stands in it is shown as it is, in one column width and ready to be copied.
  ///
  /// `inTable`: a pipe ends a table's cell even within a code span, so it gets a backslash, which GitHub removes.
  static func code(_ text: String, inTable: Bool = false) -> String {
    let visible = TerminalText.escaping(text)
    if visible.isEmpty { return "" }
    var longest = 0
    var run = 0
    for byte in visible.utf8 {
      run = byte == 0x60 ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let padding =
      visible.hasPrefix("`") || visible.hasSuffix("`") || visible.hasPrefix(" ") && visible.hasSuffix(" ") ? " " : ""
    var body = ""
    for character in visible.unicodeScalars {
      if character == "|", inTable { body += "\\" }
      body.unicodeScalars.append(character)
    }
    return fence + padding + body + padding + fence
  }
}
