import PushModel
import Testing

@testable import RefLedger

/// Tables of numbers beside Swift's own dictionary.
@Suite struct PairNumbersTests {
  @Test func equalPairsHaveOneNumberFromZero() {
    var generator = SeededGenerator(state: 7)
    var numbers = PairNumbers()
    var known: [[UInt64]: UInt32] = [:]
    // Among few values, so that most pairs come again, and halves of pairs too.
    for _ in 0..<20_000 {
      let pair = [generator.next() % 90, generator.next() % 90 << 57]
      let expected = known[pair] ?? UInt32(known.count)
      known[pair] = expected
      #expect(numbers.number(of: pair[0], pair[1]) == expected)
    }
    #expect(known.count > 8000)
  }

  @Test func textsOfAnyLengthAreToldApart() {
    let texts =
      ["", "\u{0}", "\u{0}\u{0}", "a", "\u{1}a", "b\u{0}", "198.51.100.7", "198.51.100.70", "é", "e\u{301}"]
      + (13..<19).flatMap { [String(repeating: "x", count: $0), String(repeating: "x", count: $0 - 1) + "y"] }
      + ["codepipeline.amazonaws.com", "2001:db8:85a3::8a2e:370:7334"]
    var numbers = TextNumbers()
    let first = texts.map { numbers.number(of: $0) }
    #expect(Set(first) == Set(0..<UInt32(texts.count)))
    #expect(texts.reversed().map { numbers.number(of: $0) } == first.reversed())
  }

  /// Who is a client: principal, address, software and protocol; an actor is a principal at an address.
  @Test func clientsAreWhoAsksFromWhereWithWhat() {
    var generator = SeededGenerator(state: 11)
    func pick(_ words: [String]) -> String { words[Int(generator.next() % UInt64(words.count))] }
    var clients = Clients()
    // Batches are known by where they are: they have to stay.
    var events: [TrailEvent] = []
    var (known, actors): ([[String]: Int], [[String]: UInt32]) = ([:], [:])
    for index in 0..<3000 {
      let who = "arn:aws:sts::1:assumed-role/\(pick(["A", "B"]))/\(pick(["x", "y", "build-\(index % 40)"]))"
      let (address, agent) = (pick(["192.0.2.1", "192.0.2.2", "codebuild.amazonaws.com"]), pick(["git/1", "git/2"]))
      let event = TrailEvent(
        eventID: "\(index)", time: Timestamp(seconds: 1_700_000_000), action: "GitPull",
        principal: Principal(type: "AssumedRole", name: "n", arn: who, accessKeyID: "\(index)"),
        sourceIPAddress: address, userAgent: agent, kind: .pull(dataTransferred: true, shallow: nil),
        location: RecordLocation(file: "a", record: index + 1))
      events.append(event)
      let number = clients.number(of: event)
      let expected = known[[who, address, agent]] ?? known.count
      known[[who, address, agent]] = expected
      let actor = actors[[who, address]] ?? UInt32(actors.count)
      actors[[who, address]] = actor
      #expect(number == expected && clients.actors[number] == actor)
    }
  }
}

/// Knuth's linear congruential generator: the same numbers in each run.
private struct SeededGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
