import Correlation
import Testing

@testable import Report

@Suite struct ExitStatusTests {
  @Test(arguments: [
    (Summary.Result.pass, false, 0), (.pass, true, 0), (.fail, false, 1), (.fail, true, 1), (.unverifiable, false, 3),
    (.unverifiable, true, 0),
  ])
  func table(result: Summary.Result, allows: Bool, code: Int32) {
    #expect(ExitStatus(result, allowsUnverifiable: allows).rawValue == code)
  }

  @Test func theOthersAreFixed() {
    #expect(ExitStatus.couldNotRun.rawValue == 2)
    #expect(ExitStatus.usage.rawValue == 64)
  }

  @Test func formatsComeFromExtensions() {
    #expect(ReportFormat(fileName: "a/b.MD") == .markdown)
    #expect(ReportFormat(fileName: "x.json") == .json)
    #expect(ReportFormat(fileName: "x.txt") == .text)
    #expect(ReportFormat(fileName: "x.html") == nil)
  }
}
