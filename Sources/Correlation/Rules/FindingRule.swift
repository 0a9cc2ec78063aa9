internal import PushModel

/// One rule of DESIGN 9: looks at what was judged, and says what people must know. It judges nothing itself.
protocol FindingRule: Sendable {
  func findings(in judgement: Judgement) -> [Finding]
}

/// Every rule that needs no policy.
let defaultRules: [any FindingRule] = [
  CommitsMissingRule(), UnloggedUpdateRule(), UnjoinedChangeRule(), TrailConflictRule(), TrailChangedRule(),
  TrailIntegrityRule(), ForcePushRule(), RefDeletedRule(), UnattributedCommitsRule(), UnloggedPullRule(),
  ExposureRule(), RootPushRule(),
  DeniedPushRule(), TrailGapRule(), UnknownsRule(),
]

/// Words that several rules use.
enum Phrase {
  /// `3 commits`, `1 commit`.
  static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// Who pushed, as people read it: the session before the role.
  static func person(_ principal: Principal) -> String {
    guard let role = principal.role, role != principal.name else { return principal.name }
    return "\(principal.name) (role \(role))"
  }

  /// The event, as a line of evidence.
  static func event(_ event: TrailEvent) -> String {
    "\(event.action) \(event.eventID) at \(event.time) by \(person(event.principal)) (\(event.location))"
  }

  /// `CLONE: REF` or `CLONE`, as people read it.
  private static func place(_ text: String) -> String {
    guard let colon = text.ranges(of: ": refs/").last else { return "clone \(text)" }
    let ref = RefName("refs/" + text[colon.upperBound...])
    return "clone \(text[..<colon.lowerBound]) (\(ref.shorthand))"
  }

  /// Where removed commits still are, in words.
  static func survival(_ commits: [UpdateReport.Removed.Commit]) -> String {
    let reachable = commits.filter { $0.survival == .reachable }
    let unreachable = commits.filter { $0.survival == .unreachable }
    let absent = commits.filter { $0.survival == .absent }
    var parts: [String] = []
    if !reachable.isEmpty {
      let refs = unique(reachable.flatMap { $0.refs ?? [] }).map { RefName($0).shorthand }
      parts.append("\(reachable.count) still on \(refs.prefix(3).joined(separator: ", "))")
    }
    if !unreachable.isEmpty {
      let places = unique(unreachable.flatMap { $0.refs ?? [] })
      parts.append("\(unreachable.count) on no ref, but kept in \(places.prefix(2).map(place).joined(separator: ", "))")
    }
    if !absent.isEmpty {
      let kept = absent.count { $0.refs?.contains(UpdateReport.Removed.Commit.onServer) ?? false }
      let server = kept == 0 ? "" : kept == absent.count ? ", but on the server" : ", \(kept) of them on the server"
      parts.append("\(absent.count) in no clone\(server)")
    }
    return parts.joined(separator: "; ")
  }
}
