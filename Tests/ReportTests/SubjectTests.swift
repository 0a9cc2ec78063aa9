import Correlation
import PushModel
import Testing

@testable import Report

@Suite struct SubjectTests {
  @Test func wordsAreFound() throws {
    let report = Sample.report()
    #expect(try Subject.find("e-2", in: report) == .event("e-2"))
    #expect(try Subject.find("e-4", in: report) == .event("e-4"))
    #expect(try Subject.find("refs/heads/topic", in: report) == .ref(.branch("topic")))
    #expect(try Subject.find("main", in: report) == .ref(.branch("main")))
    #expect(try Subject.find("AAAA", in: report) == .commit(Sample.id("a")))
    #expect(try Subject.find(Sample.id("7").hex, in: report) == .commit(Sample.id("7")))
  }

  @Test(arguments: ["", "aaa", "zzzz", "0123", "refs/heads/none", String(repeating: "a", count: 41)])
  func strangersAreNot(word: String) {
    #expect { try Subject.find(word, in: Sample.report()) } throws: { error in
      if case SubjectError.notFound = error { true } else { false }
    }
  }

  @Test func ambiguityListsWhatItMayBe() throws {
    var report = Sample.report()
    let other = try #require(ObjectID(hex: "aaaa" + String(repeating: "0", count: 36)))
    report.pushes[0].updates[0].after = other
    report.pushes[1].event.eventID = "AAAA-1"
    #expect { try Subject.find("aaaa", in: report) } throws: { error in
      guard case SubjectError.ambiguous(_, let candidates) = error else { return false }
      return candidates == ["object \(other.hex)", "object \(Sample.id("a").hex)", "event AAAA-1"]
    }
    report.pushes[1].updates[0].ref = .tag("topic")
    #expect { try Subject.find("topic", in: report) } throws: { error in
      (error as? SubjectError)?.candidates == ["ref refs/heads/topic", "ref refs/tags/topic"]
    }
  }
}
