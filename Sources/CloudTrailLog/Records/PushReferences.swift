internal import PushModel

extension RecordFields {
  /// What a GitPush moved: `requestParameters.references`, every entry of it or none.
  mutating func push(_ call: CallRecord) -> TrailEvent.Kind {
    guard let parameters = call.record["requestParameters"], !parameters.isNull, parameters.text != "" else {
      return pushWithoutReferences(call)
    }
    guard parameters.isObject else {
      note("requestParameters is not an object")
      return .pushOmitted
    }
    if CallRecord.isCut(parameters) { return .pushOmitted }
    guard let references = parameters["references"], !references.isNull, references.text != "" else {
      // Parameters without references, though data was sent: what moved is not told.
      if !parameters.isEmpty, parameters["references"] == nil, flag(call.extra, "dataTransferred") == true {
        return .pushOmitted
      }
      return pushWithoutReferences(call)
    }
    if CallRecord.isCut(references) { return .pushOmitted }

    let items: [JSONValue]
    switch references.kind {
    case .array: items = references.elements
    case .object: items = [references]
    default:
      note("references is not an array")
      return .pushOmitted
    }
    // That list was not lost: it says that nothing moved.
    if items.isEmpty { return .pushAdvertisement }
    var entries: [ReferenceEntry] = []
    entries.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      switch Self.entry(item) {
      case .success(let entry): entries.append(entry)
      case .failure(let flaw): note("references[\(index)] \(flaw.reason)")
      }
    }
    // No ref may be judged by half a record.
    return entries.count == items.count ? .push(entries) : .pushOmitted
  }

  /// An advertisement transfers no data and is read-only. A record that says neither is of a push that sent its commands,
  /// which name the refs: those were lost, and what moved is not told.
  private mutating func pushWithoutReferences(_ call: CallRecord) -> TrailEvent.Kind {
    flag(call.extra, "dataTransferred") == true && flag(call.record, "readOnly") != true
      ? .pushOmitted : .pushAdvertisement
  }

  private struct Flaw: Error {
    var reason: String
  }

  private static func entry(_ item: JSONValue) -> Result<ReferenceEntry, Flaw> {
    guard item.isObject else { return .failure(Flaw(reason: "is not an object")) }
    guard let name = item["ref"]?.text, !name.isEmpty else { return .failure(Flaw(reason: "names no ref")) }
    var fields = RecordFields()
    let deleted = fields.flag(item, "deleted") ?? false
    if let damage = fields.damage.first { return .failure(Flaw(reason: ": \(damage)")) }

    var id: ObjectID?
    if let commit = item["commit"], !commit.isNull {
      guard let text = commit.text else { return .failure(Flaw(reason: "has a commit that is not text")) }
      if !text.isEmpty {
        guard let named = ObjectID(hex: text) else {
          return .failure(Flaw(reason: "has a commit that is no object id"))
        }
        id = named.isZero ? nil : named
      }
    }
    let ref = RefName(name)
    if let id, !deleted { return .success(ReferenceEntry(ref: ref, target: .commit(id))) }
    return .success(ReferenceEntry(ref: ref, target: .deletion(oldTip: id)))
  }
}
