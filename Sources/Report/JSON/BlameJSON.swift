public import Correlation
internal import PushModel

/// A blamed file as JSON, `schemaVersion` 1: `file`, `revision`, and for each of `lines[]` its `line`, `commit`, `author`,
/// `text`, and either `push` or `unexplained` (`before-coverage`, `after-coverage`, `unattributed`, `not-pushed`).
public struct BlameJSON {
  private let blame: Blame

  public init(_ blame: Blame) { self.blame = blame }

  public func write<Failure: Error>(to sink: @escaping (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try JSONWriter.write(to: sink) { (json: inout JSONWriter) throws(JSONWriter.Failure) in try write(into: &json) }
  }

  private func write(into json: inout JSONWriter) throws(JSONWriter.Failure) {
    try json.beginObject()
    try json.number("schemaVersion", 1)
    try json.string("file", blame.file.path)
    try json.id("revision", blame.file.revision)
    try json.beginArray("lines")
    for line in blame.lines {
      try json.beginObject()
      try json.number("line", line.number)
      try json.id("commit", line.commit)
      try json.beginObject("author", inline: true)
      try json.string("name", line.author.authorName)
      try json.string("email", line.author.authorEmail)
      try json.time("time", line.author.authored)
      json.end()
      switch line.origin {
      case .push(let push):
        try json.beginObject("push")
        try json.string("eventID", push.eventID)
        try json.string("action", push.action)
        try json.time("time", push.time)
        try json.write(push.principal)
        try json.string("ref", push.ref.rawValue)
        try json.string("certainty", push.isExact ? "exact" : "no-later-than")
        json.end()
      case .unexplained(let reason): try json.string("unexplained", reason.rawValue)
      }
      try json.string("text", line.text)
      json.end()
    }
    json.end()
    json.end()
  }
}
