import Foundation
import PushModel
import Testing

@Suite struct ShellWordTests {
  static let words = [
    "plain", "", "a b", "it's", "-x", "--upload-pack=touch x;", "$(id)", "`id`", "a\nb", "\\", "*", "é", "~",
  ]

  /// A shell is the oracle: it hands each word on as it was.
  @Test func `a shell reads back what was quoted`() throws {
    let quoted = Self.words.map { ShellWord.quoted($0) }.joined(separator: " ")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "printf '%s\\0' \(quoted)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init) == Self.words + [""])
  }

  @Test func `what begins with a dash is no option`() {
    #expect(ShellWord.operand("origin") == "origin")
    #expect(ShellWord.operand("--upload-pack=touch x;") == "-- '--upload-pack=touch x;'")
    #expect(ShellWord.path("a b/-c") == "'a b/-c'")
    #expect(ShellWord.path("-c") == "./-c")
    #expect(ShellWord.option("--region", "us-east-2") == "--region us-east-2")
    #expect(ShellWord.option("--region", "-x") == "--region='-x'")
  }
}
