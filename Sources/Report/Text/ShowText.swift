public import Correlation
internal import PushModel

/// What `show` prints of one commit, ref or event: who pushed it first, from where and with what, and what became of it.
public struct ShowText {
  private let index: PushIndex
  private let subject: Subject

  public init(_ report: ProvenanceReport, subject: Subject) {
    index = PushIndex(report)
    self.subject = subject
  }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    switch subject {
    case .commit(let id): show(id, on: &page)
    case .ref(let name): show(name, on: &page)
    case .event(let id): show(event: id, on: &page)
    }
    return page.text
  }

  // MARK: A commit

  private func show(_ id: ObjectID, on page: inout TextPage) {
    page.line(TextPage.Span("object \(id.hex)", .bold))
    var isIntroduced = false
    for push in index.report.pushes {
      for update in push.updates {
        let isExact = update.introduced?.commits.contains(id) ?? false
        guard isExact || update.introduced?.atOrBeforeCommits?.contains(id) ?? false else { continue }
        isIntroduced = true
        page.blank()
        let words = Wording.attribution(index.basis(at: push.time))
        page.field("pushed", isExact ? words : "on the server no later than this push; an earlier one may have had it")
        page.pushFields(push)
        page.updateFields(update, index)
      }
    }
    // Removal speaks of the commit itself; the verdict above is its push's tip.
    for push in index.report.pushes {
      for update in push.updates {
        guard let commit = update.removed?.commits.first(where: { $0.id == id }) else { continue }
        page.blank()
        page.field(
          "removed",
          "\(update.removed?.upperBound == true ? "perhaps " : "")from \(Wording.name(update.ref)) by "
            + "\(Wording.who(push.principal)) at \(push.time) (\(Wording.transition(update)))")
        page.field("event", push.eventID)
        page.field("now", Self.survival(commit, former: index.report.former(at: push.time)))
      }
    }
    let tips = index.report.pushes.flatMap { push in
      push.updates.filter { $0.after == id }.map { (push, $0) }
    }
    if !tips.isEmpty {
      page.blank()
      page.line(TextPage.Span("Pushed as a tip", .bold))
      page.pushLog(
        tips.reversed().flatMap { push, update in
          TextPage.logRows(of: push, isNarrow: true) { $0.ref == update.ref && $0.after == id }
        }, indent: 2)
    }
    let refs = index.report.refs.filter { $0.seen?.tip == id || $0.ledgerTip == id }
    if !refs.isEmpty {
      page.blank()
      page.field("tip of", refs.map { Wording.name($0.ref) }.joined(separator: ", "))
    }
    if !isIntroduced {
      page.blank()
      page.field("pushed", Self.unlogged(id, in: index.report))
    }
  }

  /// Why no update brought a commit.
  private static func unlogged(_ id: ObjectID, in report: ProvenanceReport) -> String {
    let refs = report.refs.filter { $0.unattributed.commits.contains(id) }
    guard !refs.isEmpty else {
      return "by no update of this report: it is older than the trail, or the pushes that may have brought it lie "
        + "outside"
    }
    let shown = refs.prefix(3).map { Wording.name($0.ref) }.joined(separator: ", ")
    let on = shown + (refs.count > 3 ? " and \(Wording.count(refs.count - 3, "more ref"))" : "")
    return refs.allSatisfy { $0.state == .trailBehind }
      ? "by no logged update yet: the trail does not reach to when \(on) \(refs.count == 1 ? "was" : "were") last seen"
      : "by no logged update, and it is on \(on): it is older than the trail, or its push has no record"
  }

  static func survival(_ commit: UpdateReport.Removed.Commit, former: String? = nil) -> String {
    let places = (commit.refs ?? []).joined(separator: ", ")
    switch commit.survival {
    case .reachable: return "still in the history of " + (places.isEmpty ? "a ref" : places)
    case .unreachable:
      return "on no ref\(former.map { " of \($0)" } ?? ""), but recoverable from "
        + (places.isEmpty ? "a clone" : places)
    case .absent: return "in no clone here" + (commit.refs == nil ? "" : ", but on the server by its own word")
    }
  }

  // MARK: A ref

  private func show(_ name: RefName, on page: inout TextPage) {
    page.line(TextPage.Span("ref \(name.rawValue)", .bold))
    if let ref = index.report.refs.first(where: { $0.ref == name }) {
      page.field("state", Wording.state(ref.state) + (ref.protected ? ", protected" : ""))
      page.field("span", Wording.span(ref))
      let tips = ref.possible.map { $0.map { $0?.hex ?? "none" }.joined(separator: " or ") }
      page.field("logged tip", tips ?? ref.ledgerTip?.hex ?? "none")
      page.field("seen", ref.seen.map(Wording.tip(of:)) ?? "by nobody")
      if ref.unattributed.count > 0 {
        page.field("unattributed", "\(Wording.count(ref.unattributed.count, "commit")) that no logged update brought")
      }
    }
    let first = index.report.pushes.first { $0.updates.contains { $0.ref == name } }
    if let push = first, let update = push.updates.first(where: { $0.ref == name }) {
      page.blank()
      page.field("first push", Wording.transition(update))
      page.pushFields(push)
    }
    let rows = index.report.pushes.reversed().flatMap { push in
      TextPage.logRows(of: push, isNarrow: true) { $0.ref == name }
    }
    if !rows.isEmpty {
      page.blank()
      page.line(TextPage.Span("Updates, newest first", .bold))
      page.pushLog(rows, indent: 2)
    }
  }

  // MARK: An event

  private func show(event id: String, on page: inout TextPage) {
    if let push = index.push(id) {
      page.line(TextPage.Span("event \(id)", .bold))
      page.pushFields(push, hasEvent: false)
      if push.omitted { page.field("refs", "omitted: CloudTrail cut the list, any ref may have moved") }
      for update in push.updates {
        page.blank()
        page.field("ref", update.ref.rawValue)
        page.updateFields(update, index)
        if let introduced = update.introduced, introduced.count > 0 {
          let words = Wording.attribution(index.basis(at: push.time))
          var text = "\(Wording.count(introduced.count - introduced.atOrBefore, "commit")) \(words)"
          if introduced.atOrBefore > 0 { text += ", \(introduced.atOrBefore) on the server no later than it" }
          page.field("commits", text)
          for commit in introduced.commits { page.line(TextPage.Span(commit.hex), indent: TextPage.fieldIndent) }
        }
      }
    } else if let attempt = index.report.attempts.first(where: { $0.eventID == id }) {
      page.line(TextPage.Span("event \(id)", .bold))
      page.field("time", attempt.time.description)
      page.field("action", attempt.action)
      page.field("who", Wording.who(attempt.principal))
      page.field("result", attempt.errorCode.map { "refused: \($0)" } ?? "nothing moved")
      page.field("refs", attempt.references.isEmpty ? "not told" : attempt.references.joined(separator: ", "))
    }
  }
}

