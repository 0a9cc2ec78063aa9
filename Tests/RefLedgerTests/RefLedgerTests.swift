import PushModel
import RefLedger
import Testing

private func time(_ text: String) -> Timestamp { Timestamp(iso8601: text) ?? Timestamp(seconds: 0) }

private func event(
  _ id: String, _ when: String, action: String = "GitPush", kind: TrailEvent.Kind, name: String? = "repo",
  repositoryID: String? = nil, account: String = "111111111111", region: String = "us-east-2", user: String = "alice",
  client: String = "git/2.39.5", file: String = "a.json", sharedEventID: String? = nil, replaces: String? = nil,
  errorCode: String? = nil
) -> TrailEvent {
  TrailEvent(
    eventID: id, sharedEventID: sharedEventID, time: time(when), action: action,
    principal: Principal(type: "IAMUser", name: user, arn: "arn:aws:iam::\(account):user/\(user)"),
    sourceIPAddress: "192.0.2.1", userAgent: client, errorCode: errorCode,
    repository: RepositoryReference(
      name: name, id: repositoryID, partition: "aws", accountID: account, region: region), gitProtocol: "HTTP",
    replaces: replaces, kind: kind, location: RecordLocation(file: file, record: 1))
}

private let tip = ObjectID(hex: String(repeating: "1", count: 40)) ?? .zero
private let other = ObjectID(hex: String(repeating: "2", count: 40)) ?? .zero

private func push(_ ref: String = "refs/heads/main", _ id: ObjectID = tip) -> TrailEvent.Kind {
  .push([ReferenceEntry(ref: RefName(ref), target: .commit(id))])
}

@Suite struct EventSetTests {
  @Test func copiesAreDroppedAndCounted() {
    let one = event("a", "2026-03-01T10:00:00Z", kind: push())
    let set = EventSet([one, one, event("b", "2026-03-01T10:00:01Z", kind: push())])
    #expect(set.events.map(\.eventID) == ["a", "b"])
    #expect(set.duplicates == 1)
    #expect(set.conflicts.isEmpty)
  }

  @Test func copiesThatDisagreeKeepTheFirst() {
    let set = EventSet([
      event("a", "2026-03-01T10:00:00Z", kind: push()),
      event("a", "2026-03-01T10:00:00Z", kind: push("refs/heads/main", other), file: "b.json"),
    ])
    #expect(set.events.count == 1)
    #expect(set.events.first?.kind == push())
    #expect(set.conflicts.map(\.matter) == [.copies(differIn: ["references"])])
    #expect(set.conflicts.first?.other.file == "b.json")
  }

  @Test func oneCrossAccountEventIsCountedOnce() {
    let set = EventSet([
      event("a", "2026-03-01T10:00:00Z", kind: push(), sharedEventID: "s"),
      event("b", "2026-03-01T10:00:00Z", kind: push(), sharedEventID: "s"),
    ])
    #expect(set.events.map(\.eventID) == ["a"])
    #expect(set.conflicts.isEmpty)
  }

  @Test func accountsThatLoggedOneEventDifferentlyDisagree() {
    let set = EventSet([
      event("a", "2026-03-01T10:00:00Z", kind: push(), sharedEventID: "s"),
      event(
        "b", "2026-03-01T10:00:00Z", kind: push("refs/heads/other"), file: "b.json", sharedEventID: "s"),
    ])
    #expect(set.events.map(\.eventID) == ["a"])
    #expect(set.duplicates == 1)
    #expect(set.conflicts.map(\.eventID) == ["a"])
    #expect(set.conflicts.map(\.matter) == [.copies(differIn: ["references"])])
    #expect(set.conflicts.first?.other.file == "b.json")
  }

  /// The owner's account may be told less of another's principal.
  @Test func accountsMayNameOnePrincipalDifferently() {
    let set = EventSet([
      event("a", "2026-03-01T10:00:00Z", kind: push(), sharedEventID: "s"),
      event("b", "2026-03-01T10:00:00Z", kind: push(), user: "222222222222", sharedEventID: "s"),
    ])
    #expect(set.events.map(\.eventID) == ["a"])
    #expect(set.conflicts.isEmpty)
  }

