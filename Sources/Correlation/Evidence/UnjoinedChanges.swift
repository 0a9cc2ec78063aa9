internal import PushModel
internal import RefLedger

/// CodeCommit's own events without a record, as sightings: the ref was at the old tip just before, and at the new one then.
enum UnjoinedChanges {
  /// What was there; `nil` where the event does not tell.
  static func before(_ change: StateChange) -> Sighting? {
    switch change.before {
    case .notTold: nil
    case .none: sighting(.absent, change, at: change.time - 1)
    case .tip(let id): sighting(.tip(id), change, at: change.time - 1)
    }
  }

  static func after(_ change: StateChange) -> Sighting {
    sighting(change.after.map(Sighting.Value.tip) ?? .absent, change, at: change.time)
  }

  private static func sighting(_ value: Sighting.Value, _ change: StateChange, at time: Timestamp) -> Sighting {
    Sighting(
      ref: change.ref, value: value, earliest: time, latest: time, source: .event, dating: .event,
      evidence: change.description)
  }

  /// Whether a sighting is one of these: a rule of its own speaks of them.
  static func made(_ sighting: Sighting) -> Bool {
    sighting.source == .event
      && StateChange.Source.allCases.contains { sighting.evidence.hasPrefix($0.rawValue + " ") }
  }
}
