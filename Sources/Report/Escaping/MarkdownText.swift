/// Text that strangers wrote, made safe for Markdown (GitHub's, CommonMark's) and the HTML that it becomes.
///
/// Deceptive characters become visible as in `TerminalText`; `&`, `<` and `>` become entities; whatever Markdown could
/// read as markup gets a backslash; an address cannot become a link nor a name a mention. One line in, one line out.
public enum MarkdownText {
  public static func escaping(_ text: String) -> String {
    var result = ""
    let visible = TerminalText.escaping(text)
    result.reserveCapacity(visible.utf8.count + visible.utf8.count / 4)
    var previous: Unicode.Scalar?
    var isAtStart = true
    for scalar in visible.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      // Entities rather than backslashes where renderers act after the backslash is gone: autolinks and mentions.
      case "@": result += "&#64;"
      case ":": result += "&#58;"
      case "\\", "`", "*", "_", "[", "]", "(", ")", "|", "#", "~", "!", "$", "{", "}", "^", "=":
        result += "\\"
        result.unicodeScalars.append(scalar)
      case "-", "+":
        if isAtStart { result += "\\" }
        result.unicodeScalars.append(scalar)
      case ".":
        // "1." would begin a list, "www." a link.
        if let previous, ("0"..."9").contains(previous) || previous == "w" || previous == "W" { result += "\\" }
        result += "."
      case " ":
        // Leading and repeated spaces are code blocks and line breaks.
        if isAtStart || previous == " " { result += "&#32;" } else { result += " " }
      default: result.unicodeScalars.append(scalar)
      }
      if scalar != " " { isAtStart = false }
      previous = scalar
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