  @Test func anAddendumReplacesTheRecordItNames() {
    let set = EventSet([
      event("a", "2026-03-01T10:00:00Z", kind: push()),
      event("b", "2026-03-01T10:00:00Z", kind: push("refs/heads/main", other), replaces: "a"),
    ])
    #expect(set.events.map(\.eventID) == ["b"])
    #expect(set.conflicts.isEmpty)
  }

  @Test func anAddendumReplacesNothingElse() {
    let when = "2026-03-01T10:00:00Z"
    func refusal(_ events: TrailEvent...) -> [EventSet.Matter] {
      let set = EventSet(events)
      #expect(set.events.count == events.count)
      return set.conflicts.map(\.matter)
    }
    let one = event("a", when, kind: push())
    #expect(refusal(event("a", when, kind: push(), replaces: "a")) == [.replacement(of: "a", .circular)])
    #expect(
      refusal(
        event("a", when, kind: push(), replaces: "c"), event("b", when, kind: push(), replaces: "a"),
        event("c", when, kind: push(), replaces: "b")
      ).count == 3)
    #expect(
      refusal(one, event("b", when, action: "GetBranch", kind: .other, replaces: "a")) == [
        .replacement(of: "a", .otherAction)
      ])
    #expect(
      refusal(one, event("b", when, kind: push(), name: "other", replaces: "a")) == [
        .replacement(of: "a", .otherRepository)
      ])
    #expect(refusal(event("b", when, kind: push(), replaces: "a")).isEmpty)
  }

  /// A signed log file's record stands against whatever lies beside it.
  @Test func whatIsProvedCounts() {
    let signed = event("a", "2026-03-01T10:00:00Z", kind: push(), file: "signed.json")
    func set(_ beside: TrailEvent) -> EventSet { EventSet([beside, signed]) { $0.location.file == "signed.json" } }

    let copy = set(event("a", "2026-03-01T10:00:00Z", kind: push()))
    #expect(copy.events == [signed] && copy.conflicts.isEmpty)
    let forged = set(event("a", "2026-03-01T10:00:00Z", kind: push(), errorCode: "AccessDenied"))
    #expect(forged.events == [signed] && forged.conflicts.map(\.kept.file) == ["signed.json"])
    let addendum = set(event("b", "2026-03-01T10:00:00Z", kind: push(), replaces: "a", errorCode: "AccessDenied"))
    #expect(addendum.events == [signed] && addendum.setAside.map(\.eventID) == ["b"])
  }
}

@Suite struct LedgerTests {
  @Test func anAdvertisementJoinsTheNextDataRecordOfItsClient() {
    let ledger = Ledger(
      [
        event("ad1", "2026-03-01T10:00:00Z", kind: .pushAdvertisement),
        event("ad2", "2026-03-01T10:00:02Z", kind: .pushAdvertisement),
        event("bob", "2026-03-01T10:00:02Z", kind: .pushAdvertisement, user: "bob"),
        event("data", "2026-03-01T10:00:03Z", kind: push()),
      ], created: nil)
    #expect(ledger.pushes.map(\.advertisement?.eventID) == ["ad2"])
    #expect(ledger.attempts.map(\.event.eventID) == ["ad1", "bob"])
  }

  @Test func anAdvertisementOlderThanFiveMinutesStaysAlone() {
    let ledger = Ledger(
      [
        event("ad", "2026-03-01T10:00:00Z", kind: .pushAdvertisement),
        event("data", "2026-03-01T10:05:01Z", kind: push()),
      ], created: nil)
    #expect(ledger.pushes.first?.advertisement == nil)
    #expect(ledger.attempts.count == 1)
  }

  @Test func theAdvertisementOfTheSameSecondComesFirst() {
    let ledger = Ledger(
      [
        event("z-ad", "2026-03-01T10:00:00Z", kind: .pushAdvertisement),
        event("a-data", "2026-03-01T10:00:00Z", kind: push()),
      ], created: nil)
    #expect(ledger.pushes.first?.advertisement?.eventID == "z-ad")
  }

  @Test func aRefusedPushMovesNothing() {
    let ledger = Ledger(
      [
        event("ad", "2026-03-01T10:00:00Z", kind: .pushAdvertisement),
        event("no", "2026-03-01T10:00:01Z", kind: push(), errorCode: "AccessDenied"),
      ], created: nil)
    #expect(ledger.updates.isEmpty)
    #expect(ledger.attempts.map(\.event.eventID) == ["no"])
  }

