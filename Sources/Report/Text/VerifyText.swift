public import Correlation
internal import PushModel

/// What `verify` prints: findings, worst first, then the protected refs' spans, the limits and one line of result.
public struct VerifyText {
  private let index: PushIndex
  private let showsAll: Bool

  public init(_ report: ProvenanceReport, showsAll: Bool = false) {
    index = PushIndex(report)
    self.showsAll = showsAll
  }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    let report = index.report
    var page = TextPage(style: style)
    page.paragraph(TextPage.Span(Wording.repository(report.repository), .bold))
    page.paragraph("trail: \(Wording.trail(report.trail))", indent: 2, hanging: 9)
    page.paragraph("covered: \(Wording.coverage(report.trail.coverage))", indent: 2, hanging: 11)
    for line in report.trail.integrity.map(Wording.integrity) ?? [] {
      page.paragraph("integrity: \(line)", indent: 2, hanging: 13)
    }
    page.blank()

    if report.findings.isEmpty {
      page.paragraph("\(Wording.verified(report))")
      page.blank()
    } else {
      page.findings(index, showsAll: showsAll, showsEvidence: showsAll)
    }
    page.protectedRefs(report)
    if !report.limits.isEmpty {
      page.line(TextPage.Span("Limits", .bold))
      for limit in report.limits { page.paragraph("- \(limit)", indent: 2, hanging: 4) }
      page.blank()
    }
    page.result(report)
    return page.text
  }
}

// MARK: - Parts that the full report shows too

extension TextPage {
  mutating func result(_ report: ProvenanceReport) {
    let ink: TextStyle.Ink =
      switch report.summary.result {
      case .pass: .boldGreen
      case .fail: .boldRed
      case .unverifiable: .boldYellow
      }
    paragraph(Span(Wording.result(report.summary.result), ink), "  \(Wording.counts(report))", hanging: 2)
  }

  mutating func protectedRefs(_ report: ProvenanceReport) {
    let refs = report.refs.filter(\.protected)
    if refs.isEmpty { return }
    line(Span("Protected refs", .bold))
    table(
      [Column(title: "ref"), Column(title: "span"), Column(title: "state")],
      refs.map { ref in
        [
          Span(Wording.name(ref.ref)), Span(Wording.span(ref), .dim),
          Span(Wording.state(ref.state), ref.state.ink),
        ]
      }, indent: 2, hasTitles: false)
    blank()
  }

  mutating func findings(_ index: PushIndex, showsAll: Bool, showsEvidence: Bool) {
    let groups = FindingGroups(index, showsAll: showsAll)
    var wasFolded = false
    for (number, item) in groups.items.enumerated() {
      switch item {
      case .one(let finding):
        if number > 0, wasFolded { blank() }
        self.finding(finding, index, showsEvidence: showsEvidence)
        blank()
        wasFolded = false
      case .many(let many):
        let open = many.findings.contains(where: \.countsAsUnknown) ? "  \(Wording.open)" : ""
        paragraph(
          many.severity.label, Span(many.rule.rawValue, .bold), "  \(Wording.name(many.ref)): \(many.phrase)",
          Span(open, .yellow), hanging: 9)
        wasFolded = true
      }
    }
    if groups.isFolded {
      paragraph(Span("Refs that are not protected have one line a rule; --all shows each finding.", .dim), indent: 9)
      blank()
    }
  }

  private mutating func finding(_ finding: Finding, _ index: PushIndex, showsEvidence: Bool) {
    let title = finding.ref.map { "  \(Wording.name($0))" } ?? ""
    let open = finding.countsAsUnknown ? "  \(Wording.open)" : ""
    paragraph(
      finding.severity.label, Span(finding.rule.rawValue, .bold), Span(title), Span(open, .yellow), hanging: 9)
    if let eventID = finding.eventID {
      if let actor = index.actor(eventID) {
        paragraph(Span("\(actor.time)  \(Wording.who(actor.principal))  event \(eventID)", .dim), indent: 9)
      } else {
        paragraph(Span("event \(eventID)", .dim), indent: 9)
      }
    }
    paragraph(Span(finding.message), indent: 9)
    if showsEvidence {
      for evidence in finding.evidence { paragraph(Span("- \(evidence)", .dim), indent: 9, hanging: 11) }
    }
    if let command = finding.settle.first {
      line(Span("ask: ", .cyan), Span(AskText.copyable(command)), indent: 9)
      let others = finding.settle.dropFirst()
      if showsEvidence {
        for command in others { line(Span("ask: ", .cyan), Span(AskText.copyable(command)), indent: 9) }
      } else if !others.isEmpty {
        line(Span("     and \(others.count) more: git pushtrail ask", .dim), indent: 9)
      }
    } else {
      paragraph(Span("do: ", .cyan), Span(finding.rule.advice), indent: 9, hanging: 13)
    }
  }
}

extension Severity {
  var ink: TextStyle.Ink {
    switch self {
    case .error: .boldRed
    case .warning: .yellow
    case .note: .dim
    }
  }

  /// Seven columns and two spaces.
  var label: TextPage.Span {
    TextPage.Span(rawValue + String(repeating: " ", count: 9 - rawValue.count), ink)
  }
}

extension RefState {
  var ink: TextStyle.Ink? {
    switch self {
    case .reconciled: .green
    case .unloggedUpdate: .red
    case .cloneBehind, .beforeCoverage, .trailBehind: nil
    default: .yellow
    }
  }
}
