public import Correlation
internal import PushModel

/// Which lines of the pushlog are asked for.
public struct PushLogFilter: Sendable {
  /// A whole ref name or the short one of a branch or tag.
  public var ref: String?
  /// Part of the name, role, session, source identity or ARN of who pushed, in any case of letters.
  public var principal: String?
  public var onlyForced = false
  public var includesAttempts = false
  public var limit: Int?

  public init(
    ref: String? = nil, principal: String? = nil, onlyForced: Bool = false, includesAttempts: Bool = false,
    limit: Int? = nil
  ) {
    self.ref = ref
    self.principal = principal
    self.onlyForced = onlyForced
    self.includesAttempts = includesAttempts
    self.limit = limit
  }

  func admits(_ name: RefName) -> Bool { admits(rawRef: name.rawValue) }

  func admits(rawRef: String) -> Bool {
    guard let ref else { return true }
    return rawRef == ref || RefName(rawRef).shorthand == ref
  }

  func admits(_ who: Principal) -> Bool {
    guard let principal else { return true }
    let wanted = principal.lowercased()
    return [who.name, who.role, who.session, who.sourceIdentity, who.arn].contains { text in
      text?.lowercased().contains(wanted) ?? false
    }
  }
}

/// The pushlog, newest first: one line an update.
public struct PushLogText {
  private let report: ProvenanceReport
  private let filter: PushLogFilter

  public init(_ report: ProvenanceReport, filter: PushLogFilter = PushLogFilter()) {
    self.report = report
    self.filter = filter
  }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    page.pushLog(rows(isNarrow: (style.width ?? .max) < 110))
    return page.text
  }

  private func rows(isNarrow: Bool) -> [[TextPage.Span]] {
    var rows: [[TextPage.Span]] = []
    var pushes = report.pushes[...]
    var attempts = filter.includesAttempts ? report.attempts[...] : []
    let limit = filter.limit ?? .max
    while rows.count < limit {
      // Both are in ledger order; the newer end goes first.
      if let push = pushes.last, attempts.last.map({ $0.time <= push.time }) ?? true {
        pushes.removeLast()
        guard filter.admits(push.principal) else { continue }
        rows += TextPage.logRows(of: push, isNarrow: isNarrow) { update in
          filter.admits(update.ref) && (!filter.onlyForced || update.transition == .forced)
        }
        if push.omitted, filter.ref == nil, !filter.onlyForced { rows.append(TextPage.omittedRow(of: push)) }
      } else if let attempt = attempts.popLast() {
        guard filter.admits(attempt.principal), !filter.onlyForced else { continue }
        let references = attempt.references.filter { filter.admits(rawRef: $0) }
        guard filter.ref == nil || !references.isEmpty else { continue }
        rows.append([
          TextPage.Span(attempt.time.description, .dim),
          TextPage.Span(isNarrow ? attempt.principal.name : Wording.who(attempt.principal)),
          TextPage.Span(references.map { Wording.name(RefName($0)) }.joined(separator: ", "), .cyan),
          TextPage.Span(attempt.errorCode.map { "refused: \($0)" } ?? "nothing moved", .dim), "", "", "",
        ])
      } else {
        break
      }
    }
    return Array(rows.prefix(limit))
  }
}

extension TextPage {
  /// Time, who, ref, old and new tip, transition mark, commits; what became of it where it is not plainly intact.
  mutating func pushLog(_ rows: [[Span]], indent: Int = 0) {
    table(
      [
        Column(title: "time"), Column(title: "who", leastWidth: 8), Column(title: "ref", leastWidth: 8),
        Column(title: "old..new"), Column(title: ""), Column(title: "commits", isRightAligned: true),
        Column(title: ""),
      ], rows, indent: indent, hasTitles: false, cuts: true)
  }

  /// The last update of a push first, as the whole log runs backwards.
  static func logRows(
    of push: PushReport, isNarrow: Bool, where admits: (UpdateReport) -> Bool
  ) -> [[Span]] {
    push.updates.reversed().filter(admits).map { update in
      let note = update.verdict == .intact ? "" : Wording.verdict(update)
      return [
        Span(push.time.description, .dim), Span(isNarrow ? push.principal.name : Wording.who(push.principal)),
        Span(Wording.name(update.ref), .cyan),
        Span(Wording.range(update, digits: isNarrow ? 8 : 12)),
        Span(Wording.mark(update.transition), update.transition.ink),
        Span(Wording.commits(update)), Span(note, update.verdict?.ink),
      ]
    }
  }

  static func omittedRow(of push: PushReport) -> [Span] {
    [
      Span(push.time.description, .dim), Span(Wording.who(push.principal)), Span("(omitted by CloudTrail)", .cyan), "",
      Span("?", .yellow), "", "",
    ]
  }
}

extension Transition {
  var ink: TextStyle.Ink? {
    switch self {
    case .forced: .boldRed
    case .deleted: .red
    case .created: .green
    case .unknown: .yellow
    case .fastForward, .unchanged: nil
    }
  }
}

extension Verdict {
  var ink: TextStyle.Ink? {
    switch self {
    case .intact: .green
    case .keptElsewhere, .merged: nil
    case .deleted, .overwritten: .red
    case .missing: .boldRed
    case .unverifiable: .yellow
    }
  }
}
