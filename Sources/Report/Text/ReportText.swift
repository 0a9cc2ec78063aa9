public import Correlation

/// The full provenance report as plain text.
public struct ReportText {
  private let document: ProvenanceDocument

  public init(_ report: ProvenanceReport) { document = ProvenanceDocument(report) }

  public func text(_ style: TextStyle = TextStyle(width: 100)) -> String {
    var page = TextPage(style: style)
    var followsHeading = true
    for block in document.blocks {
      if !followsHeading { page.separate() }
      followsHeading = false
      switch block {
      case .heading(let level, let title):
        page.line(TextPage.Span(title, .bold))
        let width = min(TerminalText.width(of: TerminalText.escaping(title)), style.width ?? .max)
        page.line(TextPage.Span(String(repeating: level == 1 ? "=" : "-", count: width), .dim))
        followsHeading = level > 1
      case .result: page.result(document.index.report)
      case .paragraph(let text): page.paragraph(TextPage.Span(text))
      case .facts(let facts):
        for fact in facts {
          for (number, value) in fact.values.enumerated() { page.field(number == 0 ? fact.name : "", value) }
        }
      case .list(let items):
        for item in items { page.paragraph("- \(item)", hanging: 2) }
      case .table(let columns, let rows):
        page.table(
          columns.map { TextPage.Column(title: $0, isLabelled: Self.labelled.contains($0)) },
          rows.map { $0.map { TextPage.Span($0.text, $0.ink) } }, indent: 2)
      case .findings: page.findings(document.index, showsAll: true, showsEvidence: true)
      }
    }
    return page.text
  }

  private static let labelled: Set<String> = ["logged tip", "last seen", "audited span", "unattributed", "commits"]
}
