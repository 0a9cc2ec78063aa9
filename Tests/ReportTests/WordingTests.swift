import Correlation
import PushModel
import RefLedger
import Testing

@testable import Report

@Suite struct WordingTests {
  /// A file that nobody copied could prove "brought by" wrong, so assumed coverage never says it (DESIGN 5).
  @Test func assumedCoverageClaimsLess() {
    for (basis, claims) in [(Coverage.Basis.assumed, false), (.stated, true), (.digest, true)] {
      let report = Sample.report(basis: basis)
      let texts = [
        ReportText(report).text(TextStyle()), ReportMarkdown(report).text(),
        ShowText(report, subject: .event("e-2")).text(), ShowText(report, subject: .commit(Sample.id("9"))).text(),
      ]
      for text in texts {
        #expect(text.contains("brought by this push") == claims)
        #expect(text.contains("first logged with this push") == !claims)
      }
    }
  }

  /// A table without rows would be broken Markdown.
  @Test func noUpdatesMakeNoTable() {
    var report = Sample.report()
    for index in report.pushes.indices { report.pushes[index].updates = [] }
    let text = ReportMarkdown(report).text()
    #expect(text.contains("No update is logged"))
    #expect(!text.contains("|  |"))
  }

  @Test func whoIsThePersonThenTheRole() {
    #expect(Wording.who(Sample.alice) == "alice (role Developer)")
    #expect(Wording.who(Sample.bob) == "bob")
    #expect(
      Wording.who(Principal(type: "AssumedRole", name: "i-0abc", role: "CI", session: "i-0abc", sourceIdentity: "eve"))
        == "i-0abc (role CI, as eve)")
    #expect(Wording.who(Principal(type: "Root", name: "111122223333")) == "111122223333 (root)")
  }

  @Test func unprotectedRefsHaveOneLineARuleUnlessAllIsAsked() {
    let folded = VerifyText(Sample.report()).text()
    #expect(folded.contains("topic: 2 force pushes, up to 6 commits replaced"))
    #expect(!VerifyText(Sample.report(), showsAll: true).text().contains("2 force pushes"))
  }

  @Test func logFiltersChoose() {
    func lines(_ filter: PushLogFilter) -> Int {
      PushLogText(Sample.report(), filter: filter).text().split(separator: "\n").count
    }
    #expect(lines(.init()) == 3)
    #expect(lines(.init(includesAttempts: true)) == 4)
    #expect(lines(.init(ref: "main")) == 2)
    #expect(lines(.init(ref: "refs/heads/topic")) == 1)
    #expect(lines(.init(principal: "DEVELOPER")) == 2)
    #expect(lines(.init(onlyForced: true)) == 1)
    #expect(lines(.init(limit: 2)) == 2)
    #expect(lines(.init(ref: "none")) == 0)
  }

  /// What `ask` prints may be pasted into a shell that runs comments: nothing in them is for running.
  @Test func commentsOfAskAreInert() {
    let finding = Finding(
      rule: .evidenceIncomplete, severity: .warning, message: "x", ref: .branch("a;$(touch x)`id`\nrm -rf ~"),
      settle: ["git fetch"])
    let text = AskText(Sample.report(findings: [finding])).text()
    let comment = text.split(separator: "\n")[0]
    #expect(text.split(separator: "\n").count == 2)
    #expect(!comment.dropFirst(1).contains { ";$`&|<>#".contains($0) })
  }

  @Test func askGivesWhatSettlesMostFirst() {
    let findings = [
      Finding(rule: .trailGap, severity: .warning, message: "a", settle: ["one"]),
      Finding(rule: .evidenceIncomplete, severity: .warning, message: "b", ref: .branch("x"), settle: ["two", "one"]),
      Finding(rule: .evidenceIncomplete, severity: .warning, message: "c", ref: .branch("y"), settle: ["two"]),
      Finding(rule: .evidenceIncomplete, severity: .warning, message: "d", ref: .branch("z"), settle: ["two"]),
    ]
    #expect(AskText(Sample.report(findings: findings)).questions.map(\.command) == ["two", "one"])
  }
}
