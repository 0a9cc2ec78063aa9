internal import PushModel

/// One file of CodeCommit's own events: takes off what wraps them, and reads each.
final class StateChangeFile {
  private let name: String
  private let parser: JSONParser
  private(set) var changes: [StateChange] = []
  /// The first thing that is wrong with the file.
  private(set) var failure: TrailError?
  private(set) var notes: [String] = []

  /// Events so far, which is the number of the one being read.
  private var number = 0
  /// CloudTrail's records among them, and events of CodeCommit that move no ref.
  private var records = 0
  private var others = 0
  /// JSON texts that were found within values, with how deep they lay.
  private var pending: [(text: String, depth: Int)] = []

  /// An event may lie in a message in a notification in a queue's message, hardly deeper.
  private static let deepest = 5

  init(name: String, parser: JSONParser) {
    self.name = name
    self.parser = parser
  }

  func fail(_ reason: String, hints: [String] = []) {
    guard failure == nil else { return }
    failure = TrailError(message: "\(name): \(reason)", hints: hints)
  }

  func read(_ text: ByteBuffer) {
    text.blankByteOrderMark()
    var items: [CarefulScan.Item] = []
    var scan = CarefulScan(text, from: 0)
    scan.run { items.append($0) }
    for item in items where failure == nil {
      switch item {
      case .logFile, .export: break
      case .element(let range, _), .text(let range):
        number += 1
        switch parser.parse(text, range) {
        case .value(let value): unwrap(value, depth: 0)
        case .failure(let reason): fail("event \(number) at byte \(range.lowerBound) is broken JSON: \(reason)")
        }
        while failure == nil, let nested = pending.popLast() { unwrap(nested) }
      case .broken(let offset, let reason, _): fail("after event \(number), at byte \(offset): \(reason)")
      }
    }
  }

  /// Judges the file as a whole, once it is read.
  func close() {
    guard failure == nil else { return }
    if records > 0, changes.isEmpty {
      fail(
        "holds CloudTrail records, and no state change of CodeCommit",
        hints: ["records are the trail: --trail \(ShellWord.path(name))"])
    } else if changes.isEmpty, others == 0 {
      fail("holds no event of CodeCommit", hints: [Self.wanted])
    }
    if records > 0, failure == nil {
      notes.append(
        "Events: \(name) holds \(records) CloudTrail records beside its state changes; they were not read as a trail.")
    }
  }

  private static let wanted =
    "--events takes EventBridge's \"CodeCommit Repository State Change\" events and the payloads of repository triggers"

  // MARK: - Wrappers

  private func unwrap(_ nested: (text: String, depth: Int)) {
    let isSound = parser.parsed(nested.text) { unwrap($0, depth: nested.depth) }
    if !isSound { fail("event \(number): the message within it is broken JSON", hints: [Self.wanted]) }
  }

  private func unwrap(_ value: JSONValue, depth: Int) {
    guard failure == nil else { return }
    guard value.isObject, depth <= Self.deepest else { return refuse(value) }
    if value["detail-type"] != nil, let detail = value["detail"] {
      return eventBridge(value, detail)
    }
    if let payload = value["codecommit"] { return trigger(value, payload) }
    if value["eventVersion"] != nil, value["eventName"] != nil, value["eventID"] != nil {
      records += 1
      return
    }
    for name: StaticString in ["Records", "Messages", "events", "logEvents", "Events"] {
      guard let list = value[name], list.kind == .array else { continue }
      return list.elements.forEach { unwrap($0, depth: depth + 1) }
    }
    if let notification = value["Sns"] { return unwrap(notification, depth: depth + 1) }
    for name: StaticString in ["Message", "message", "body", "Body"] {
      guard let text = value[name]?.text else { continue }
      pending.append((text, depth + 1))
      return
    }
    refuse(value)
  }

  private func refuse(_ value: JSONValue) {
    let names = value.members.prefix(4).map(\.name).joined(separator: ", ")
    fail(
      "event \(number) is no event of CodeCommit" + (names.isEmpty ? "" : ": it has \(names)"), hints: [Self.wanted])
  }

  // MARK: - EventBridge