  @Test func everyEntryIsAnUpdate() {
    let references = (0..<4000).map { ReferenceEntry(ref: RefName("refs/heads/a/b/\($0)"), target: .commit(tip)) }
    let ledger = Ledger([event("a", "2026-03-01T10:00:00Z", kind: .push(references))], created: nil)
    #expect(ledger.updates.count == 4000)
    #expect(ledger.updates[3999].ref.rawValue == "refs/heads/a/b/3999")
  }

  @Test func theUpdatesOfEachRefAreKnown() {
    let names = ["main", "a", "main", "b", "a", "main"]
    let ledger = Ledger(
      names.enumerated().map { index, name in
        event("\(index)", "2026-03-01T10:00:0\(index)Z", kind: push("refs/heads/\(name)"))
      }, created: nil)
    for name in Set(names) {
      let ref = RefName("refs/heads/\(name)")
      let expected = names.indices.filter { names[$0] == name }
      #expect(ledger.number(of: ref).map { Array(ledger.updates(ofRef: $0)) } == expected)
      #expect(expected.allSatisfy { ledger.updates[$0].ref == ref })
    }
    #expect(ledger.number(of: RefName("refs/heads/c")) == nil)
  }
}

@Suite struct CoverageTests {
  private func assumed(_ first: String, _ last: String, days: [String], unreadable: [UnreadablePlace] = []) -> Coverage
  {
    Coverage(
      spans: [
        LogSpan(
          accountID: "1", region: "r", first: time(first), last: time(last), days: days.map { time($0).day },
          hasReadOnlyRecords: true)
      ], unreadable: unreadable, stated: [], accountID: "1", region: "r", lag: 900)
  }

  @Test func aDayWithoutFilesBreaksIt() {
    let coverage = assumed(
      "2026-03-01T08:00:00Z", "2026-03-04T20:00:00Z", days: ["2026-03-01", "2026-03-02", "2026-03-04"])
    #expect(
      coverage.intervals.map { "\($0.start)..\($0.end)" } == [
        "2026-03-01T08:00:00Z..2026-03-02T23:59:59Z", "2026-03-04T00:00:00Z..2026-03-04T20:00:00Z",
      ])
    #expect(coverage.separation(from: time("2026-03-01T09:00:00Z"), to: time("2026-03-02T12:00:00Z")) == .none)
    #expect(coverage.separation(from: time("2026-03-02T09:00:00Z"), to: time("2026-03-04T12:00:00Z")) == .soft)
    #expect(coverage.missingDays.map { "\($0.lowerBound)" } == ["2026-03-03T00:00:00Z"])
  }

  @Test func theDeliveryLagProvesNoAbsence() {
    let coverage = assumed("2026-03-01T08:00:00Z", "2026-03-01T20:00:00Z", days: ["2026-03-01"])
    #expect(coverage.effectiveEnd == time("2026-03-01T19:45:00Z"))
    #expect(coverage.separation(from: time("2026-03-01T19:00:00Z"), to: time("2026-03-01T19:45:00Z")) == .none)
    #expect(coverage.separation(from: time("2026-03-01T19:00:00Z"), to: time("2026-03-01T19:45:01Z")) == .lag)
    #expect(coverage.separation(from: time("2026-03-01T19:00:00Z"), to: time("2026-03-01T20:00:01Z")) == .soft)
  }

  @Test func anUnreadableFileIsAProvenGap() {
    let place = UnreadablePlace(
      path: "x", reason: "truncated", start: time("2026-03-01T10:00:00Z"), end: time("2026-03-01T11:00:00Z"),
      accountID: "1", region: "r")
    let coverage = assumed("2026-03-01T08:00:00Z", "2026-03-01T20:00:00Z", days: ["2026-03-01"], unreadable: [place])
    #expect(coverage.separation(from: time("2026-03-01T09:00:00Z"), to: time("2026-03-01T12:00:00Z")) == .proven)
    #expect(coverage.separation(from: time("2026-03-01T11:00:01Z"), to: time("2026-03-01T12:00:00Z")) == .none)
    #expect(coverage.lastBlindMoment(before: time("2026-03-01T12:00:00Z")) == time("2026-03-01T11:00:00Z"))
  }

  @Test func anotherAccountsFilesCoverNothing() {
    let coverage = Coverage(
      spans: [
        LogSpan(
          accountID: "2", region: "r", first: time("2026-03-01T08:00:00Z"), last: time("2026-03-02T08:00:00Z"),
          days: [],
          hasReadOnlyRecords: true)
      ], unreadable: [], stated: [], accountID: "1", region: "r", lag: 900)
    #expect(coverage.isEmpty)
  }
}

