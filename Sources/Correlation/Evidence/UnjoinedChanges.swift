internal import PushModel
internal import RefLedger

/// CodeCommit's own events without a record, as sightings: the ref was at the old tip just before, and at the new one then.
enum UnjoinedChanges {
  static func sightings(of change: StateChange) -> [Sighting] {
    var values: [(Sighting.Value, Timestamp)] = []
    switch change.before {
    case .notTold: break
    case .none: values.append((.absent, change.time - 1))
    case .tip(let id): values.append((.tip(id), change.time - 1))
    }
    values.append((change.after.map(Sighting.Value.tip) ?? .absent, change.time))
    return values.map { value, time in
      Sighting(
        ref: change.ref, value: value, earliest: time, latest: time, source: .event, dating: .event,
        evidence: change.description)
    }
  }

  /// The lines by which these sightings are known again.
  static func evidence(in judgement: Judgement) -> Set<String> {
    Set(judgement.ledger.unjoined.map(\.change.description))
  }
}
