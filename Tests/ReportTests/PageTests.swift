import Correlation
import PushModel
import Testing

@testable import Report

@Suite struct PageTests {
  @Test func probe() {
    print(VerifyText(Sample.report()).text(TextStyle(width: 80)))
    print("=====200")
    print(VerifyText(Sample.report(), showsAll: true).text(TextStyle(width: 200)))
    print("=====clean")
    print(VerifyText(Sample.report(basis: .stated, findings: [], result: .pass)).text())
    print("=====log80")
    print(PushLogText(Sample.report(), filter: .init(includesAttempts: true)).text(TextStyle(width: 80)))
    print("=====log")
    print(PushLogText(Sample.report()).text())
    print("=====show")
    for word in ["aaaa", "e-2", "main", "7777", "e-4"] {
      if let subject = try? Subject.find(word, in: Sample.report()) {
        print(ShowText(Sample.report(), subject: subject).text(TextStyle(width: 80)))
      }
    }
    print("=====ask")
    print(AskText(Sample.report()).text())
    print("=====report80")
    print(ReportText(Sample.report()).text(TextStyle(width: 80)))
    print("=====md")
    print(ReportMarkdown(Sample.report()).text())
  }
}
