public import PushModel
internal import RefLedger

/// A file's lines with who pushed each, beside who wrote it.
public struct Blame: Sendable {
  public var file: FileBlame
  public var lines: [Line]

  public struct Line: Sendable {
    public var number: Int
    public var text: String
    public var commit: ObjectID
    public var author: FileBlame.Commit
    public var origin: Origin
  }

  /// How a line's commit came to the server.
  public enum Origin: Hashable, Sendable {
    case push(Push)
    case unexplained(Reason)
  }

  /// The push that brought a commit.
  public struct Push: Hashable, Sendable {
    public var eventID: String
    public var action: String
    public var time: Timestamp
    public var principal: Principal
    public var ref: RefName
    /// Whether it came with this push for certain; otherwise no later than with it.
    public var isExact: Bool
  }

  /// Why no push explains a commit.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// It was made before the trail begins, and no push brought it for certain.
    case beforeCoverage = "before-coverage"
    /// It was made after the trail ends, or is only on refs that were seen later than that: the next files may tell.
    case afterCoverage = "after-coverage"
    /// A ref of the server has it, it was made within the trail's time, and no record brought it.
    case unattributed
    /// No ref of the server has it, as far as is known: it may never have been pushed.
    case notPushed = "not-pushed"
  }
}

extension Blame {
  /// - Parameters:
  ///   - report: with `CommitListing.all`, without `since` and `until`.
  ///   - clockSkew: by how many seconds two clocks may differ.
  public init(_ file: FileBlame, report: ProvenanceReport, clockSkew: Int64) {
    self.file = file
    let wanted = Set(file.commits.keys)
    var pushes: [ObjectID: Push] = [:]
    for push in report.pushes {
      for update in push.updates {
        guard let introduced = update.introduced else { continue }
        for (ids, isExact) in [(introduced.commits, true), (introduced.atOrBeforeCommits ?? [], false)] {
          for id in ids where wanted.contains(id) {
            pushes[id] = Push(
              eventID: push.eventID, action: push.action, time: push.time, principal: push.principal, ref: update.ref,
              isExact: isExact)
          }
        }
      }
    }
    var onServer: Set<ObjectID> = []
    // On a ref of which the trail tells everything up to where it was seen.
    var onSettledRef: Set<ObjectID> = []
    for ref in report.refs {
      let commits = ref.unattributed.commits.filter(wanted.contains)
      onServer.formUnion(commits)
      if ref.state != .trailBehind { onSettledRef.formUnion(commits) }
    }
    let start = report.trail.coverage.map(\.start).min()
    let end = report.trail.coverage.map(\.end).max()
    lines = file.lines.compactMap { line in
      guard let author = file.commits[line.commit] else { return nil }
      let origin: Origin
      // What is older than the trail, and was only there by the time of its first push, came with nobody's that is logged.
      let isOlder = start.map { author.committed - clockSkew <= $0 } ?? true
      if let push = pushes[line.commit], push.isExact || !isOlder {
        origin = .push(push)
      } else if pushes[line.commit] != nil {
        origin = .unexplained(.beforeCoverage)
      } else if !onServer.contains(line.commit) {
        origin = .unexplained(.notPushed)
      } else if !isOlder {
        let isYounger = end.map { author.committed > $0 } ?? false
        origin = .unexplained(isYounger || !onSettledRef.contains(line.commit) ? .afterCoverage : .unattributed)
      } else {
        origin = .unexplained(.beforeCoverage)
      }
      return Line(number: line.number, text: line.text, commit: line.commit, author: author, origin: origin)
    }
  }
}