  private func eventBridge(_ envelope: JSONValue, _ detail: JSONValue) {
    switch envelope["detail-type"]?.text {
    case "CodeCommit Repository State Change": break
    case "AWS API Call via CloudTrail", "AWS Service Event via CloudTrail":
      records += 1
      return
    default:
      // An archive holds what its rule let through: other events say nothing of refs.
      others += 1
      return
    }
    var fields = RecordFields()
    let event = fields.text(detail, "event") ?? ""
    guard ["referenceCreated", "referenceUpdated", "referenceDeleted"].contains(event) else {
      if event == "unreferencedMergeCommitCreated" {
        others += 1
      } else {
        fail("event \(number): \"\(event)\" is no state change that is known")
      }
      return
    }
    let arn = fields.array(envelope, "resources").lazy.compactMap(\.text).first { $0.contains(":codecommit:") }
    var repository = Self.repository(arn: arn)
    repository.id = fields.text(detail, "repositoryId")
    repository.name = fields.text(detail, "repositoryName") ?? repository.name
    repository.accountID = repository.accountID ?? fields.text(envelope, "account")
    repository.region = repository.region ?? fields.text(envelope, "region")
    let ref = Self.ref(detail, &fields)
    let new = event == "referenceDeleted" ? nil : fields.objectID(detail, "commitId")
    let old = event == "referenceCreated" ? nil : fields.objectID(detail, "oldCommitId")
    var lacking: [String] = []
    if repository.id == nil, repository.name == nil { lacking.append("repositoryId") }
    if ref == nil { lacking.append("referenceFullName") }
    if new == nil, event != "referenceDeleted" { lacking.append("commitId") }
    if old == nil, event != "referenceCreated" { lacking.append("oldCommitId") }
    let time = fields.text(envelope, "time").flatMap { Timestamp(iso8601: $0) }
    if time == nil { lacking.append("time") }
    guard lacking.isEmpty, fields.damage.isEmpty, let ref, let time else {
      return fail("event \(number): \(Self.complaint(fields.damage, lacking))")
    }
    changes.append(
      StateChange(
        id: fields.text(envelope, "id") ?? "without an id", source: .eventBridge, time: time, repository: repository,
        ref: ref, before: old.map(ToldBefore.tip) ?? ToldBefore.none, after: new,
        mergeSource: detail["mergeOption"] != nil ? fields.objectID(detail, "sourceCommitId") : nil,
        caller: fields.text(detail, "callerUserArn"), location: RecordLocation(file: name, record: number)))
  }

  private static func ref(_ detail: JSONValue, _ fields: inout RecordFields) -> RefName? {
    if let whole = fields.text(detail, "referenceFullName"), whole.hasPrefix("refs/") { return RefName(whole) }
    guard let short = fields.text(detail, "referenceName") else { return nil }
    switch fields.text(detail, "referenceType") {
    case "branch": return .branch(short)
    case "tag": return .tag(short)
    default: return nil
    }
  }

  private static func complaint(_ damage: [String], _ lacking: [String]) -> String {
    (damage + (lacking.isEmpty ? [] : ["\(lacking.joined(separator: ", ")) cannot be read"])).joined(separator: "; ")
  }

  // MARK: - Triggers

  private func trigger(_ record: JSONValue, _ payload: JSONValue) {
    var fields = RecordFields()
    // Sent by hand, to try the trigger.
    if fields.text(record, "eventName") == "TriggerEventTest" {
      others += 1
      return
    }
    let repository = Self.repository(arn: fields.text(record, "eventSourceARN"))
    let time = fields.text(record, "eventTime").flatMap { Timestamp(iso8601: $0) }
    guard payload.isObject, repository.name != nil, let time else {
      let lacking = [repository.name == nil ? "eventSourceARN" : nil, time == nil ? "eventTime" : nil].compactMap(
        \.self)
      return fail("event \(number): \(Self.complaint(fields.damage, lacking.isEmpty ? ["codecommit"] : lacking))")
    }
    for (index, entry) in fields.array(payload, "references").enumerated() {
      let ref = fields.text(entry, "ref").map(RefName.init(_:))
      let tip = fields.objectID(entry, "commit")
      let isCreated = fields.flag(entry, "created") ?? false
      let isDeleted = fields.flag(entry, "deleted") ?? false
      guard let ref, tip != nil || isDeleted, fields.damage.isEmpty else {
        let lacking = [ref == nil ? "ref" : nil, tip == nil ? "commit" : nil].compactMap(\.self)
        return fail("event \(number), reference \(index + 1): \(Self.complaint(fields.damage, lacking))")
      }
      changes.append(
        StateChange(
          id: fields.text(record, "eventId") ?? "without an id", source: .trigger, time: time, repository: repository,
          ref: ref, before: isDeleted ? tip.map(ToldBefore.tip) ?? .notTold : isCreated ? ToldBefore.none : .notTold,
          after: isDeleted ? nil : tip, caller: fields.text(record, "userIdentityARN"),
          location: RecordLocation(file: name, record: number)))
    }
    if !fields.damage.isEmpty { fail("event \(number): \(Self.complaint(fields.damage, []))") }
  }

  /// `arn:PARTITION:codecommit:REGION:ACCOUNT:NAME`.
  private static func repository(arn: String?) -> RepositoryReference {
    let parts = arn?.split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
    guard parts.count == 6, parts[2] == "codecommit", !parts[5].isEmpty else { return RepositoryReference() }
    return RepositoryReference(name: parts[5], partition: parts[1], accountID: parts[4], region: parts[3])
  }
}