/// What is proved of delivery, and what that proves of events.
@Suite struct DeliveryTests {
  private func range(_ start: String, _ end: String) -> ClosedRange<Timestamp> {
    time("2026-03-01T\(start)Z")...time("2026-03-01T\(end)Z")
  }

  private func at(_ clock: String) -> Timestamp { time("2026-03-01T\(clock)Z") }

  /// Log files of 08:00 to 20:00, beside what digest files prove.
  private func coverage(
    whole: [ClosedRange<Timestamp>], lacking: [ClosedRange<Timestamp>] = [], stated: [Coverage.Interval] = []
  ) -> Coverage {
    Coverage(
      spans: [
        LogSpan(
          accountID: "1", region: "r", first: at("08:00:00"), last: at("20:00:00"), days: [at("08:00:00").day],
          hasReadOnlyRecords: true)
      ], unreadable: [], stated: stated, accountID: "1", region: "r", lag: 900,
      delivery: DeliveryProof(whole: whole, lacking: lacking))
  }

  @Test func digestFilesProveWhereLogFilesAssume() {
    let coverage = coverage(whole: [range("10:00:00", "14:00:00")])
    #expect(
      coverage.intervals.map { "\($0.start)..\($0.end) \($0.basis)" } == [
        "2026-03-01T08:00:00Z..2026-03-01T09:59:59Z assumed", "2026-03-01T10:00:00Z..2026-03-01T14:00:00Z digest",
        "2026-03-01T14:00:01Z..2026-03-01T20:00:00Z assumed",
      ])
    #expect(coverage.isUnbroken(from: at("09:00:00"), to: at("18:00:00")))
  }

  @Test func anEventAtTheEndMayBeDeliveredLater() {
    let coverage = coverage(whole: [range("10:00:00", "14:00:00")])
    #expect(coverage.isVouchedFor(from: at("10:00:00"), to: at("13:45:00")))
    #expect(!coverage.isVouchedFor(from: at("10:00:00"), to: at("13:45:01")))
    #expect(!coverage.isVouchedFor(from: at("09:59:59"), to: at("12:00:00")))
  }

  @Test func anotherChainThatOverlapsTakesOver() {
    let both = coverage(whole: [range("10:00:00", "14:00:00"), range("13:00:00", "17:00:00")])
    #expect(both.isVouchedFor(from: at("10:00:00"), to: at("16:45:00")))
    let apart = coverage(whole: [range("10:00:00", "14:00:00"), range("14:00:01", "17:00:00")])
    #expect(!apart.isVouchedFor(from: at("10:00:00"), to: at("16:45:00")))
    #expect(apart.isVouchedFor(from: at("14:00:01"), to: at("16:45:00")))
  }

  @Test func whatIsStatedIsOfEvents() {
    let coverage = coverage(
      whole: [range("10:00:00", "14:00:00")],
      stated: [Coverage.Interval(start: at("13:00:00"), end: at("15:00:00"), basis: .stated)])
    #expect(coverage.isVouchedFor(from: at("10:00:00"), to: at("15:00:00")))
  }

  @Test func aFileThatLacksBlindsAlsoWhatHappenedBeforeItsDelivery() {
    let coverage = coverage(
      whole: [range("09:00:00", "12:00:00"), range("13:00:00", "16:00:00")], lacking: [range("12:00:00", "13:00:00")])
    #expect(coverage.separation(from: at("09:00:00"), to: at("11:44:59")) == .none)
    #expect(coverage.separation(from: at("09:00:00"), to: at("11:45:00")) == .proven)
    #expect(coverage.separation(from: at("13:00:00"), to: at("15:00:00")) == .proven)
    #expect(coverage.separation(from: at("13:00:01"), to: at("15:00:00")) == .none)
    #expect(coverage.lastBlindMoment(before: at("15:00:00")) == at("13:00:00"))
  }

  /// An empty digest file is evidence of silence: no log file is needed.
  @Test func silenceNeedsNoLogFile() {
    let coverage = Coverage(
      spans: [], unreadable: [], stated: [], accountID: "1", region: "r", lag: 900,
      delivery: DeliveryProof(whole: [range("10:00:00", "14:00:00")]))
    #expect(coverage.isUnbroken(from: at("10:00:00"), to: at("13:45:00")))
    #expect(coverage.effectiveEnd == at("13:45:00"))
  }
}

