public import Correlation
public import PushModel

/// How to bring back what was removed: for each lost tip, where it still is and the commands that restore it. Nothing is
/// run, and no command moves a branch that exists.
public struct Recovery: Sendable {
  public struct Item: Sendable {
    public var commit: ObjectID
    /// It was the tip of a tag, and may be a tag object, which no branch can hold.
    public var isTag: Bool
    /// What became of it, one sentence a loss.
    public var losses: [String]
    public var place: Place
    /// Set where it was lost with a repository that was made again under its name since: that one, in words.
    public var former: String?
    /// What people should know of the commands.
    public var notes: [String]
    public var commands: [String]
  }

  public enum Place: Hashable, Sendable {
    /// On these refs: nothing needs bringing back.
    case refs([String])
    /// In a clone, on no ref of the server; in a branch of the clone's own where that is told.
    case clone(path: String, branch: String?)
    /// In no clone here: the server may still have it.
    case server
    /// In no clone here, and the server says that it does not have it.
    case nowhere
    /// Nothing in the report says that it was lost, nor where it is.
    case unknown
  }

  public let items: [Item]
  /// Refs whose state is not known: they may have what is said to be lost.
  public let uncertainRefs: [RefName]
  /// Updates of the ref in question that may have removed more.
  public let unjudged: Int

  public init(_ report: ProvenanceReport, subject: Subject) {
    let finder = Finder(report)
    items = finder.targets(of: subject).map { commit, losses in
      var place = finder.place(of: commit)
      if place == .server, report.goneFromServer.contains(commit) { place = .nowhere }
      let isTag = finder.isTag(commit)
      return Item(
        commit: commit, isTag: isTag, losses: losses, place: place, former: finder.formers[commit],
        notes: finder.notes(at: place), commands: finder.commands(for: commit, isTag: isTag, at: place))
    }
    uncertainRefs = report.uncertainRefs
    unjudged =
      switch subject {
      case .ref(let name):
        report.pushes.lazy.flatMap(\.updates).count { $0.ref == name && $0.transition == .unknown }
      case .commit, .event: 0
      }
  }
}

/// Looks up what was lost, and where it is, in a report.
private struct Finder {
  let report: ProvenanceReport
  private var survivals: [ObjectID: UpdateReport.Removed.Commit] = [:]
  private var tips: [ObjectID: TipState] = [:]
  private var tagTips: Set<ObjectID> = []
  /// Removed by some update beside the one that removed its tip: its tip brings it back too.
  private var coveredBy: [ObjectID: ObjectID] = [:]
  /// Removed from a repository that was made again since.
  private(set) var formers: [ObjectID: String] = [:]

  init(_ report: ProvenanceReport) {
    self.report = report
    survivals = report.places
    for (push, update) in report.pushes.lazy.flatMap({ push in push.updates.lazy.map { (push, $0) } }) {
      if let after = update.after { tips[after] = update.tip }
      let former = report.former(at: push.time)
      if update.takesAway, let before = update.before.tip { formers[before] = former }
      if update.ref.isTag { tagTips.formUnion([update.before.tip, update.after].compactMap(\.self)) }
      guard let removed = update.removed else { continue }
      for commit in removed.commits {
        survivals[commit.id] = commit
        formers[commit.id] = former
        if let before = update.before.tip, before != commit.id { coveredBy[commit.id] = before }
      }
    }
  }

  // MARK: - What was lost

  func targets(of subject: Subject) -> [(ObjectID, [String])] {
    switch subject {
    case .commit(let id): return described([id])
    case .event(let id):
      var found: [ObjectID] = []
      for update in report.pushes.lazy.filter({ $0.eventID == id }).flatMap(\.updates) {
        if update.takesAway {
          found += [update.before.tip].compactMap(\.self)
        } else if update.isLost {
          found += [update.after].compactMap(\.self)
        }
      }
      return described(found)
    case .ref(let name):
      var found: [ObjectID] = []
      for update in report.pushes.lazy.flatMap(\.updates) where update.ref == name {
        if update.takesAway, let before = update.before.tip { found.append(before) }
        if update.isLost, let after = update.after { found.append(after) }
      }
      let all = Set(found)
      return described(found.filter { id in coveredBy[id].map { !all.contains($0) } ?? true })
    }
  }

