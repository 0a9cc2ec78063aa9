import PushModel
import RefLedger
import Testing

private let start = Timestamp(seconds: 1_772_409_600)
private func id(_ digit: Int) -> ObjectID {
  ObjectID(hex: String(repeating: String(digit), count: 40)) ?? .zero
}

private func push(_ name: String, at seconds: Int64, _ ref: String = "refs/heads/main", to tip: Int?) -> TrailEvent {
  TrailEvent(
    eventID: name, time: start + seconds, action: "GitPush", principal: Principal(type: "IAMUser", name: "ada"),
    kind: .push([
      ReferenceEntry(ref: RefName(ref), target: tip.map { .commit(id($0)) } ?? .deletion(oldTip: nil))
    ]), location: RecordLocation(file: "log.json", record: 1))
}

private func change(
  at seconds: Int64, _ ref: String = "refs/heads/main", from old: ToldBefore, to tip: Int?,
  _ source: StateChange.Source = .eventBridge
) -> StateChange {
  StateChange(
    id: "c\(seconds)", source: source, time: start + seconds, repository: RepositoryReference(id: "r"),
    ref: RefName(ref), before: old, after: tip.map(id), location: RecordLocation(file: "events.json", record: 1))
}

private func ledger(_ events: [TrailEvent], _ changes: [StateChange], plain: Bool = true) -> Ledger {
  Ledger(events, created: nil, stateChanges: changes, deletionsArePlain: plain)
}

@Suite struct StateChangeJoinTests {
  @Test func aJoinedEventTellsTheBeforeAndIsNoPush() {
    let ledger = ledger(
      [push("a", at: 0, to: 1), push("b", at: 900, to: 2)],
      [change(at: 2, from: .none, to: 1), change(at: 899, from: .tip(id(1)), to: 2)])
    #expect(ledger.pushes.count == 2)
    #expect(ledger.updates.map(\.told) == [ToldBefore.none, .tip(id(1))])
    #expect(ledger.witnesses.keys.sorted() == [0, 1])
    #expect(ledger.unjoined.isEmpty)
  }

  @Test func anEventWithoutARecordIsLeft() {
    let ledger = ledger(
      [push("a", at: 0, to: 1)], [change(at: 1, from: .none, to: 1), change(at: 400, from: .tip(id(1)), to: 2)])
    #expect(ledger.unjoined.map(\.change.id) == ["c400"])
    #expect(ledger.unjoined.map(\.isExplained) == [false])
  }

  /// One movement, two records: the event belongs to the one that found the tip it names.
  @Test func aPushThatWasSentTwice() {
    let ledger = ledger(
      [push("a", at: 0, to: 1), push("b", at: 1000, to: 2), push("again", at: 1020, to: 2)],
      [change(at: 1012, from: .tip(id(1)), to: 2)])
    #expect(ledger.updates.map(\.told) == [.notTold, .tip(id(1)), .notTold])
    #expect(ledger.unjoined.isEmpty)
    // Where the log does not tell them apart, it adds nothing and accuses nobody.
    let doubtful = Ledger(
      [push("b", at: 1000, to: 2), push("again", at: 1020, to: 2)], created: nil,
      stateChanges: [change(at: 1012, from: .tip(id(7)), to: 2)])
    #expect(doubtful.unjoined.isEmpty)
    #expect(doubtful.updates.map(\.told).allSatisfy { $0 == .notTold || $0 == .tip(id(7)) })
  }

  @Test func backAndForthWithinMinutes() {
    let ledger = ledger(
      [push("a", at: 0, to: 1), push("b", at: 60, to: 2), push("c", at: 120, to: 1), push("d", at: 180, to: 2)],
      [
        change(at: 181, from: .tip(id(1)), to: 2), change(at: 121, from: .tip(id(2)), to: 1),
        change(at: 61, from: .tip(id(1)), to: 2), change(at: 1, from: .none, to: 1),
      ])
    #expect(ledger.updates.map(\.told) == [ToldBefore.none, .tip(id(1)), .tip(id(2)), .tip(id(1))])
    #expect(ledger.unjoined.isEmpty)
  }

  /// One of two pushes of a tip within seconds was refused: the event may be of either.
  @Test func aTipPushedTwiceInARace() {
    let doubtful = ledger(
      [push("a", at: 0, to: 1), push("b", at: 1000, to: 2), push("c", at: 1001, to: 3), push("d", at: 1003, to: 3)],
      [change(at: 1003, from: .tip(id(2)), to: 3)])
    #expect(doubtful.updates.allSatisfy { $0.told == .notTold })
    #expect(doubtful.witnesses.isEmpty)
    #expect(doubtful.unjoined.isEmpty)
    // A call made between the two, and certainly between them, leaves it to the later one.
    var call = push("c", at: 1100, to: 4)
    call.kind = .refChange(RefChange(ref: RefName("refs/heads/main"), after: id(4), call: .commit))
    let told = ledger(
      [push("a", at: 0, to: 1), push("b", at: 1000, to: 2), call, push("d", at: 1120, to: 2)],
      [change(at: 1121, from: .tip(id(4)), to: 2)])
    #expect(told.updates.map(\.told) == [.notTold, .notTold, .notTold, .tip(id(4))])
  }

