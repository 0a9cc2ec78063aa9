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

  /// `on no ref`, of which repository where there were several.
  static func onNoRef(_ evidence: Evidence) -> String {
    "on no ref" + (evidence.former.map { " of \($0)" } ?? "")
  }

  /// Where removed commits still are, in words.
  static func survival(_ commits: [UpdateReport.Removed.Commit], _ evidence: Evidence) -> String {
    var (reachable, unreachable, absent, onServer) = (0, 0, 0, 0)
    // As many as are said.
    var refs: [String] = []
    var places: [String] = []
    for commit in commits {
      switch commit.survival {
      case .reachable:
        reachable += 1
        for ref in commit.refs ?? [] where refs.count < 3 && !refs.contains(ref) { refs.append(ref) }
      case .unreachable:
        unreachable += 1
        for place in commit.refs ?? [] where places.count < 2 && !places.contains(place) { places.append(place) }
      case .absent:
        absent += 1
        if commit.refs?.contains(UpdateReport.Removed.Commit.onServer) ?? false { onServer += 1 }
      }
    }
    var parts: [String] = []
    if reachable > 0 {
      parts.append("\(reachable) still on \(refs.map { RefName($0).shorthand }.joined(separator: ", "))")
    }
    if unreachable > 0 {
      parts.append("\(unreachable) \(onNoRef(evidence)), but kept in \(places.map(place).joined(separator: ", "))")
    }
    if absent > 0 {
      let server =
        onServer == 0 ? "" : onServer == absent ? ", but on the server" : ", \(onServer) of them on the server"
      parts.append("\(absent) in no clone\(server)")
    }
    return parts.joined(separator: "; ")
  }
}