  private func described(_ found: [ObjectID]) -> [(ObjectID, [String])] {
    var seen: Set<ObjectID> = []
    return found.filter { seen.insert($0).inserted }.map { id in (id, losses(of: id)) }
  }

  /// `TRANSITION on REF by WHO at TIME (event ID)` of each update that removed it; where none surely did, of each by which
  /// it was gone.
  private func losses(of id: ObjectID) -> [String] {
    let removals = removals(of: id)
    guard removals.isEmpty else { return removals }
    return report.pushes.lazy.flatMap(\.updates).compactMap { update in
      guard update.after == id, update.isLost, let dropped = update.droppedBy else { return nil }
      let what = update.verdict == .deleted ? "deleted with" : "overwritten on"
      return "\(what) \(Wording.name(update.ref)) no later than by event \(dropped.eventID)"
    }
  }

  private func removals(of id: ObjectID) -> [String] {
    report.pushes.flatMap { push in
      push.updates.compactMap { update -> String? in
        guard update.takesAway, let before = update.before.tip,
          before == id || update.removed?.commits.contains(where: { $0.id == id }) ?? false
        else { return nil }
        return
          "\(update.transition == .deleted ? "deleted with" : "overwritten on") \(Wording.name(update.ref)) by \(Wording.who(push.principal)) at \(push.time) (event \(push.eventID))"
      }
    }
  }

  // MARK: - Where it is

  func isTag(_ commit: ObjectID) -> Bool { tagTips.contains(commit) && survivals[commit] == nil }

  func place(of commit: ObjectID) -> Recovery.Place {
    if isTag(commit) {
      // What becomes of the commit that a tag object leads to says nothing of the tag object.
      let refs = refs(at: commit)
      return refs.isEmpty ? .server : .refs(refs)
    }
    if let survival = survivals[commit] {
      switch survival.survival {
      case .reachable: return .refs(survival.refs ?? [])
      case .absent: return .server
      case .unreachable:
        // What is on none of that one's refs may be a tip of this one's.
        let again = formers[commit] == nil ? [] : refs(at: commit)
        guard again.isEmpty else { return .refs(again) }
        guard let text = survival.refs?.first else { return .server }
        guard let colon = text.ranges(of: ": refs/").last else { return .clone(path: text, branch: nil) }
        return .clone(
          path: String(text[..<colon.lowerBound]), branch: RefName("refs/" + text[colon.upperBound...]).shorthand)
      }
    }
    switch tips[commit] {
    case .onRef, .onOtherRef:
      return .refs(refs(at: commit))
    case .absent: return .server
    case .unreachable, .unknown:
      return report.clones.count == 1 ? .clone(path: report.clones[0].path, branch: nil) : .unknown
    case .notACommit, .some(.none), nil:
      let isNamed = report.pushes.contains { $0.updates.contains { $0.before.tip == commit } }
      return isNamed ? .server : .unknown
    }
  }

  private func refs(at tip: ObjectID) -> [String] {
    report.refs.filter { $0.seen?.tip == tip || $0.ledgerTip == tip }.map(\.ref.rawValue)
  }

  // MARK: - Commands

  func commands(for commit: ObjectID, isTag: Bool, at place: Recovery.Place) -> [String] {
    let name = "recovered/\(commit.short)"
    let asking = Holder(report.clones.first, in: report)
    if isTag, place == .server {
      return [
        asking.fetch(commit) + (asking.isBare ? "" : " && \(asking.git) tag \(name) \(commit.hex)"),
        asking.push(commit, to: "refs/tags/\(name)"),
      ]
    }
    switch place {
    case .refs, .nowhere, .unknown: return []
    case .clone(let path, let branch):
      let holder = Holder(at: path, in: report)
      return (branch == nil && !holder.isBare ? [holder.keep(commit, as: name)] : [])
        + (holder.isShallow ? [holder.unshallow] : []) + [holder.push(commit, to: "refs/heads/\(name)")]
    case .server:
      let repository = ShellWord.option("--repository-name", report.repository.name)
      let region = report.repository.region.isEmpty ? "" : " " + ShellWord.option("--region", report.repository.region)
      return [
        asking.fetch(commit) + " && "
          + (asking.isBare ? asking.push(commit, to: "refs/heads/\(name)") : asking.keep(commit, as: name)),
        "aws codecommit create-branch \(repository) --branch-name \(name) --commit-id \(commit.hex)\(region)",
      ]
    }
  }

