internal import PushModel

/// What `recover` prints: commands, under comments that say what each brings back.
public struct RecoverText {
  private let recovery: Recovery

  public init(_ recovery: Recovery) { self.recovery = recovery }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    if recovery.items.isEmpty { page.line("# nothing was removed that the evidence tells of") }
    for item in recovery.items {
      page.separate()
      page.line(TextPage.Span("# \(item.commit.hex)", .bold))
      for loss in item.losses { page.line(TextPage.Span("# \(AskText.inert(loss))", .dim)) }
      page.line(TextPage.Span("# \(words(for: item))", .dim))
      for note in item.notes { page.line(TextPage.Span("# \(AskText.inert(note))", .dim)) }
      for command in item.commands { page.line(TextPage.Span(AskText.copyable(command))) }
    }
    if recovery.unjudged > 0 {
      page.separate()
      page.line(
        "# \(Wording.count(recovery.unjudged, "update")) of this ref could not be judged and may have removed more: git pushtrail ask"
      )
    }
    return page.text
  }

  private func words(for item: Recovery.Item) -> String {
    let doubt = recovery.uncertainRefs.isEmpty ? "" : " whose state is known"
    let nowhere = item.former.map { "on no ref of \($0)" } ?? "on no ref of the server\(doubt)"
    if item.isTag, item.place == .server {
      return
        "\(nowhere); a tag's object, which whoever fetched it has, and the server may: the first command, if it answers, brings it here, the second back"
    }
    switch item.place {
    case .refs(let refs):
      let names = refs.map { AskText.inert(Wording.name(RefName($0))) }
      return names.isEmpty
        ? "it is still on the server's refs: nothing needs bringing back"
        : "still on \(names.joined(separator: ", ")): nothing needs bringing back"
    case .clone(let path, let branch):
      return "\(nowhere); clone \(AskText.inert(path)) still has it"
        + (branch.map { ", on its branch \(AskText.inert($0))" } ?? "")
    case .server:
      return "in no clone that was given; the server may still have it: either command, if it answers, brings it back"
    case .nowhere:
      return "in no clone that was given, and the server says that it does not have it: nothing here brings it back"
    case .unknown: return "nothing here has it, and nothing tells that it was lost"
    }
  }
}
