import Correlation
import Testing

@testable import Report

@Suite struct EscapingTests {
  @Test(arguments: [
    ("plain text", "plain text"), ("ünïcödé 日本語", "ünïcödé 日本語"),
    ("\u{1B}[31m", "\\u{1B}[31m"), ("a\nb\r", "a\\u{A}b\\u{D}"), ("\u{9B}2J", "\\u{9B}2J"),
    ("\u{202E}gnp", "\\u{202E}gnp"), ("a\u{200B}b", "a\\u{200B}b"), ("\u{E0041}", "\\u{E0041}"),
    ("\\u{1B}", "\\u{5C}u{1B}"), ("C:\\x", "C:\\x"), ("\u{301}a", "\\u{301}a"), ("e\u{301}", "e\u{301}"),
    ("a\u{A0}b", "a\\u{A0}b"), ("\u{2028}", "\\u{2028}"),
  ])
  func terminal(raw: String, shown: String) { #expect(TerminalText.escaping(raw) == shown) }

  @Test(arguments: [
    ("a|b", "a\\|b"), ("<b>&", "&lt;b&gt;&amp;"), ("*x* _y_ `z`", "\\*x\\* \\_y\\_ \\`z\\`"), ("# h", "\\# h"),
    ("- i", "\\- i"), ("1. i", "1\\. i"), ("[a](b)", "\\[a\\](b)"), ("a\n\nb", "a\\\\u\\{A\\}\\\\u\\{A\\}b"),
    ("@all", "&#64;all"), ("http://x", "http&#58;//x"), ("www.x", "www\\.x"), ("1) i", "1\\) i"), ("v1.2", "v1.2"),
    ("10:00:00", "10:00:00"),
    (":tada:", "&#58;tada:"), ("a: b", "a: b"), ("1://x", "1&#58;//x"), ("   x", "&#32;&#32;&#32;x"),
    ("x ", "x&#32;"),
  ])
  func markdown(raw: String, shown: String) { #expect(MarkdownText.escaping(raw) == shown) }

  @Test func codeSpansHoldBackticks() {
    #expect(MarkdownText.code("a`b") == "``a`b``")
    #expect(MarkdownText.code("`") == "`` ` ``")
    #expect(MarkdownText.code("a|b", inTable: true) == "`a\\|b`")
  }

  @Test func shorteningKeepsBothEnds() {
    #expect(TerminalText.shortened("feature/very-long-name", to: 10) == "featu…name")
    #expect(TerminalText.shortened("short", to: 5) == "short")
    #expect(TerminalText.width(of: TerminalText.shortened("日本語日本語日本語", to: 8)) <= 8)
    for width in 1...12 { #expect(TerminalText.width(of: TerminalText.shortened("日a本b語c日d", to: width)) <= width) }
  }

  /// No renderer lets a control, bidirectional or invisible character through, whatever the report holds.
  @Test(arguments: 0..<150)
  func noRendererEmitsADeceptiveCharacter(seed: Int) {
    var random = RandomReport(seed: UInt64(seed))
    let report = random.make()
    let narrow = TextStyle(width: 80)
    var texts = [
      "json": JSONReport(report, toolName: "t", toolVersion: "1").text(), "markdown": ReportMarkdown(report).text(),
      "report": ReportText(report).text(), "report 80": ReportText(report).text(narrow),
      "verify": VerifyText(report).text(), "verify 80": VerifyText(report, showsAll: true).text(narrow),
      "log": PushLogText(report, filter: PushLogFilter(includesAttempts: true)).text(),
      "log 80": PushLogText(report).text(narrow), "ask": AskText(report).text(),
    ]
    for push in report.pushes { texts["show \(push.eventID)"] = ShowText(report, subject: .event(push.eventID)).text() }
    for update in report.pushes.flatMap(\.updates) {
      texts["show \(update.ref)"] = ShowText(report, subject: .ref(update.ref)).text()
      if let tip = update.after { texts["show \(tip)"] = ShowText(report, subject: .commit(tip)).text() }
    }
    for (name, text) in texts {
      let bad = text.unicodeScalars.filter { $0 != "\n" && $0.isDeceptive }
      #expect(bad.isEmpty, "\(name.unicodeScalars.map(\.value)): \(bad.map { String($0.value, radix: 16) })")
    }
    let colored = VerifyText(report).text(TextStyle(hasColor: true, width: 80))
    let plain = colored.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(plain == VerifyText(report).text(narrow))
  }

  @Test func terminalEscapingIsInjective() {
    let shown = Set(RandomReport.hostile.map(TerminalText.escaping))
    #expect(shown.count == RandomReport.hostile.count)
  }
}
