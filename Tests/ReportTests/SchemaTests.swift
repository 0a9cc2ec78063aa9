import Correlation
import Foundation
import PushModel
import Testing

@testable import Report

/// The JSON against the schema, by Python's jsonschema.
@Suite struct SchemaTests {
  static let schemaFile = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/Report/Schema/pushtrail-report.schema.json").standardizedFileURL

  @Test func theProgramHoldsTheFile() throws {
    #expect(try String(contentsOf: Self.schemaFile, encoding: .utf8) == ReportSchema.text)
  }

  static let script = """
    import json, sys
    import jsonschema
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for number, document in enumerate(json.load(sys.stdin)):
        for error in validator.iter_errors(document):
            print(number, "/".join(map(str, error.absolute_path)), error.message)
    """

  /// What the validator complains of, one line each.
  static func complaints(about documents: [String]) throws -> String {
    try python(script, "[\(documents.joined(separator: ","))]")
  }

  /// What a script prints that is given the schema's path and an input, run by a Python that has jsonschema.
  static func python(_ script: String, _ text: String) throws -> String {
    for python in ["/usr/bin/env python3", "/usr/bin/python3"] {
      let words = python.split(separator: " ").map(String.init)
      let probe = Process()
      probe.executableURL = URL(filePath: words[0])
      probe.arguments = words.dropFirst() + ["-W", "ignore", "-c", "import jsonschema"]
      probe.standardError = FileHandle.nullDevice
      try probe.run()
      probe.waitUntilExit()
      guard probe.terminationStatus == 0 else { continue }

      let input = URL(filePath: NSTemporaryDirectory()).appending(path: "pushtrail-schema-\(UUID().uuidString).json")
      try Data(text.utf8).write(to: input)
      defer { try? FileManager.default.removeItem(at: input) }
      let process = Process()
      process.executableURL = URL(filePath: words[0])
      process.arguments = words.dropFirst() + ["-W", "ignore", "-c", script, schemaFile.path(percentEncoded: false)]
      process.standardInput = try FileHandle(forReadingFrom: input)
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return text
    }
    Issue.record("python3 with jsonschema is needed: scripts/install-dependencies")
    return "no validator"
  }

  static func render(_ report: ProvenanceReport) -> String {
    JSONReport(report, toolName: "git-pushtrail", toolVersion: "0").text()
  }

  @Test func reportsAreValid() throws {
    var reports = [Self.render(Sample.report()), Self.render(Sample.report(findings: [], result: .pass))]
    for seed in 0..<200 {
      var random = RandomReport(seed: UInt64(seed) + 5000)
      reports.append(Self.render(random.make()))
    }
    #expect(try Self.complaints(about: reports) == "")
  }

  /// The schema can say no: each of these breaks a valid report in one way.
  @Test(arguments: [
    ("\"schemaVersion\": 1", "\"schemaVersion\": 2"), ("\"transition\": \"forced\"", "\"transition\": \"force\""),
    ("\"landed\": \"logged\"", "\"landed\": \"no\""), ("2024-05-01T10:00:00Z", "2024-05-01 10:00:00"),
    ("\"verdict\": \"overwritten\"", "\"verdict\": \"unverifiable\""),
    ("\"severity\": \"error\"", "\"severity\": \"bad\""),
    ("\"records\": 40", "\"records\": \"40\""), ("\"bare\"", "\"bear\""), (String(repeating: "a", count: 40), "abc"),
    ("\"limits\"", "\"limit\""), ("\"result\": \"fail\"", "\"result\": \"failed\""),
  ])
  func wrongReportsAreNot(right: String, wrong: String) throws {
    let valid = Self.render(Sample.report())
    let broken = valid.replacing(right, with: wrong)
    #expect(broken != valid)
    #expect(try Self.complaints(about: [broken]) != "")
  }

  /// A parser that is not ours gets back what went in.
  @Test func stringsSurvive() throws {
    for text in RandomReport.hostile {
      var report = Sample.report()
      report.limits = [text]
      let json = Self.render(report)
      let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      let back = try #require((document?["limits"] as? [String])?.first)
      #expect(Array(back.unicodeScalars) == Array(text.unicodeScalars))
    }
  }

  @Test func everyCharacterSurvivesAtEveryPlace() throws {
    let scalars = (0..<0x180).compactMap(Unicode.Scalar.init)
    var texts: [String] = []
    for length in 1...18 {
      for place in 0..<length {
        for scalar in scalars {
          texts.append(
            String(repeating: "x", count: place) + String(Character(scalar))
              + String(repeating: "y", count: length - place - 1))
        }
      }
    }
    var report = Sample.report()
    report.limits = texts
    let json = Self.render(report)
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let back = try #require(document?["limits"] as? [String])
    #expect(back.map { Array($0.unicodeScalars) } == texts.map { Array($0.unicodeScalars) })
    #expect(!json.unicodeScalars.contains { $0 != "\n" && $0.isDeceptive })
  }

  @Test func timesAreThoseOfTheModel() {
    var random = RandomReport(seed: 77)
    for _ in 0..<5000 {
      let time = Timestamp(seconds: Int64(random.below(253_402_300_800)))
      let text = JSONWriter.text { (json: inout JSONWriter) throws(JSONWriter.Failure) in
        try json.beginObject()
        try json.time("t", time)
        json.end()
      }
      #expect(text == "{\n  \"t\": \"\(time)\"\n}\n")
    }
  }

  @Test func theSameReportGivesTheSameBytesInSmallPieces() {
    var report = Sample.report()
    report.pushes = Array(repeating: report.pushes, count: 400).flatMap { $0 }
    var pieces: [Int] = []
    var whole: [UInt8] = []
    let sink = { (piece: Span<UInt8>) in
      for index in piece.indices { whole.append(piece[index]) }
      pieces.append(piece.count)
    }
    withoutActuallyEscaping(sink) { JSONReport(report, toolName: "git-pushtrail", toolVersion: "0").write(to: $0) }
    #expect(String(decoding: whole, as: UTF8.self) == Self.render(report))
    #expect(pieces.count > 5)
    #expect((pieces.max() ?? 0) < 80_000)
  }
}
