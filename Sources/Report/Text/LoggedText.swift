public import PushModel

/// What records say by themselves, unjudged: who, when, from where, which refs and tips.
public struct LoggedText {
  private let events: [TrailEvent]

  /// - Parameter events: In the order in which they are printed.
  public init(_ events: [TrailEvent]) { self.events = events }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    for event in events {
      page.separate()
      page.line(TextPage.Span("event \(event.eventID)", .bold))
      show(event, on: &page)
    }
    page.separate()
    page.paragraph(TextPage.Span("As logged: whether it landed, what it replaced and what became of it is not judged."))
    return page.text
  }

  private func show(_ event: TrailEvent, on page: inout TextPage) {
    page.field("time", event.time.description)
    page.field("who", Wording.who(event.principal))
    if let arn = event.principal.arn { page.field("", arn, .dim) }
    page.field("from", event.sourceIPAddress.isEmpty ? "not told" : event.sourceIPAddress)
    page.field("client", event.userAgent + (event.gitProtocol.map { " over \($0)" } ?? ""))
    if let mfa = event.principal.mfa { page.field("mfa", mfa ? "yes" : "no") }
    page.field("action", event.action)
    page.field("repository", repository(event.repository))
    if let code = event.errorCode { page.field("result", "refused: \(code)") }
    switch event.kind {
    case .push(let entries):
      for entry in entries {
        switch entry.target {
        case .commit(let tip): page.field("ref", "\(entry.ref.rawValue) \(tip.hex)")
        case .deletion(let old):
          page.field("ref", "\(entry.ref.rawValue) deleted" + (old.map { ", was \($0.hex)" } ?? ""))
        }
      }
    case .refChange(let change):
      page.field("ref", "\(change.ref.rawValue) \(change.after?.hex ?? "deleted")")
    case .pushOmitted: page.field("refs", "omitted: CloudTrail cut the list, any ref may have moved")
    default: page.field("refs", "none moved")
    }
    page.field("record", event.location.description)
  }

  private func repository(_ reference: RepositoryReference) -> String {
    let place = [reference.accountID, reference.region].compactMap(\.self).joined(separator: ", ")
    return (reference.name ?? "not told") + (place.isEmpty ? "" : " (\(place))")
  }
}
