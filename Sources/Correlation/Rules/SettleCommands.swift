internal import PushModel
internal import RefLedger

/// The commands that would turn an unknown into an answer. They are printed, never run, and none destroys evidence.
struct SettleCommands {
  /// git, where commands run: in the first clone, and in one whose history is cut short.
  private let git: String
  private let gitOfIncomplete: String
  private let remote: String
  private let isShallow: Bool
  private let isBare: Bool
  private let repository: (account: String, region: String)
  private let gone: Set<ObjectID>
  private let questions: ServerQuestions

  init(_ judgement: Judgement) {
    let clones = judgement.evidence.clones
    let shallow = judgement.evidence.shallowClones.min()
    let incomplete = shallow ?? clones.firstIndex { !$0.complete }
    git = Self.git(in: clones.first?.path)
    gitOfIncomplete = Self.git(in: incomplete.map { clones[$0].path } ?? clones.first?.path)
    remote = judgement.evidence.remoteName
    isShallow = shallow != nil
    isBare = clones.first?.bare ?? false
    gone = judgement.evidence.server.gone
    questions = judgement.serverQuestions
    repository = (judgement.evidence.accountID ?? "ACCOUNT", judgement.evidence.region ?? "REGION")
  }

  /// A path of `.` is where one stands.
  private static func git(in path: String?) -> String {
    path.map { $0 == "." ? "git" : "git -C \(ShellWord.path($0))" } ?? "git"
  }

  /// Brings one object without rewriting FETCH_HEAD, which is evidence.
  func fetch(_ id: ObjectID) -> String { "\(git) fetch --no-write-fetch-head \(ShellWord.operand(remote)) \(id)" }

  /// Brings objects, no two of which are one, or asks the server what it knows of them; nothing of those that it says it
  /// does not have.
  func lookFor(_ ids: [ObjectID]) -> [String] {
    let asked = gone.isEmpty ? ids : ids.filter { !gone.contains($0) }
    return asked.prefix(20).map(fetch) + questions.calls(for: asked)
  }

  /// Whether the server says that it does not have it.
  func isGone(_ id: ObjectID) -> Bool { gone.contains(id) }

  func unshallow() -> String {
    isShallow
      ? "\(gitOfIncomplete) fetch --no-write-fetch-head --unshallow \(ShellWord.operand(remote))"
      : "\(gitOfIncomplete) fetch --no-write-fetch-head --refetch \(ShellWord.operand(remote))"
  }

  /// Asks the server for every ref, and judges with its answer.
  func lookAtRefs() -> [String] {
    ["\(git) ls-remote \(ShellWord.operand(remote)) > refs-seen.txt  # then add: --refs-seen refs-seen.txt"]
  }

  /// Asks the server for its default branch, and has the clone keep it; a bare clone's HEAD is its own.
  func noteDefaultBranch() -> String {
    isBare ? "\(git) symbolic-ref HEAD refs/heads/BRANCH" : "\(git) remote set-head \(ShellWord.operand(remote)) --auto"
  }

  /// Copies the trail's files of some days.
  func trail(from start: Timestamp, to end: Timestamp) -> [String] {
    let first = max(start.day, 0)
    let last = min(max(first, end.day), first + 400)
    let days = (first...last).map { day in
      String(Timestamp(seconds: day * 86_400).description.prefix(10)).split(separator: "-").joined(separator: "/")
    }
    let root = "AWSLogs/\(repository.account)/CloudTrail/\(repository.region)"
    if days.count <= 3 {
      return days.map {
        "aws s3 sync \(ShellWord.quoted("s3://TRAIL-BUCKET/\(root)/\($0)/")) \(ShellWord.quoted("TRAIL/\(root)/\($0)/"))"
      }
    }
    return ["aws s3 sync \(ShellWord.quoted("s3://TRAIL-BUCKET/\(root)/")) \(ShellWord.quoted("TRAIL/\(root)/"))"]
  }

  /// Copies one file again.
  func copyAgain(_ place: UnreadablePlace) -> String {
    guard let range = place.path.firstRange(of: "AWSLogs/") else {
      return "gzip -t \(ShellWord.path(place.path))  # then copy the file again"
    }
    return
      "aws s3 cp \(ShellWord.quoted("s3://TRAIL-BUCKET/" + place.path[range.lowerBound...])) \(ShellWord.path(place.path))"
  }

  func commands(for reason: UnknownReason, tips: [ObjectID], from start: Timestamp?, to end: Timestamp?) -> [String] {
    switch reason {
    case .incompleteHistory:
      (isShallow || questions.absentParents.isEmpty ? [unshallow()] : [])
        + questions.calls(for: questions.absentParents)
    case .tipAbsent: lookFor(tips)
    case .notFetchedYet:
      lookAtRefs() + lookFor(tips)
    case .refNotFetched, .notTracked, .timeUnproven, .referencesOmitted, .possibleDeletion, .order, .race:
      lookAtRefs()
    case .trailGap, .trailBehind:
      start.map { trail(from: $0, to: end ?? $0) } ?? []
    case .beforeUnknown: []
    }
  }
}
