public import PushModel

/// Reads CodeCommit's own events, which lie beside the trail: EventBridge's "CodeCommit Repository State Change", and the
/// payloads of repository triggers, in whatever wraps them (SNS, Lambda, SQS, a log group, arrays, JSON lines).
///
/// A file that the user named must be sound; what is wrong with one that merely lies in a named folder is a note.
public struct StateChangeReader: Sendable {
  private let maximumFileSize: Int64
  private let standardInput: Int32

  public init(maximumFileSize: Int64 = 3 << 30, standardInput: Int32 = 0) {
    self.maximumFileSize = maximumFileSize
    self.standardInput = standardInput
  }

  public func read(_ paths: [String]) throws(TrailError) -> StateChangeReading {
    var reading = StateChangeReading()
    guard !paths.isEmpty else { return reading }
    let inputs = try TrailInputs(paths: paths, deliveryLag: 0, purpose: .events)
    reading.notes = inputs.unreadable.map { "Events: \($0.path) \($0.reason); it was left out." }
    guard let source = FileText(limit: maximumFileSize, standardInput: standardInput, expecting: 1 << 16),
      let parser = JSONParser()
    else { throw TrailError(message: "there is no memory to read the events") }
    var merged = MergedChanges()
    for file in inputs.files {
      let events = StateChangeFile(name: file.name, parser: parser)
      let loaded = source.load(file)
      if let text = loaded.text { events.read(text) }
      if let damage = loaded.damage {
        events.fail(damage.reason + (damage.offset < 0 ? "" : ", at byte \(damage.offset)"))
      }
      events.close()
      if let failure = events.failure {
        guard !file.isNamed else { throw failure }
        reading.notes.append("Events: \(failure.message); the rest was left out.")
      }
      reading.notes += events.notes
      for change in events.changes { try merged.add(change, of: file.name) }
    }
    reading.changes = merged.changes
    return reading
  }
}

/// Each movement once: EventBridge and SNS deliver at least once, and a bus and a trigger may both have told of one.
private struct MergedChanges {
  private struct Movement: Hashable {
    var repository: String
    var ref: RefName
    var before: ToldBefore
    var after: ObjectID?
    var time: Timestamp
  }

  private(set) var changes: [StateChange] = []
  private var ids: [String: Movement] = [:]
  private var movements: Set<Movement> = []

  /// Throws where an event stands there twice and says two things: one of them was changed, and which cannot be told.
  mutating func add(_ change: StateChange, of file: String) throws(TrailError) {
    let id = "\(change.source.rawValue) \(change.id) \(change.ref)"
    let movement = Movement(
      repository: change.repository.id ?? change.repository.name ?? "", ref: change.ref, before: change.before,
      after: change.after, time: change.time)
    if let known = ids.updateValue(movement, forKey: id) {
      guard known != movement else { return }
      throw TrailError(
        message: "\(file): event \(change.id) says of \(change.ref) something else than another copy of it",
        hints: ["one of the two was changed: give --events as EventBridge or the trigger delivered them"])
    }
    guard movements.insert(movement).inserted else { return }
    changes.append(change)
  }
}
