public import Correlation
internal import PushModel

/// A blamed file on a terminal: one row a line of the file.
public struct BlameText {
  private let blame: Blame

  public init(_ blame: Blame) { self.blame = blame }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    let isNarrow = (style.width ?? .max) < 120
    page.table(
      [
        TextPage.Column(title: "commit"), TextPage.Column(title: "author", leastWidth: 8),
        TextPage.Column(title: "pushed by", leastWidth: 8), TextPage.Column(title: "pushed"),
        TextPage.Column(title: "push"), TextPage.Column(title: "line", isRightAligned: true),
        TextPage.Column(title: "text", leastWidth: 20),
      ], blame.lines.map { row($0, isNarrow) }, cuts: true)
    return page.text
  }

  private func row(_ line: Blame.Line, _ isNarrow: Bool) -> [TextPage.Span] {
    var cells = [
      TextPage.Span(String(line.commit.hex.prefix(isNarrow ? 8 : 12)), .dim), TextPage.Span(line.author.authorName),
    ]
    switch line.origin {
    case .push(let push):
      cells += [
        TextPage.Span(
          (isNarrow ? push.principal.name : Wording.who(push.principal)) + (push.isExact ? "" : "?"), .cyan),
        TextPage.Span((push.isExact ? "" : "<=") + push.time.description),
        TextPage.Span(String(push.eventID.prefix(8)), .dim),
      ]
    case .unexplained(let reason): cells += [TextPage.Span(Self.words(reason), .yellow), "", ""]
    }
    return cells + [TextPage.Span("\(line.number)", .dim), TextPage.Span(Self.shown(line.text))]
  }

  static func words(_ reason: Blame.Reason) -> String {
    switch reason {
    case .beforeCoverage: "(before the trail)"
    case .afterCoverage: "(after the trail)"
    case .unattributed: "(no logged push)"
    case .notPushed: "(not on the server)"
    }
  }

  /// Tabs as the spaces that a terminal makes of them, and no carriage return: both would only show as escapes.
  private static func shown(_ text: String) -> String {
    var result = ""
    var column = 0
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        let spaces = 8 - column % 8
        result += String(repeating: " ", count: spaces)
        column += spaces
      } else {
        result.unicodeScalars.append(scalar)
        column += 1
      }
    }
    // A carriage return and a line feed are one character to Swift; the line feed is gone already.
    if result.unicodeScalars.last == "\r" { result.unicodeScalars.removeLast() }
    return result
  }
}
