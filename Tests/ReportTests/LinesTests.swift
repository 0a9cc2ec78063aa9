import Correlation
import Foundation
import Testing

@testable import Report

/// The report line by line, put together again and compared with the document by Python.
@Suite struct LinesTests {
  private static let script = """
    import json, sys
    import jsonschema
    schema = json.load(open(sys.argv[1]))
    validator = jsonschema.Draft202012Validator(schema).evolve(schema=schema["$defs"]["line"])
    plural = {"push": "pushes", "attempt": "attempts", "pull": "pulls", "ref": "refs", "limit": "limits",
              "epoch": "epochs", "finding": "findings"}
    for number, (document, lines) in enumerate(json.load(sys.stdin)):
        if not lines.endswith("\\n"):
            print(number, "does not end with a line feed")
        lines = [json.loads(line) for line in lines[:-1].split("\\n")]
        for line in lines:
            for error in validator.iter_errors(line):
                print(number, "/".join(map(str, error.absolute_path)), error.message)
        whole = lines[0]["report"]
        for line in lines[1:-1]:
            (key, value), = line.items()
            whole.setdefault(plural.get(key, key), []).append(value)
        whole["summary"] = lines[-1]["summary"]
        for name in plural.values():
            if name != "epochs":
                whole.setdefault(name, [])
        if whole != json.loads(document):
            print(number, "says something else")
    """

  private static func lines(_ report: ProvenanceReport) -> String {
    var bytes: [UInt8] = []
    let sink = { (piece: Span<UInt8>) in for index in piece.indices { bytes.append(piece[index]) } }
    withoutActuallyEscaping(sink) { JSONReport(report, toolName: "git-pushtrail", toolVersion: "0").writeLines(to: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func complaints(about reports: [ProvenanceReport], _ change: (String) -> String = { $0 }) throws
    -> String
  {
    let pairs = reports.map { [SchemaTests.render($0), change(lines($0))] }
    return try SchemaTests.python(script, String(decoding: JSONEncoder().encode(pairs), as: UTF8.self))
  }

  @Test func theyAreTheDocument() throws {
    var reports = [Sample.report(), Sample.report(findings: [], result: .pass)]
    for seed in 0..<200 {
      var random = RandomReport(seed: UInt64(seed) + 9000)
      reports.append(random.make())
    }
    #expect(try Self.complaints(about: reports) == "")
  }

  /// The comparison and the schema can say no.
  @Test(arguments: [
    ("\"transition\":\"forced\"", "\"transition\":\"deleted\""), ("{\"attempt\":", "{\"attempts\":"),
    ("{\"push\":", "{\"ref\":"), ("\"result\":\"fail\"", "\"result\":\"pass\""),
  ])
  func anotherReportIsNot(right: String, wrong: String) throws {
    let said = try Self.complaints(about: [Sample.report()]) { lines in
      let changed = lines.replacing(right, with: wrong)
      #expect(changed != lines)
      return changed
    }
    #expect(said != "")
  }

  @Test func theFirstSaysOfWhatAndTheLastThatItIsWhole() {
    let lines = Self.lines(Sample.report()).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.first?.hasPrefix(#"{"report":{"schemaVersion":1,"tool":{"name":"git-pushtrail","version":"0"},"#) == true)
    #expect(lines.dropLast().last?.hasPrefix(#"{"summary":{"#) == true)
    #expect(lines.last == "")
  }
}