  /// What people should know of the commands for what is there.
  func notes(at place: Recovery.Place) -> [String] {
    guard case .clone(let path, _) = place else { return [] }
    return Holder(at: path, in: report).notes
  }
}

/// A clone, and the commands that take something from it to the server.
private struct Holder {
  /// git, where the clone is; a path of `.` is where one stands.
  let git: String
  /// Its branches are copies of the server's, which the next fetch may take away, and which pass for the server's.
  let isBare: Bool
  let isShallow: Bool
  private let remote: String
  private let route: CloneSummary.PushRoute

  init(at path: String, in report: ProvenanceReport) {
    self.init(report.clones.first { $0.path == path }, path: path)
  }

  init(_ clone: CloneSummary?, in report: ProvenanceReport) { self.init(clone, path: clone?.path) }

  private init(_ clone: CloneSummary?, path: String?) {
    git = path.map { $0 == "." ? "git" : "git -C \(ShellWord.path($0))" } ?? "git"
    isBare = clone?.bare ?? false
    isShallow = clone?.isShallow ?? false
    route = clone?.pushRoute ?? .remote
    // `NAME URL`: a name may hold spaces, a URL none.
    remote = clone?.remote.map { text in text.lastIndex(of: " ").map { String(text[..<$0]) } ?? text } ?? "origin"
  }

  var notes: [String] {
    var notes: [String] = []
    if isShallow {
      notes.append(
        "its history is cut by depth, and a server may take no push of that (shallow update not allowed): it is fetched first"
      )
    }
    switch route {
    case .remote, .mirror: break
    case .url(_, let elsewhere?):
      notes.append(
        "what is pushed there through \(remote) goes to \(elsewhere): the command names the repository's own URL")
    case .url(_, nil): notes.append("none of its remotes is the repository: the command names the repository's URL")
    }
    return notes
  }

  func fetch(_ commit: ObjectID) -> String {
    "\(git) fetch --no-write-fetch-head \(ShellWord.operand(remote)) \(commit.hex)"
  }

  var unshallow: String { "\(git) fetch --no-write-fetch-head --unshallow \(ShellWord.operand(remote))" }

  func keep(_ commit: ObjectID, as branch: String) -> String { "\(git) branch \(branch) \(commit.hex)" }

  func push(_ commit: ObjectID, to ref: String) -> String {
    switch route {
    case .remote: "\(git) push \(ShellWord.operand(remote)) \(commit.hex):\(ref)"
    case .mirror:
      "\(git) -c \(ShellWord.quoted("remote.\(remote).mirror=false")) push \(ShellWord.operand(remote)) \(commit.hex):\(ref)"
    // A pushurl of its own is what keeps a remote from pushInsteadOf.
    case .url(let url, _):
      "\(git) -c \(ShellWord.quoted("remote.pushtrail-recovery.url=\(url)")) -c \(ShellWord.quoted("remote.pushtrail-recovery.pushurl=\(url)")) push pushtrail-recovery \(commit.hex):\(ref)"
    }
  }
}

extension ProvenanceReport {
  /// The repository to which a push of then went, in words, where it was made again under its name since.
  func former(at time: Timestamp) -> String? {
    guard let index = epochs.lastIndex(where: { $0.start <= time }), index + 1 < epochs.count else { return nil }
    return Epoch.former(end: epochs[index].end, next: epochs[index + 1].start)
  }
}

extension UpdateReport {
  /// It took commits from its ref, for all that is known.
  fileprivate var takesAway: Bool { transition == .forced || (transition == .deleted && mergedBy == nil) }

  fileprivate var isLost: Bool {
    switch verdict {
    case .overwritten, .deleted, .missing: true
    default: false
    }
  }
}
