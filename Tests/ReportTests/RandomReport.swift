import Correlation
import PushModel
import RefLedger

/// Reports of every shape with hostile text in every place that a stranger can write to.
struct RandomReport {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func chance() -> Bool { below(2) == 0 }
  mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
  mutating func maybe<T>(_ make: (inout Self) -> T) -> T? { chance() ? make(&self) : nil }
  mutating func many<T>(_ most: Int, _ make: (inout Self) -> T) -> [T] {
    (0..<below(most + 1)).map { _ in make(&self) }
  }

  static let hostile = [
    "plain", "\u{1B}[31mred\u{1B}[0m", "a\nb", "a\r\nb", "\u{202E}gnp.exe", "zero\u{200B}width", "\u{FEFF}bom",
    "tab\there", "\u{7F}del", "\u{9B}31m", "\u{E0041}tag", "<script>alert(1)</script>", "`code`", "|pipe|",
    "[link](http://example.invalid)", "![img](x)", "*bold* _it_", "# head", "- item", "1. one", "&amp;", "\"quoted\"",
    "back\\slash", "\\u{202E}", "$(rm -rf ~)", "`id`", "ünïcödé", "日本語", "\u{2028}line", "\u{2066}iso\u{2069}",
    "\u{301}combining", "@everyone", "https://example.invalid/", "\u{0}nul", "\u{10FFFF}", "x  y", " lead", "trail ",
    "</td></tr>", "~~~", "===", "\u{AD}soft", "\u{3164}filler", "\u{E000}private", "a\u{85}b",
  ]

  mutating func text() -> String { pick(Self.hostile) + (chance() ? pick(Self.hostile) : "") }
  mutating func id() -> ObjectID {
    var digits = ""
    for _ in 0..<40 { digits += String(below(16), radix: 16) }
    return ObjectID(hex: digits) ?? .zero
  }
  mutating func time() -> Timestamp { Timestamp(seconds: 1_700_000_000 + Int64(below(100_000_000))) }
  mutating func ref() -> RefName {
    pick([RefName.branch(text()), .tag(text()), RefName(text()), .branch("main"), .branch("topic")])
  }
  mutating func principal() -> Principal {
    Principal(
      type: pick(["IAMUser", "AssumedRole", "Root", "x" + text()]), name: text(), arn: maybe { $0.text() },
      accountID: maybe { $0.text() }, accessKeyID: maybe { $0.text() }, role: maybe { $0.text() },
      session: maybe { $0.text() }, sourceIdentity: maybe { $0.text() }, mfa: maybe { $0.chance() })
  }
  mutating func logged(_ id: String) -> TrailEvent {
    TrailEvent(
      eventID: id, time: time(), action: "Git" + text(), principal: principal(), sourceIPAddress: text(),
      userAgent: text(), gitProtocol: maybe { $0.text() }, kind: .other, location: RecordLocation(file: "", record: 1))
  }
  mutating func possible() -> [ObjectID?] { [id(), chance() ? nil : id()] }

  mutating func update(_ events: [String]) -> UpdateReport {
    let transition = pick(Transition.allCases)
    let landed = pick([Landed.shown, .logged, .no])
    let verdict = landed == .no ? nil : pick(Verdict.allCases)
    let isDropped = verdict == .deleted || verdict == .overwritten
    let event = pick(events)
    return UpdateReport(
      ref: ref(),
      before: .init(
        tip: maybe { $0.id() }, source: pick([.event, .sighting, .ledger, .none, .unknown]),
        possible: maybe { $0.possible() }), after: transition == .deleted ? nil : id(), transition: transition,
      proof: maybe { $0.pick([.ledger, .graph, .absence, .event]) }, landed: landed,
      reason: transition == .unknown ? pick(UnknownReason.allCases) : nil,
      tip: pick([.onRef, .onOtherRef, .unreachable, .absent, .unknown, .notACommit, .none]), verdict: verdict,
      verdictReason: verdict == .unverifiable ? pick(UnknownReason.allCases) : nil,
      droppedBy: isDropped ? .init(eventID: event, certainty: pick([.exact, .noLaterThan])) : nil,
      elsewhere: isDropped ? pick([Elsewhere.none, .unknown]) : nil, mergedBy: verdict == .merged ? event : nil,
      introduced: maybe {
        let exact = $0.many(3) { $0.id() }
        let others = $0.many(2) { $0.id() }
        return .init(
          count: exact.count + others.count, atOrBefore: others.count, commits: exact,
          atOrBeforeCommits: $0.maybe { _ in others })
      },
      removed: maybe {
        let commits = $0.many(3) { random in
          UpdateReport.Removed.Commit(
            id: random.id(), survival: random.pick([.reachable, .unreachable, .absent]),
            refs: random.maybe { ["x" + $0.text()] })
        }
        return .init(count: commits.count, upperBound: $0.chance(), incomplete: $0.chance(), commits: commits)
      })
  }

