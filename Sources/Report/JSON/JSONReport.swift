public import Correlation

/// The report as JSON: DESIGN 8 to the letter, the same bytes for the same report.
///
/// `Schema/pushtrail-report.schema.json` describes it. The text goes to the sink in pieces of some 64 KiB, so a large
/// report never lies in memory a second time.
public struct JSONReport {
  private let report: ProvenanceReport
  private let toolName: String
  private let toolVersion: String

  public init(_ report: ProvenanceReport, toolName: String, toolVersion: String) {
    self.report = report
    self.toolName = toolName
    self.toolVersion = toolVersion
  }

  /// One document.
  public func write<Failure: Error>(to sink: @escaping (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try JSONWriter.write(to: sink) { (json: inout JSONWriter) throws(JSONWriter.Failure) in try write(into: &json) }
  }

  /// One object a line (NDJSON), each with one key that names what it is: first `report`, with what stands before the
  /// pushes, then `push`, `attempt`, `pull`, `ref`, `limit`, `epoch` and `finding` in the order of the document, one a line,
  /// last `summary`.
  public func writeLines<Failure: Error>(to sink: @escaping (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try JSONWriter.write(.lines, to: sink) { (json: inout JSONWriter) throws(JSONWriter.Failure) in
      try writeLines(into: &json)
    }
  }

  /// The whole document at once, for small reports and tests.
  public func text() -> String {
    JSONWriter.text { (json: inout JSONWriter) throws(JSONWriter.Failure) in try write(into: &json) }
  }

  private func write(into json: inout JSONWriter) throws(JSONWriter.Failure) {
    try json.beginObject()
    try writeHeader(into: &json)
    try json.beginArray("pushes")
    try json.each(of: report.pushes) { (json: inout JSONWriter, push) throws(JSONWriter.Failure) in try json.write(push)
    }
    json.end()
    try json.beginArray("attempts")
    try json.each(of: report.attempts) { (json: inout JSONWriter, attempt) throws(JSONWriter.Failure) in
      try json.write(attempt)
    }
    json.end()
    try json.beginArray("pulls")
    try json.each(of: report.pulls) { (json: inout JSONWriter, pull) throws(JSONWriter.Failure) in try json.write(pull)
    }
    json.end()
    try json.beginArray("refs")
    try json.each(of: report.refs) { (json: inout JSONWriter, ref) throws(JSONWriter.Failure) in try json.write(ref) }
    json.end()
    try json.beginArray("limits")
    for limit in report.limits { try json.string(nil, limit) }
    json.end()
    if !epochs.isEmpty {
      try json.beginArray("epochs")
      for epoch in epochs { try json.write(epoch) }
      json.end()
    }
    try json.beginArray("findings")
    try json.each(of: report.findings) { (json: inout JSONWriter, finding) throws(JSONWriter.Failure) in
      try json.write(finding)
    }
    json.end()
    try json.write(report.summary)
    json.end()
  }

  private func writeLines(into json: inout JSONWriter) throws(JSONWriter.Failure) {
    try json.line { (json: inout JSONWriter) throws(JSONWriter.Failure) in
      try json.beginObject("report")
      try writeHeader(into: &json)
      json.end()
    }
    try json.lines(of: report.pushes) { (json: inout JSONWriter, push) throws(JSONWriter.Failure) in
      try json.write(push, "push")
    }
    try json.lines(of: report.attempts) { (json: inout JSONWriter, attempt) throws(JSONWriter.Failure) in
      try json.write(attempt, "attempt")
    }
    try json.lines(of: report.pulls) { (json: inout JSONWriter, pull) throws(JSONWriter.Failure) in
      try json.write(pull, "pull")
    }
    try json.lines(of: report.refs) { (json: inout JSONWriter, ref) throws(JSONWriter.Failure) in
      try json.write(ref, "ref")
    }
    for limit in report.limits {
      try json.line { (json: inout JSONWriter) throws(JSONWriter.Failure) in try json.string("limit", limit) }
    }
    for epoch in epochs {
      try json.line { (json: inout JSONWriter) throws(JSONWriter.Failure) in try json.write(epoch, "epoch") }
    }
    try json.lines(of: report.findings) { (json: inout JSONWriter, finding) throws(JSONWriter.Failure) in
      try json.write(finding, "finding")
    }
    try json.line { (json: inout JSONWriter) throws(JSONWriter.Failure) in try json.write(report.summary) }
  }

  /// What stands before the pushes.
  private func writeHeader(into json: inout JSONWriter) throws(JSONWriter.Failure) {
    try json.number("schemaVersion", ProvenanceReport.schemaVersion)
    try json.beginObject("tool", inline: true)
    try json.string("name", toolName)
    try json.string("version", toolVersion)
    json.end()
    try json.write(report.repository)
    try json.write(report.trail)
    try json.beginArray("clones")
    for clone in report.clones { try json.write(clone) }
    json.end()
  }

  /// Said only where there are several.
  private var epochs: [Epoch] { report.epochs.count > 1 ? report.epochs : [] }
}

extension JSONWriter {
  fileprivate mutating func line(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
    try beginObject()
    try body(&self)
    end()
  }

  fileprivate mutating func lines<Value: Sendable>(
    of values: [Value], _ body: @Sendable (inout JSONWriter, Value) throws(Failure) -> Void
  ) throws(Failure) {
    try each(of: values) { (json: inout JSONWriter, value) throws(Failure) in
      try json.line { (json: inout JSONWriter) throws(Failure) in try body(&json, value) }
    }
  }
}
