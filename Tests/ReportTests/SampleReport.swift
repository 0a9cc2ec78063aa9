import Correlation
import PushModel
import RefLedger

/// A small hand-made report: a plain push, a force push on `main`, a deleted branch, an attempt.
enum Sample {
  static func id(_ digit: Character) -> ObjectID { ObjectID(hex: String(repeating: digit, count: 40)) ?? .zero }
  static func time(_ text: String) -> Timestamp { Timestamp(iso8601: text) ?? Timestamp(seconds: 0) }

  static let alice = Principal(
    type: "AssumedRole", name: "alice", arn: "arn:aws:sts::111122223333:assumed-role/Developer/alice",
    accountID: "111122223333", role: "Developer", session: "alice", mfa: true)
  static let bob = Principal(type: "IAMUser", name: "bob", arn: "arn:aws:iam::111122223333:user/bob")

  static func push(
    _ event: String, _ time: String, _ who: Principal, _ updates: [UpdateReport], omitted: Bool = false
  ) -> PushReport {
    PushReport(
      event: TrailEvent(
        eventID: event, time: Self.time(time), action: "GitPush", principal: who, sourceIPAddress: "203.0.113.9",
        userAgent: "git/2.40.1", gitProtocol: "HTTP", kind: .other, location: RecordLocation(file: "", record: 1)),
      omitted: omitted, updates: updates)
  }

  static func report(
    basis: Coverage.Basis = .assumed, findings: [Finding]? = nil, result: Summary.Result = .fail
  ) -> ProvenanceReport {
    let main = RefName.branch("main")
    let topic = RefName.branch("topic")
    let first = UpdateReport(
      ref: main, before: .init(tip: nil, source: .none), after: id("a"), transition: .created, proof: .ledger,
      landed: .shown, tip: .unreachable, verdict: .overwritten, droppedBy: .init(eventID: "e-2", certainty: .exact),
      elsewhere: Elsewhere.none,
      introduced: .init(count: 2, atOrBefore: 0, commits: [id("9"), id("a")]))
    let forced = UpdateReport(
      ref: main, before: .init(tip: id("a"), source: .ledger), after: id("b"), transition: .forced, proof: .graph,
      landed: .logged, tip: .onRef, verdict: .intact,
      introduced: .init(count: 3, atOrBefore: 1, commits: [id("8"), id("b")], atOrBeforeCommits: [id("7")]),
      removed: .init(
        count: 1, upperBound: false,
        commits: [.init(id: id("a"), survival: .unreachable, refs: ["/srv/app: refs/heads/old"])]))
    let deleted = UpdateReport(
      ref: topic, before: .init(tip: id("c"), source: .unknown), after: nil, transition: .deleted, proof: .ledger,
      landed: .logged, tip: .none, verdict: .intact, removed: .init(count: 4, upperBound: true, commits: []))
    let all =
      findings ?? [
        Finding(
          rule: .trailGap, severity: .warning, message: "No log file of 2024-05-03 is here.",
          settle: ["aws s3 sync s3://trail/AWSLogs ./trail"], countsAsUnknown: true),
        Finding(
          rule: .forcePush, severity: .warning, message: "topic was forced.", ref: topic, eventID: "e-3",
          commits: [id("c")]),
        Finding(
          rule: .forcePush, severity: .error, message: "The push replaced 1 commit of main.", ref: main,
          eventID: "e-2", commits: [id("a")], evidence: ["event e-2"], isProtected: true),
        Finding(
          rule: .forcePush, severity: .warning, message: "topic was forced.", ref: topic, eventID: "e-9",
          commits: [id("c"), id("d")]),
      ]
    return ProvenanceReport(
      repository: RepositoryIdentity(
        partition: "aws", accountID: "111122223333", region: "us-east-2", name: "app", id: "5a1b"),
      trail: TrailSummary(
        files: 2, bytes: 1024, records: 40, codecommitRecords: 5, duplicates: 1, unreadable: [],
        firstEventTime: time("2024-05-01T10:00:00Z"), lastEventTime: time("2024-05-02T12:00:00Z"),
        coverage: [.init(start: time("2024-05-01"), end: time("2024-05-03"), basis: basis)]),
      clones: [
        CloneSummary(
          path: "/srv/app", bare: false, complete: true, incompleteReason: nil,
          remote: "origin https://git-codecommit.us-east-2.amazonaws.com/v1/repos/app",
          lastFetch: .init(time: time("2024-05-02T13:00:00Z"), by: .fetchHead), refs: 4)
      ],
      pushes: [
        push("e-1", "2024-05-01T10:00:00Z", alice, [first]), push("e-2", "2024-05-02T10:00:00Z", bob, [forced]),
        push("e-3", "2024-05-02T11:00:00Z", alice, [deleted]),
      ],
      attempts: [
        AttemptReport(
          eventID: "e-4", action: "GitPush", time: time("2024-05-02T10:30:00Z"), principal: bob,
          errorCode: "AccessDenied", references: ["refs/heads/main"])
      ],
      pulls: [
        PullReport(
          eventID: "e-5", time: time("2024-05-02T12:00:00Z"), principal: bob, sourceIPAddress: "192.0.2.9",
          userAgent: "git/2.39.5", dataTransferred: true, shallow: false)
      ],
      refs: [
        RefReport(
          ref: main, protected: true,
          span: .init(start: time("2024-05-01T10:00:00Z"), end: time("2024-05-02T13:00:00Z")), ledgerTip: id("b"),
          possible: nil,
          seen: .init(
            tip: id("b"), earliest: time("2024-05-02T12:00:00Z"), latest: time("2024-05-02T13:00:00Z"),
            by: .fetchHead), state: .reconciled, unattributed: .init(count: 0, commits: [])),
        RefReport(
          ref: topic, protected: false, span: nil, ledgerTip: nil, possible: [id("c"), nil], seen: nil,
          state: .possibleDeletion, unattributed: .init(count: 1, commits: [id("f")])),
      ],
      limits: ["Coverage is assumed: a log file that was never copied would not be noticed."], epochs: [],
      findings: all,
      summary: Summary(
        pushes: 3, updates: 3, byTransition: [.created: 1, .forced: 1, .deleted: 1],
        byVerdict: [.overwritten: 1, .intact: 2], byRule: [.forcePush: 3, .trailGap: 1], result: result))
  }
}
