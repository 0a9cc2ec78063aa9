import PushModel
import RefLedger
import Testing

@testable import Correlation

/// A generator with a fixed seed (SplitMix64), so that every run sees the same worlds.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// The timeline's possible courses against a list of all of them, made by brute force from DESIGN 3 alone: every
/// permutation, every choice of what was refused or a deletion, kept if no rule forbids it.
@Suite struct TimelineTests {
  private static let tips = (1...4).map { ObjectID(hex: String(repeating: "\($0)", count: 40)) ?? .zero }
  private static let waits: [Int64] = [0, 1, 3, 4, 7, 60, 400, 2000]
  private let day = Timestamp(iso8601: "2026-03-02T00:00:00Z") ?? Timestamp(seconds: 0)

  private var coverage: Coverage {
    Coverage(
      intervals: [Coverage.Interval(start: day - 86_400, end: day + 86_400 * 3, basis: .stated)], gaps: [], lag: 900)
  }

  private func randomItems(_ generator: inout SeededGenerator) -> [TimelineItem] {
    var time = day + 3600
    return (0..<Int.random(in: 1...5, using: &generator)).map { index in
      time = time + (Self.waits.randomElement(using: &generator) ?? 0)
      let isGitPush = Int.random(in: 0..<4, using: &generator) > 0
      let after = Int.random(in: 0..<5, using: &generator) == 0 ? nil : Self.tips.randomElement(using: &generator)
      let advertised =
        isGitPush && Bool.random(using: &generator) ? time - Int64.random(in: 0...4, using: &generator) : nil
      var told = ToldBefore.notTold
      if !isGitPush, Bool.random(using: &generator) { told = .tip(Self.tips.randomElement(using: &generator) ?? .zero) }
      let mayBeDeletion = Bool.random(using: &generator)
      return TimelineItem(
        update: index, time: time, told: told, after: after, isGitPush: isGitPush, mayBeDeletion: mayBeDeletion,
        mayBeFirstDeletion: mayBeDeletion, advertised: advertised, actor: UInt32.random(in: 0..<2, using: &generator))
    }
  }

  /// Every course, as steps in the order in which they took effect.
  private func allCourses(_ items: [TimelineItem], start: RefValue, end: RefValue?) -> [[Step]] {
    var courses: [[Step]] = []
    func extend(_ steps: [Step], _ value: RefValue, _ movers: [Int], _ left: [Int]) {
      guard !left.isEmpty else {
        if end == nil || value == end || value.isUnknown { courses.append(steps) }
        return
      }
      for index in left {
        let item = items[index]
        // A record more than five seconds earlier took effect earlier.
        guard left.allSatisfy({ item.time - items[$0].time <= 5 }) else { continue }
        let rest = left.filter { $0 != index }
        let target: RefValue = item.after.map(RefValue.tip) ?? .none
        var found = value
        if case .tip(let told) = item.told {
          guard value.isUnknown || value == .tip(told) else { continue }
          found = .tip(told)
        }
        func step(_ outcome: Step.Outcome, _ next: RefValue, moves: Bool) {
          extend(
            steps + [Step(item: index, before: found, outcome: outcome)], next, moves ? movers + [index] : movers, rest)
        }
        if found == target {
          step(.repeated, target, moves: false)
          if item.isGitPush, item.after != nil, item.mayBeDeletion { step(.deleted, .none, moves: true) }
        } else {
          step(.applied, target, moves: true)
          if found.isUnknown, item.isGitPush, item.after != nil, item.mayBeFirstDeletion {
            step(.deleted, .none, moves: true)
          }
          let refusal = movers.contains { mover in
            let other = items[mover]
            guard item.isGitPush, other.time <= item.time + 5 else { return false }
            if let advertised = item.advertised { return other.time >= advertised }
            return other.time >= item.time - (other.actor == item.actor ? 60 : 900)
          }
          if refusal { step(.refused, found, moves: false) }
        }
      }
    }
    extend([], start, [], Array(items.indices))
    return courses
  }

  private func end(after step: Step, _ items: [TimelineItem]) -> RefValue {
    switch step.outcome {
    case .applied, .repeated: items[step.item].target
    case .deleted: .none
    case .refused: step.before
    }
  }

  @Test func possibleStepsAreThoseOfAllCourses() {
    var generator = SeededGenerator(seed: 20_260_302)
    var compared = 0
    var refusals = 0
    for _ in 0..<4000 {
      let items = randomItems(&generator)
      let isCreated = Bool.random(using: &generator)
      let seen =
        Int.random(in: 0..<3, using: &generator) == 0
        ? nil : RefValue.tip(Self.tips.randomElement(using: &generator) ?? .zero)
      let courses = allCourses(items, start: isCreated ? .none : .unknown(.beforeUnknown), end: seen)
      let builder = TimelineBuilder(coverage: coverage, omissions: [], created: isCreated ? day : nil)
      var sightings: [PlacedSighting] = []
      if let seen, let last = items.last, case .tip(let tip) = seen {
        let when = last.time + 7200
        sightings = [
          PlacedSighting(
            sighting: Sighting(
              ref: .branch("x"), value: .tip(tip), earliest: when, latest: when, source: .fetchHead, dating: .fetchHead,
              evidence: ""), value: seen, start: when - 300, end: when + 300)
        ]
      }
      let timeline = builder.timeline(ref: .branch("x"), items: items, sightings: sightings)
      if courses.isEmpty {
        #expect(!timeline.holes.isEmpty, "\(items)")
        continue
      }
      guard timeline.holes.isEmpty else {
        Issue.record("a hole where a course exists: \(items) seen \(String(describing: seen))")
        continue
      }
      compared += 1
      #expect(courses.contains { $0.last.map { end(after: $0, items) } == timeline.plainestEnd }, "\(items)")
      for item in items.indices {
        let expected = Set(courses.flatMap { $0 }.filter { $0.item == item })
        let actual = Set(timeline.possible[item])
        #expect(expected == actual, "item \(item) of \(items), seen \(String(describing: seen))")
        if expected.contains(where: { $0.outcome == .refused }) { refusals += 1 }
      }
    }
    // The comparison is worth something only if such worlds were among them.
    #expect(compared > 1000)
    #expect(refusals > 200)
  }

  /// What is said of a group with too many courses to list allows each of its courses.
  @Test func aLooseGroupAllowsEveryCourse() {
    var generator = SeededGenerator(seed: 20_260_303)
    var compared = 0
    for _ in 0..<4000 {
      let items = randomItems(&generator)
      guard zip(items, items.dropFirst()).allSatisfy({ $1.time - $0.time <= 5 }) else { continue }
      let start: RefValue = Bool.random(using: &generator) ? .none : .unknown(.beforeUnknown)
      let loose = LooseGroup(items: items, group: items.indices, starts: [CourseState(value: start)])
      let anyBefore = Set(loose.steps.filter { $0.before.isUnknown }.map(\.item))
      for course in allCourses(items, start: start, end: nil) {
        compared += 1
        for step in course where !anyBefore.contains(step.item) {
          let isAllowed = loose.steps.contains {
            $0.item == step.item && $0.outcome == step.outcome && ($0.before == step.before || step.outcome == .refused)
          }
          #expect(isAllowed, "\(step) of \(items)")
        }
        if let last = course.last {
          let value = end(after: last, items)
          #expect(loose.ends.contains { $0.value == value || $0.value.isUnknown }, "\(value) of \(items)")
        }
      }
    }
    #expect(compared > 1000)
  }
}