  /// Back to a tip twice within seconds: both landed, and which of the two found what is not told.
  @Test func backTwiceWithinSeconds() {
    let pushes = [push("a", at: 0, to: 1), push("b", at: 1000, to: 2), push("c", at: 1002, to: 3)]
    let ledger = ledger(
      pushes + [push("d", at: 1003, to: 1), push("e", at: 1005, to: 1)],
      [change(at: 1001, from: .tip(id(2)), to: 1), change(at: 1004, from: .tip(id(3)), to: 1)])
    #expect(ledger.updates.map(\.told) == Array(repeating: .notTold, count: 5))
    #expect(ledger.witnesses.keys.sorted() == [3, 4])
    #expect(ledger.unjoined.isEmpty)
  }

  /// A call's own word tells which of two deletions within seconds an event is of.
  @Test func deletionsByCallAndByPush() {
    let ref = "refs/heads/x"
    var call = push("call", at: 1001, ref, to: nil)
    call.kind = .refChange(RefChange(ref: RefName(ref), before: .tip(id(1)), after: nil, call: .deleteBranch))
    let ledger = ledger(
      [push("a", at: 0, ref, to: 1), call, push("b", at: 1003, ref, to: 2), push("gone", at: 1003, ref, to: 2)],
      [
        change(at: 1000, ref, from: .tip(id(1)), to: nil), change(at: 1001, ref, from: .none, to: 2),
        change(at: 1002, ref, from: .tip(id(2)), to: nil),
      ], plain: false)
    #expect(ledger.unjoined.isEmpty)
    // Of the two entries that name the tip, which is the push and which the deletion is not told.
    #expect(ledger.updates.map(\.after) == [id(1), nil, id(2), id(2)])
  }

  @Test func aTriggerAndTheBusTellOneMovement() {
    let ledger = ledger(
      [push("a", at: 0, to: 1)],
      [change(at: 1, from: .none, to: 1, .trigger), change(at: 2, from: .none, to: 1)])
    #expect(ledger.unjoined.isEmpty)
    let lost = self.lost()
    #expect(lost.count == 1)
  }

  private func lost() -> [Ledger.UnjoinedChange] {
    ledger([], [change(at: 1, from: .notTold, to: 1, .trigger), change(at: 2, from: .tip(id(3)), to: 1)]).unjoined
  }

  /// An entry that names its ref's own tip: the event says that it was the deletion.
  @Test func aDeletionWrittenAsTheOldTip() {
    let events = [push("a", at: 0, "refs/heads/x", to: 1), push("gone", at: 900, "refs/heads/x", to: 1)]
    let changes = [
      change(at: 1, "refs/heads/x", from: .none, to: 1), change(at: 901, "refs/heads/x", from: .tip(id(1)), to: nil),
    ]
    let told = ledger(events, changes, plain: false)
    #expect(told.updates.map(\.after) == [id(1), nil])
    #expect(told.updates.map(\.told) == [ToldBefore.none, .tip(id(1))])
    // Where deletions are written plainly, the entry was a push that was sent again, and the deletion has no record.
    #expect(ledger(events, changes).unjoined.map(\.change.id) == ["c901"])
  }

  /// The push before the deletion has no record: only its event shows that the ref came to the tip that the entry names.
  @Test func aDeletionWrittenAsAnOldTipThatNoRecordTells() {
    let events = [push("a", at: 0, "refs/heads/x", to: 2), push("gone", at: 900, "refs/heads/x", to: 1)]
    let deletion = change(at: 901, "refs/heads/x", from: .tip(id(1)), to: nil)
    let moved = change(at: 500, "refs/heads/x", from: .tip(id(2)), to: 1)
    let told = ledger(events, [moved, deletion], plain: false)
    #expect(told.updates.map(\.after) == [id(2), nil])
    #expect(told.unjoined.map(\.change.id) == ["c500"])
    // Without that event, the entry may be a push to the tip: nothing is added, and nobody accused.
    let doubtful = ledger(events, [deletion], plain: false)
    #expect(doubtful.updates.map(\.after) == [id(2), id(1)])
    #expect(doubtful.unjoined.isEmpty)
  }

  /// Whether a tag's event names the tag object is not known.
  @Test func aTagByAnotherId() {
    let ledger = ledger(
      [push("a", at: 0, "refs/tags/v1", to: 1), push("b", at: 900, "refs/tags/v1", to: 2)],
      [change(at: 1, "refs/tags/v1", from: .none, to: 8), change(at: 901, "refs/tags/v1", from: .tip(id(8)), to: 9)])
    #expect(ledger.unjoined.isEmpty)
    #expect(ledger.updates.map(\.told) == [ToldBefore.none, .notTold])
  }

  @Test func aCutRecordExplains() {
    var cut = push("cut", at: 0, to: 1)
    cut.kind = .pushOmitted
    #expect(ledger([cut], [change(at: 3, from: .notTold, to: 2)]).unjoined.map(\.isExplained) == [true])
    #expect(ledger([cut], [change(at: 3000, from: .notTold, to: 2)]).unjoined.map(\.isExplained) == [false])
  }
}
