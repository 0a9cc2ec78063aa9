public import Correlation
internal import PushModel

/// What `ask` prints: each command that would settle something unknown, those that settle most first.
public struct AskText {
  public struct Question: Sendable {
    public var command: String
    /// What it would settle: a rule, and the ref where there is one.
    public var settles: [String]
  }

  public let questions: [Question]

  public init(_ report: ProvenanceReport) {
    var places: [String: Int] = [:]
    var questions: [Question] = []
    for finding in report.findings {
      let subject = finding.rule.rawValue + (finding.ref.map { " on \(Wording.name($0))" } ?? "")
      for command in finding.settle {
        if let place = places[command] {
          if !questions[place].settles.contains(subject) { questions[place].settles.append(subject) }
        } else {
          places[command] = questions.count
          questions.append(Question(command: command, settles: [subject]))
        }
      }
    }
    // Few commands that answer much come first, so that one may stop early.
    self.questions = questions.enumerated().sorted { left, right in
      left.element.settles.count != right.element.settles.count
        ? left.element.settles.count > right.element.settles.count : left.offset < right.offset
    }.map(\.element)
  }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    if questions.isEmpty {
      page.line(TextPage.Span("# nothing to ask: no finding names a command that would settle it", .dim))
    }
    for (number, question) in questions.enumerated() {
      if number > 0 { page.blank() }
      let shown = question.settles.prefix(4).map(Self.inert).joined(separator: ", ")
      let more = question.settles.count - 4
      page.line(TextPage.Span("# settles \(shown)" + (more > 0 ? " and \(more) more" : ""), .dim))
      page.line(TextPage.Span(Self.copyable(question.command)))
    }
    return page.text
  }

  /// A command, as a line of a shell's: one that holds what no screen can show is not offered for copying.
  static func copyable(_ command: String) -> String {
    TerminalText.escaping(command) == command
      ? command : "# (holds characters that are not shown) \(inert(command))"
  }

  /// A comment's text in which no shell finds anything to run: some take `#` for a command.
  static func inert(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let isActive: Bool =
        switch scalar {
        case "$", "`", ";", "&", "|", "<", ">", "\"", "'", "!", "*", "?", "[", "]", "{", "}", "\\", "#", "^": true
        default: false
        }
      if isActive {
        result += "%" + String(scalar.value, radix: 16, uppercase: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