extension TextPage {
  static let fieldIndent = 14

  /// `name        value`, the value wrapped under itself.
  mutating func field(_ name: String, _ value: String, _ ink: TextStyle.Ink? = nil) {
    let padding = String(repeating: " ", count: max(1, Self.fieldIndent - 2 - name.count))
    paragraph(Span(name + padding, .dim), Span(value, ink), indent: 2, hanging: Self.fieldIndent)
  }

  mutating func pushFields(_ push: PushReport, hasEvent: Bool = true) {
    field("time", push.time.description)
    field("who", Wording.who(push.principal))
    if let arn = push.principal.arn { field("", arn, .dim) }
    field("from", push.sourceIPAddress.isEmpty ? "not told" : push.sourceIPAddress)
    field("client", push.userAgent + (push.gitProtocol.map { " over \($0)" } ?? ""))
    if let clone = push.madeFrom { field("made from", "clone \(clone), by its reflog") }
    if let mfa = push.principal.mfa { field("mfa", mfa ? "yes" : "no") }
    field("action", push.action)
    if hasEvent { field("event", push.eventID) }
  }

  mutating func updateFields(_ update: UpdateReport, _ index: PushIndex) {
    field("update", "\(Wording.name(update.ref)) \(Wording.range(update))")
    var how = Wording.transition(update)
    if let proof = update.proof {
      how += ", proved by the \(proof.rawValue == "absence" ? "absence of the old tip" : proof.rawValue)"
    }
    field("transition", how, update.transition.ink)
    if update.landed == .shown { field("landed", "shown by something other than its own record") }
    if update.landed == .logged { field("landed", "by its own record alone") }
    if update.landed == .no { field("landed", "no: it was refused") }
    let verdict = Wording.verdict(update)
    if !verdict.isEmpty, update.landed != .no { field("now", verdict, update.verdict?.ink) }
    if let dropped = update.droppedBy {
      var text = dropped.certainty == .exact ? "" : "no later than "
      text += "event \(dropped.eventID)"
      if let actor = index.actor(dropped.eventID) { text += ", \(Wording.who(actor.principal)) at \(actor.time)" }
      field("dropped by", text)
    }
    if let merged = update.mergedBy { field("merged by", "event \(merged)") }
    if let elsewhere = update.elsewhere {
      field("elsewhere", elsewhere == .none ? "on no other ref" : "unknown: some ref's state is not known")
    }
    if let removed = update.removed, removed.count > 0 {
      field("removed", Wording.boundWords(removed) + Wording.count(removed.count, "commit"))
    }
  }
}
