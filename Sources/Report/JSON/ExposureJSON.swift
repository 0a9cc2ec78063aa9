public import Correlation
internal import PushModel

/// An exposure as JSON, `schemaVersion` 1: `commit`, `intervals[]`, `reads[]`, `clones[]`, `uncertainRefs[]`, and how many reads were left out.
public struct ExposureJSON {
  private let exposure: Exposure

  public init(_ exposure: Exposure) { self.exposure = exposure }

  public func text() -> String {
    JSONWriter.text { (json: inout JSONWriter) throws(JSONWriter.Failure) in try write(into: &json) }
  }

  private func write(into json: inout JSONWriter) throws(JSONWriter.Failure) {
    try json.beginObject()
    try json.number("schemaVersion", 1)
    try json.id("commit", exposure.commit)
    try json.beginArray("intervals")
    for interval in exposure.intervals {
      try json.beginObject()
      try json.string("ref", interval.ref.rawValue)
      try json.string("certainty", interval.certainty.rawValue)
      try json.time("start", ifPresent: interval.start)
      try json.time("end", ifPresent: interval.end)
      try json.string("pushedBy", ifPresent: interval.pushedBy)
      try json.string("droppedBy", ifPresent: interval.droppedBy)
      json.end()
    }
    json.end()
    try json.beginArray("reads")
    for read in exposure.reads {
      try json.beginObject()
      try json.string("eventID", read.eventID)
      try json.string("action", read.action)
      try json.time("time", read.time)
      try json.write(read.principal)
      try json.string("sourceIPAddress", read.sourceIPAddress)
      try json.string("userAgent", read.userAgent)
      try json.string("certainty", read.certainty.rawValue)
      try json.string("clone", ifPresent: read.clone)
      json.end()
    }
    json.end()
    try json.beginArray("uncertainRefs")
    for ref in exposure.uncertainRefs { try json.string(nil, ref.rawValue) }
    json.end()
    try json.number("excluded", exposure.excluded)
    try json.beginArray("clones")
    for copy in exposure.clones {
      try json.beginObject(inline: true)
      try json.string("clone", copy.clone)
      try json.time("time", ifPresent: copy.time)
      json.end()
    }
    json.end()
    json.end()
  }
}