@Suite struct RepositorySelectionTests {
  private func select(_ events: [TrailEvent], _ request: RepositorySelection.Request) throws -> RepositorySelection {
    try RepositorySelection(request, in: events)
  }

  private let byName = RepositorySelection.Request.name("repo", region: nil, partition: nil)

  @Test func twoAccountsAreAmbiguous() {
    let events = [
      event("a", "2026-03-01T10:00:00Z", kind: push(), repositoryID: "id-1"),
      event("b", "2026-03-01T10:00:00Z", kind: push(), repositoryID: "id-2", account: "222222222222"),
    ]
    #expect(throws: RepositorySelection.Failure.self) { try select(events, byName) }
    let one = try? select(
      events,
      .arn(RepositoryIdentity(partition: "aws", accountID: "222222222222", region: "us-east-2", name: "repo")))
    #expect(one?.epochs.map(\.events.count) == [1])
    #expect((try? select(events, .id("id-1")))?.epochs.first?.identity.accountID == "111111111111")
  }

  @Test func aRecreatedRepositoryHasTwoEpochs() throws {
    let selection = try select(
      [
        event("a", "2026-03-01T10:00:00Z", kind: push(), repositoryID: "id-1"),
        event("x", "2026-03-02T10:00:00Z", action: "DeleteRepository", kind: .repositoryDeleted, repositoryID: "id-1"),
        event(
          "c", "2026-03-03T10:00:00Z", action: "CreateRepository", kind: .repositoryCreated(defaultBranch: nil),
          repositoryID: "id-2"),
        event("b", "2026-03-04T10:00:00Z", kind: push(), repositoryID: "id-2"),
      ], byName)
    #expect(selection.epochs.map(\.identity.id) == ["id-1", "id-2"])
    #expect(selection.epochs.map(\.events.count) == [2, 2])
    #expect(selection.epochs[1].created == time("2026-03-03T10:00:00Z"))
  }

  @Test func aRenameKeepsTheRepository() throws {
    let selection = try select(
      [
        event("m", "2026-03-01T10:00:00Z", action: "CreateCommit", kind: .other, name: "old"),
        event("a", "2026-03-01T11:00:00Z", kind: push(), name: "old", repositoryID: "id-1"),
        event(
          "r", "2026-03-02T10:00:00Z", action: "UpdateRepositoryName",
          kind: .repositoryRenamed(from: "old", to: "repo"),
          name: "old"),
        event("b", "2026-03-03T10:00:00Z", kind: push(), repositoryID: "id-1"),
        event("n", "2026-03-04T10:00:00Z", action: "CreateCommit", kind: .other, name: "repo"),
        event("o", "2026-03-04T10:00:00Z", action: "CreateCommit", kind: .other, name: "unrelated"),
      ], byName)
    #expect(selection.epochs.count == 1)
    #expect(selection.epochs[0].events.map(\.eventID) == ["m", "a", "r", "b", "n"])
    #expect(selection.names == ["old", "repo"])
  }

  @Test func aNameTakenOverByAnotherRepositoryIsAmbiguous() {
    let events = [
      event("a", "2026-03-01T10:00:00Z", kind: push(), repositoryID: "id-1"),
      event(
        "r", "2026-03-02T10:00:00Z", action: "UpdateRepositoryName",
        kind: .repositoryRenamed(from: "repo", to: "moved"),
        name: "repo"),
      event("b", "2026-03-03T10:00:00Z", kind: push(), repositoryID: "id-2"),
    ]
    #expect(throws: RepositorySelection.Failure.self) { try select(events, byName) }
  }

  @Test func nothingIsFoundByAnotherName() {
    let events = [event("a", "2026-03-01T10:00:00Z", kind: push(), repositoryID: "id-1")]
    #expect(throws: RepositorySelection.Failure.self) {
      try select(events, .name("Repo", region: nil, partition: nil))
    }
  }
}
