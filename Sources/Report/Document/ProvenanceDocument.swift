internal import Correlation
internal import PushModel
internal import RefLedger

/// The full report as headings, facts, tables and findings, for text and for Markdown: nothing is escaped yet.
struct ProvenanceDocument {
  enum Block {
    case heading(Int, String)
    /// The one line that says how it went.
    case result(Summary.Result, String)
    case paragraph(String)
    case facts([(name: String, values: [String])])
    case list([String])
    case table(columns: [String], rows: [[Cell]])
    case findings
  }

  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    /// An id, a ref, a name: what Markdown sets as code.
    var isCode = false
    var ink: TextStyle.Ink?

    init(_ text: String, isCode: Bool = false, ink: TextStyle.Ink? = nil) {
      self.text = text
      self.isCode = isCode
      self.ink = ink
    }

    init(stringLiteral text: String) { self.init(text) }
  }

  let index: PushIndex
  let blocks: [Block]

  init(_ report: ProvenanceReport) {
    index = PushIndex(report)
    var blocks: [Block] = [
      .heading(1, "Push provenance of \(report.repository.name)"),
      .result(report.summary.result, Wording.counts(report)),
    ]
    if report.findings.isEmpty { blocks.append(.paragraph(Wording.verified(report))) }
    blocks.append(.facts(Self.facts(report)))
    if !report.findings.isEmpty { blocks += [.heading(2, "Findings"), .findings] }
    let protected = report.refs.filter(\.protected)
    if !protected.isEmpty {
      blocks += [.heading(2, "Protected refs"), Self.refs(protected, hasSpan: true)]
      blocks.append(
        .paragraph("What a ref's first logged update replaced was pushed before the trail and lies outside its span."))
    }
    blocks += Self.pushes(index)
    blocks += Self.attempts(report)
    let others = report.refs.filter { !$0.protected }
    if !others.isEmpty { blocks += [.heading(2, "Other refs"), Self.refs(others, hasSpan: true)] }
    if !report.trail.unreadable.isEmpty {
      blocks += [.heading(2, "What could not be read"), .list(report.trail.unreadable.map(Wording.place))]
    }
    if !report.limits.isEmpty { blocks += [.heading(2, "What the evidence cannot tell"), .list(report.limits)] }
    if report.epochs.count > 1 {
      blocks.append(.heading(2, "Epochs"))
      blocks.append(
        .paragraph("The repository was deleted and made again under its name; each life has its own ledger."))
      blocks.append(
        .table(
          columns: ["repository id", "from", "to"],
          rows: report.epochs.map {
            [Cell($0.id, isCode: true), Cell($0.start.description), Cell($0.end?.description ?? "now")]
          }))
    }
    self.blocks = blocks
  }

  private static func facts(_ report: ProvenanceReport) -> [(name: String, values: [String])] {
    let trail = report.trail
    var facts: [(name: String, values: [String])] = [("Repository", [report.repository.arn])]
    if let id = report.repository.id { facts.append(("Id", [id])) }
    facts.append(("Trail", [Wording.trail(trail) + ", \(trail.bytes) bytes"]))
    if let first = trail.firstEventTime, let last = trail.lastEventTime {
      facts.append(("Events", ["\(first) to \(last)"]))
    }
    facts.append(
      (
        "Coverage",
        trail.coverage.isEmpty
          ? [Wording.coverage([])] : trail.coverage.map { "\($0.start) to \($0.end), \(Wording.basis($0.basis))" }
      ))
    if let integrity = trail.integrity, !integrity.chains.isEmpty {
      facts.append(("Integrity", Wording.integrity(integrity)))
    }
    facts.append(
      (
        report.clones.count > 1 ? "Clones" : "Clone",
        report.clones.isEmpty ? ["none"] : report.clones.map { "\($0.path): \(Wording.clone($0))" }
      ))
    let transferred = report.pulls.count { $0.dataTransferred }
    if !report.pulls.isEmpty {
      facts.append(("Pulls", ["\(report.pulls.count) logged, \(transferred) with data"]))
    }
    return facts
  }

  private static func refs(_ refs: [RefReport], hasSpan: Bool) -> Block {
    .table(
      columns: ["ref", "state", "logged tip", "last seen", "audited span", "unattributed"],
      rows: refs.map { ref in
        [
          Cell(ref.ref.rawValue, isCode: true), Cell(Wording.state(ref.state), ink: ref.state.ink),
          Cell(
            ref.possible.map { $0.map { $0?.short ?? "none" }.joined(separator: " or ") } ?? ref.ledgerTip?.short
              ?? "none", isCode: ref.possible == nil && ref.ledgerTip != nil),
          Cell(ref.seen.map(Wording.tip(of:)) ?? "never"),
          Cell(ref.span.map { "\($0.start) to \($0.end)" } ?? "none"),
          Cell(ref.unattributed.count == 0 ? "" : Wording.count(ref.unattributed.count, "commit")),
        ]
      })
  }

  private static func pushes(_ index: PushIndex) -> [Block] {
    let pushes = index.report.pushes
    var rows: [[Cell]] = []
    for push in pushes {
      let time = Cell(push.time.description)
      let who = Cell(Wording.who(push.principal))
      if push.omitted {
        rows.append([time, who, "(references omitted by CloudTrail)", "", "unknown", "", "", Cell(push.action)])
      }
      for update in push.updates {
        rows.append([
          time, who, Cell(update.ref.rawValue, isCode: true), Cell(Wording.range(update), isCode: true),
          Cell(
            Wording.transition(update)
              + (update.landed == .logged && update.transition == .forced ? " (as logged)" : ""),
            ink: update.transition.ink),
          Cell(Wording.verdict(update) + Self.droppedBy(update, index), ink: update.verdict?.ink),
          Cell(Wording.commits(update)), Cell(push.action),
        ])
      }
    }
    if rows.isEmpty { return [.heading(2, "Pushes"), .paragraph("No update is logged in the time that is judged.")] }
    let isProved = pushes.allSatisfy { push in
      switch index.basis(at: push.time) {
      case .digest, .stated: true
      case .assumed, nil: false
      }
    }
    let words = Wording.attribution(isProved ? .digest : .assumed)
    return [
      .heading(2, "Pushes"),
      .paragraph(
        "In the order of the ledger, newest last. \"commits\" counts those \(words); <= where an earlier push may have "
          + "had some, - what the update took away."),
      .table(
        columns: ["time", "who", "ref", "old..new", "transition", "verdict", "commits", "action"], rows: rows),
    ]
  }

  private static func droppedBy(_ update: UpdateReport, _ index: PushIndex) -> String {
    guard let dropped = update.droppedBy else { return "" }
    let certainty = dropped.certainty == .exact ? "" : "no later than "
    guard let actor = index.actor(dropped.eventID) else { return ", \(certainty)by event \(dropped.eventID)" }
    return ", \(certainty)by \(Wording.who(actor.principal)) at \(actor.time)"
  }

  private static func attempts(_ report: ProvenanceReport) -> [Block] {
    if report.attempts.isEmpty { return [] }
    return [
      .heading(2, "Attempts"), .paragraph("Logged, and moved nothing."),
      .table(
        columns: ["time", "who", "action", "error", "refs"],
        rows: report.attempts.map { attempt in
          [
            Cell(attempt.time.description), Cell(Wording.who(attempt.principal)), Cell(attempt.action),
            Cell(attempt.errorCode ?? "none: up to date, dry run or abandoned"),
            Cell(attempt.references.joined(separator: ", ")),
          ]
        }),
    ]
  }
}
