/// Lines of terminal text. Every piece that comes in is escaped here, so nothing can reach the screen around it.
struct TextPage {
  let style: TextStyle
  private(set) var text = ""

  init(style: TextStyle) { self.style = style }

  /// A piece of a line, in one ink.
  struct Span: ExpressibleByStringInterpolation {
    var text: String
    var ink: TextStyle.Ink?

    init(_ text: String, _ ink: TextStyle.Ink? = nil) {
      self.text = text
      self.ink = ink
    }

    init(stringLiteral text: String) { self.init(text) }
  }

  mutating func blank() { text += "\n" }

  /// One blank line, unless there is one.
  mutating func separate() {
    if !text.isEmpty, !text.utf8.suffix(2).elementsEqual("\n\n".utf8) { blank() }
  }

  /// One line that is never broken: a command to copy, a row.
  mutating func line(_ spans: Span..., indent: Int = 0) {
    text += String(repeating: " ", count: indent)
    for span in spans { text += style.paint(TerminalText.escaping(span.text), span.ink) }
    text += "\n"
  }

  /// Words, broken at the measure; the lines after the first are indented by `hanging`.
  mutating func paragraph(_ spans: Span..., indent: Int = 0, hanging: Int? = nil) {
    var words: [[Span]] = [[]]
    for span in spans {
      let parts = TerminalText.escaping(span.text).split(separator: " ", omittingEmptySubsequences: false)
      for (number, part) in parts.enumerated() {
        if number > 0 { words.append([]) }
        if !part.isEmpty { words[words.count - 1].append(Span(String(part), span.ink)) }
      }
    }
    var column = indent
    var isFirstOfLine = true
    // Spaces that follow each other are kept within a line: they align.
    var pendingSpaces = 0
    text += String(repeating: " ", count: indent)
    for word in words {
      if word.isEmpty {
        pendingSpaces += 1
        continue
      }
      let width = word.reduce(0) { $0 + TerminalText.width(of: $1.text) }
      let gap = isFirstOfLine ? pendingSpaces : pendingSpaces + 1
      if !isFirstOfLine, column + gap + width > style.measure {
        column = hanging ?? indent
        text += "\n" + String(repeating: " ", count: column)
      } else {
        text += String(repeating: " ", count: gap)
        column += gap
      }
      for piece in word { text += style.paint(piece.text, piece.ink) }
      column += width
      isFirstOfLine = false
      pendingSpaces = 0
    }
    text += "\n"
  }

  // MARK: Tables

  struct Column {
    var title: String
    var isRightAligned = false
    /// May be cut in the middle where the terminal is too narrow, down to this many columns.
    var leastWidth: Int?
    /// Its cells do not speak for themselves: where rows flow, the title stands before each.
    var isLabelled = false
  }

  /// Rows of aligned cells. Where they do not fit: with `cuts`, the columns that allow it are cut; else each row flows
  /// over as many lines as it needs, and nothing is lost.
  mutating func table(
    _ columns: [Column], _ rows: [[Span]], indent: Int = 0, hasTitles: Bool = true, cuts: Bool = false
  ) {
    if rows.isEmpty { return }
    let cells = rows.map { row in row.map { Span(TerminalText.escaping($0.text), $0.ink) } }
    var widths = columns.map { hasTitles ? TerminalText.width(of: $0.title) : 0 }
    for row in cells {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], TerminalText.width(of: cell.text)) }
    }
    // A column that nothing fills is left out.
    let shown = columns.indices.filter { column in cells.contains { !$0[column].text.isEmpty } }
    func total() -> Int { indent + shown.reduce(0) { $0 + widths[$1] } + 2 * max(0, shown.count - 1) }
    if let limit = style.width, total() > limit {
      guard cuts else {
        for row in cells {
          flow(shown.map { (columns[$0].isLabelled ? columns[$0].title + " " : "", row[$0]) }, indent: indent)
        }
        return
      }
      while total() > limit {
        let cuttable = shown.filter { column in columns[column].leastWidth.map { widths[column] > $0 } ?? false }
        guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
        widths[widest] -= 1
      }
    }
    if hasTitles {
      row(shown.map { (Span(columns[$0].title, .dim), widths[$0], columns[$0].isRightAligned) }, indent: indent)
    }
    for cells in cells {
      row(shown.map { (cells[$0], widths[$0], columns[$0].isRightAligned) }, indent: indent)
    }
  }

  private mutating func row(_ cells: [(Span, Int, Bool)], indent: Int) {
    var line = String(repeating: " ", count: indent)
    var pending = 0
    for (number, (cell, width, isRightAligned)) in cells.enumerated() {
      let content = TerminalText.shortened(cell.text, to: width)
      let padding = max(0, width - TerminalText.width(of: content))
      if number > 0 { pending += 2 }
      if isRightAligned { pending += padding }
      if !content.isEmpty {
        line += String(repeating: " ", count: pending) + style.paint(content, cell.ink)
        pending = 0
      }
      if !isRightAligned { pending += padding }
    }
    text += line + "\n"
  }

  private mutating func flow(_ cells: [(label: String, cell: Span)], indent: Int) {
    var column = indent
    var isFirst = true
    text += String(repeating: " ", count: indent)
    for (label, cell) in cells where !cell.text.isEmpty {
      let width = TerminalText.width(of: label) + TerminalText.width(of: cell.text)
      if !isFirst {
        if column + 2 + width > (style.width ?? .max) {
          column = indent + 4
          text += "\n" + String(repeating: " ", count: column)
        } else {
          text += "  "
          column += 2
        }
      }
      text += style.paint(label, .dim) + style.paint(cell.text, cell.ink)
      column += width
      isFirst = false
    }
    text += "\n"
  }
}
