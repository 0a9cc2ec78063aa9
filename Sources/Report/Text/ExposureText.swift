public import Correlation
internal import PushModel

/// What `exposure` prints: how long a commit was on the server's refs, who read them meanwhile, and which clones have it.
public struct ExposureText {
  private let exposure: Exposure

  public init(_ exposure: Exposure) { self.exposure = exposure }

  public func text(_ style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    page.line(TextPage.Span("object \(exposure.commit.hex)", .bold))
    page.blank()
    page.line(TextPage.Span("On the server", .bold))
    if exposure.intervals.isEmpty {
      page.paragraph("on no ref, as far as the trail and the clones tell", indent: 2)
    }
    for interval in exposure.intervals {
      let start = interval.start?.description ?? "before the trail"
      let doubt = interval.certainty == .possible ? "perhaps, " : ""
      page.field(Wording.name(interval.ref), "\(doubt)\(start) to \(interval.end?.description ?? "now")")
      if let event = interval.pushedBy { page.field("", "brought by event \(event)", .dim) }
      if let event = interval.droppedBy { page.field("", "gone no later than event \(event)", .dim) }
      if interval.end != nil, interval.droppedBy == nil { page.field("", "gone by the word of a clone alone", .dim) }
    }
    if !exposure.uncertainRefs.isEmpty {
      let names = exposure.uncertainRefs.prefix(5).map(Wording.name).joined(separator: ", ")
      let others = exposure.uncertainRefs.count > 5 ? " and \(exposure.uncertainRefs.count - 5) more" : ""
      page.paragraph(
        "What \(names)\(others) hold is not known: they may have it too, and then more may have read it.", indent: 2)
    }
    page.blank()
    page.line(TextPage.Span("Read meanwhile", .bold))
    if exposure.reads.isEmpty {
      page.paragraph(
        TextPage.Span(
          exposure.lacksPulls
            ? "the trail holds no GitPull at all: who read is not known" : "by nobody that the trail names"
        ), indent: 2)
    }
    page.table(
      [
        TextPage.Column(title: "TIME"), TextPage.Column(title: "GOT IT"), TextPage.Column(title: "WHO"),
        TextPage.Column(title: "FROM"), TextPage.Column(title: "CLIENT"), TextPage.Column(title: "EVENT"),
        TextPage.Column(title: "CLONE"),
      ],
      exposure.reads.map { read in
        [
          TextPage.Span(read.time.description),
          TextPage.Span(read.certainty.rawValue, read.certainty == .confirmed ? .bold : nil),
          TextPage.Span(Wording.who(read.principal)), TextPage.Span(read.sourceIPAddress),
          TextPage.Span(read.userAgent), TextPage.Span("\(read.action) \(read.eventID)"),
          TextPage.Span(read.clone ?? ""),
        ]
      }, indent: 2)
    if exposure.excluded > 0 {
      page.paragraph(TextPage.Span("left out by --exclude-principal: \(exposure.excluded)", .dim), indent: 2)
    }
    if exposure.reads.contains(where: { $0.certainty == .possible }) {
      page.blank()
      page.paragraph(
        "A GitPull names no refs: a possible reader may have fetched other branches alone. A clone of the reader's, given with --repo, can confirm it.",
        indent: 2)
    }
    if !exposure.clones.isEmpty {
      page.blank()
      page.line(TextPage.Span("Clones that have it", .bold))
      for copy in exposure.clones {
        let since = copy.time.map { "at \($0.description) by its own clock" } ?? "since when its files do not tell"
        page.line("\(copy.clone), \(since)", indent: 2)
      }
    }
    return page.text
  }
}
