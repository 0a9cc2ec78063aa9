/// CodeCommit's own word, beside CloudTrail's, that one ref moved: an EventBridge "CodeCommit Repository State Change", or
/// one reference of a repository trigger's payload.
///
/// It is sent because the ref moved, so it is never about a push that was refused. It is delivered at best effort: that
/// there is none proves nothing.
/// Sources: CodeCommit User Guide, "Monitoring CodeCommit events in Amazon EventBridge and Amazon CloudWatch Events";
/// "Example: Create an AWS CodeCommit trigger for an AWS Lambda function".
public struct StateChange: Hashable, Sendable {
  /// The event's id: of EventBridge's envelope, or the trigger's `eventId`.
  public var id: String
  public var source: Source
  public var time: Timestamp
  public var repository: RepositoryReference
  public var ref: RefName
  /// What stood there before. A trigger tells no old id of an update.
  public var before: ToldBefore
  /// The new tip; `nil` for a deletion.
  public var after: ObjectID?
  /// The tip that was merged, where the event tells of a merge.
  public var mergeSource: ObjectID?
  /// The ARN of who moved it, where the event tells.
  public var caller: String?
  public var location: RecordLocation

  public init(
    id: String, source: Source, time: Timestamp, repository: RepositoryReference, ref: RefName, before: ToldBefore,
    after: ObjectID?, mergeSource: ObjectID? = nil, caller: String? = nil, location: RecordLocation
  ) {
    self.id = id
    self.source = source
    self.time = time
    self.repository = repository
    self.ref = ref
    self.before = before
    self.after = after
    self.mergeSource = mergeSource
    self.caller = caller
    self.location = location
  }

  public enum Source: String, Hashable, Sendable, CaseIterable {
    case eventBridge = "EventBridge state change"
    case trigger = "trigger"
  }

  /// The event, as a line of evidence.
  public var description: String {
    "\(source.rawValue) \(id) at \(time)" + (caller.map { " by \($0)" } ?? "") + " (\(location))"
  }
}

/// All that reading events files gave.
public struct StateChangeReading: Sendable {
  /// In the order of the files; each once.
  public var changes: [StateChange] = []
  /// In words, what of the files was left out, and why.
  public var notes: [String] = []

  public init() {}
}
