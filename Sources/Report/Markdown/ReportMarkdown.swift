public import Correlation
internal import PushModel

/// The full provenance report as Markdown (GitHub's dialect: it has tables).
public struct ReportMarkdown {
  private let document: ProvenanceDocument

  public init(_ report: ProvenanceReport) { document = ProvenanceDocument(report) }

  public func text() -> String {
    var parts: [String] = []
    for block in document.blocks {
      switch block {
      case .heading(let level, let title):
        parts.append(String(repeating: "#", count: level) + " " + MarkdownText.escaping(title))
      case .result(let result, let counts):
        parts.append("**\(Wording.result(result))**: \(MarkdownText.escaping(counts)).")
      case .paragraph(let text): parts.append(MarkdownText.escaping(text))
      case .facts(let facts):
        parts.append(
          facts.map { fact in
            let name = "**\(MarkdownText.escaping(fact.name))**"
            if fact.values.count == 1, let value = fact.values.first {
              return "- \(name): \(MarkdownText.escaping(value))"
            }
            return "- \(name):\n" + fact.values.map { "  - \(MarkdownText.escaping($0))" }.joined(separator: "\n")
          }.joined(separator: "\n"))
      case .list(let items): parts.append(items.map { "- \(MarkdownText.escaping($0))" }.joined(separator: "\n"))
      case .table(let columns, let rows): parts.append(table(columns, rows))
      case .findings: parts += findings()
      }
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func table(_ columns: [String], _ rows: [[ProvenanceDocument.Cell]]) -> String {
    // A column that nothing fills is left out.
    let shown = columns.indices.filter { column in rows.contains { !$0[column].text.isEmpty } }
    var text = "| " + shown.map { MarkdownText.escaping(columns[$0]) }.joined(separator: " | ") + " |\n"
    text += "|" + shown.map { _ in "---|" }.joined()
    for row in rows {
      text += "\n|"
      for column in shown {
        let cell = row[column]
        let content = cell.isCode ? MarkdownText.code(cell.text, inTable: true) : MarkdownText.escaping(cell.text)
        text += content.isEmpty ? " |" : " \(content) |"
      }
    }
    return text
  }

  private func findings() -> [String] {
    FindingGroups(document.index, showsAll: true).items.map { item in
      guard case .one(let finding) = item else { return "" }
      var title = "### \(finding.severity.rawValue): \(finding.rule.rawValue)"
      if let ref = finding.ref { title += ", \(MarkdownText.code(ref.rawValue))" }
      if finding.countsAsUnknown { title += " " + Wording.open }
      var text = title + "\n\n" + MarkdownText.escaping(finding.message)
      var lines: [String] = []
      if let eventID = finding.eventID {
        var who = ""
        if let actor = document.index.actor(eventID) {
          who = "\(MarkdownText.escaping("\(actor.time), \(Wording.who(actor.principal))")), "
        }
        lines.append("- When and who: \(who)event \(MarkdownText.code(eventID))")
      }
      lines += finding.commits.prefix(Self.listedCommits).map { "- Commit \(MarkdownText.code($0.hex))" }
      if finding.commits.count > Self.listedCommits {
        lines.append("- and \(finding.commits.count - Self.listedCommits) more commits, which the JSON report lists")
      }
      lines += finding.evidence.map { "- Evidence: \(MarkdownText.escaping($0))" }
      lines += finding.settle.map { "- Ask: \(MarkdownText.code($0))" }
      if finding.settle.isEmpty { lines.append("- Do: \(MarkdownText.escaping(finding.rule.advice))") }
      text += "\n\n" + lines.joined(separator: "\n")
      return text
    }
  }

  /// People read a page; programs read the JSON.
  private static let listedCommits = 20
}