  mutating func make() -> ProvenanceReport {
    let events = (0..<6).map { "event-\($0)-" + text() }
    let severities = Severity.allCases
    return ProvenanceReport(
      repository: RepositoryIdentity(
        partition: "aws", accountID: text(), region: text(), name: "r" + text(), id: maybe { "i" + $0.text() }),
      trail: TrailSummary(
        files: below(9), bytes: Int64(below(1 << 40)), records: below(99), codecommitRecords: below(99),
        duplicates: below(3),
        unreadable: many(2) {
          UnreadablePlace(
            path: $0.text(), record: $0.maybe { $0.below(9) + 1 }, offset: $0.maybe { Int64($0.below(99)) },
            reason: "r" + $0.text())
        }, firstEventTime: maybe { $0.time() }, lastEventTime: maybe { $0.time() },
        coverage: many(2) {
          CoverageInterval(start: $0.time(), end: $0.time(), basis: $0.pick([.digest, .stated, .assumed]))
        },
        integrity: maybe { random in
          IntegritySummary(
            publicKeys: random.chance(),
            chains: random.many(2) {
              .init(
                trail: $0.text(), backfill: $0.chance(), authentic: $0.below(9), consistent: $0.below(9),
                unproven: $0.below(2), changed: $0.below(2), logs: $0.below(99),
                intervals: $0.many(2) {
                  .init(start: $0.time(), end: $0.time(), proof: $0.pick(IntegritySummary.Proof.allCases))
                })
            })
        }),
      clones: many(2) {
        CloneSummary(
          path: $0.text(), bare: $0.chance(), complete: $0.chance(), incompleteReason: $0.maybe { "s" + $0.text() },
          remote: $0.maybe { "o" + $0.text() },
          lastFetch: $0.maybe {
            .init(time: $0.time(), by: $0.pick([.reflog, .fetchHead, .fileTime, .content, .stated]))
          },
          refs: $0.below(9))
      },
      pushes: events.prefix(4).map { event in
        PushReport(
          event: logged(event), advertisement: maybe { $0.logged("a" + $0.text()) }, omitted: chance(),
          updates: many(3) { $0.update(events) })
      },
      attempts: many(2) {
        AttemptReport(
          eventID: "t" + $0.text(), action: "Git" + $0.text(), time: $0.time(), principal: $0.principal(),
          errorCode: $0.maybe { $0.text() }, references: $0.many(2) { $0.text() })
      },
      pulls: many(2) {
        PullReport(
          eventID: "p" + $0.text(), time: $0.time(), principal: $0.principal(), sourceIPAddress: $0.text(),
          userAgent: $0.text(), dataTransferred: $0.chance(), shallow: $0.maybe { $0.chance() },
          witness: $0.maybe { .init(clone: "c" + $0.text(), time: $0.time(), tips: [$0.id()]) })
      },
      refs: many(4) {
        RefReport(
          ref: $0.ref(), protected: $0.chance(), span: $0.maybe { .init(start: $0.time(), end: $0.time()) },
          ledgerTip: $0.maybe { $0.id() }, possible: $0.maybe { $0.possible() },
          seen: $0.maybe {
            .init(
              tip: $0.maybe { $0.id() }, earliest: $0.maybe { $0.time() }, latest: $0.maybe { $0.time() },
              by: $0.pick([.fetchHead, .cloneFrom, .reflogFetch, .reflogPush, .bareClone, .refsSeen, .event]))
          }, state: $0.pick(RefState.allCases), unattributed: .init(count: $0.below(3), commits: $0.many(2) { $0.id() })
        )
      },
      limits: many(2) { "l" + $0.text() },
      epochs: many(3) { Epoch(id: $0.text(), start: $0.time(), end: $0.maybe { $0.time() }) },
      findings: many(6) {
        Finding(
          rule: $0.pick(Rule.allCases), severity: $0.pick(severities), message: "m" + $0.text(),
          ref: $0.maybe { $0.ref() }, eventID: $0.maybe { $0.pick(events) }, commits: $0.many(2) { $0.id() },
          evidence: $0.many(2) { $0.text() }, settle: $0.many(2) { "git " + $0.text() },
          countsAsUnknown: $0.chance(), isProtected: $0.chance())
      },
      summary: Summary(
        pushes: below(9), updates: below(9), byTransition: [pick(Transition.allCases): below(3)],
        byVerdict: [pick(Verdict.allCases): below(3)], byRule: [pick(Rule.allCases): below(3)],
        result: pick([.pass, .fail, .unverifiable])))
  }
}
