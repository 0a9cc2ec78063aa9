internal import PushModel
internal import RefLedger

/// One ref with everything that is known of it: its timeline, its last known state, and how that agrees with sightings.
///
/// It is never changed once made, and looked at for each of the ref's updates.
final class RefKnowledge: Sendable {
  let ref: RefName
  let isProtected: Bool
  let timeline: RefTimeline
  /// The latest sighting.
  let latest: PlacedSighting?
  /// The last known state: one value, or each that is possible, and a claim must hold for all of them.
  let lastKnown: [RefValue]
  /// Whether a clone can show the ref, where it should and does not; looked up for no other.
  let visibility: RefVisibility?
  let state: RefState
  /// When pushes whose refs CloudTrail cut may have moved the ref, sorted.
  private let omissions: [Timestamp]

  init(
    ref: RefName, isProtected: Bool, timeline: RefTimeline, latest: PlacedSighting?, lastKnown: [RefValue],
    visibility: RefVisibility?, state: RefState, omissions: [Timestamp]
  ) {
    self.ref = ref
    self.isProtected = isProtected
    self.timeline = timeline
    self.latest = latest
    self.lastKnown = lastKnown
    self.visibility = visibility
    self.state = state
    self.omissions = omissions
  }

  /// Whether a push whose refs CloudTrail cut may have moved the ref between two moments; `nil` is the end of time.
  func mayHaveMovedUntold(from start: Timestamp, to end: Timestamp? = nil) -> Bool {
    guard let last = omissions.last, last >= start - TimelineItem.orderSlack else { return false }
    guard let end else { return true }
    return omissions.contains { $0 >= start - TimelineItem.orderSlack && $0 <= end }
  }

  /// The plainest value after all updates.
  var ledgerTip: ObjectID? { timeline.plainestEnd.tip }
}

/// Settles what is known of a ref from its timeline (DESIGN 1 "last known state", 7 "Reconciliation").
struct RefReconciler {
  let coverage: Coverage
  let created: Timestamp?
  let omissions: [Timestamp]
  let history: History

  func knowledge(
    ref: RefName, timeline: RefTimeline, isProtected: Bool, visibility: (RefName) -> RefVisibility,
    doubted: Timestamp?
  ) -> RefKnowledge {
    let dated = timeline.sightings.filter { !$0.isTimeDoubtful }
    let last = (dated.isEmpty ? timeline.sightings : dated).max(by: Self.isEarlier)
    let latest = last.flatMap { news(of: timeline, besides: $0, among: dated) } ?? last
    let unseen = latest == nil ? visibility(ref) : nil
    var lastKnown = lastKnown(timeline, latest)
    var state = state(timeline, latest, lastKnown, unseen)
    // A later fetch that may have seen the ref absent, and may not have asked for it, leaves an older sighting behind.
    // (One that by the log is gone was rightly left unnamed.)
    if let doubted, lastKnown != [.none], !timeline.items.isEmpty,
      doubted > latest?.sighting.latest ?? .distantPast,
      doubted > timeline.items.last?.time ?? .distantPast
    {
      lastKnown.append(.unknown(.refNotFetched))
      if state == .reconciled || state == .cloneBehind { state = .refNotFetched }
    }
    return RefKnowledge(
      ref: ref, isProtected: isProtected, timeline: timeline, latest: latest, lastKnown: lastKnown,
      visibility: unseen ?? (state == .refNotFetched ? visibility(ref) : nil), state: state, omissions: omissions)
  }

  /// Of two sightings the one whose interval begins last is the later; of one clone, the one recorded last.
  static func isEarlier(_ left: PlacedSighting, _ right: PlacedSighting) -> Bool {
    if left.sighting.clone == right.sighting.clone, left.sighting.clone != nil {
      return (left.sighting.latest, left.start ?? .distantPast) < (right.sighting.latest, right.start ?? .distantPast)
    }
    return (left.start ?? .distantPast, left.end) < (right.start ?? .distantPast, right.end)
  }

  /// What a clone shows at a time that nothing dates may be later than the latest sighting, though that agrees with the log:
  /// it is, if it is no earlier state of the ref.
  private func news(
    of timeline: RefTimeline, besides last: PlacedSighting, among dated: [PlacedSighting]
  ) -> PlacedSighting? {
    guard !timeline.items.isEmpty, timeline.explains(last) else { return nil }
    return dated.filter { placed in
      placed.isUndated && placed.canAccuse && placed.high == timeline.groups.count
        && placed.end >= last.start ?? .distantPast && !timeline.explains(placed) && !isOld(placed, timeline)
    }.max(by: Self.isEarlier)
  }

  /// Whether something that no record explains may be of a time before the trail, or is in the history of the ref's last tip.
  private func isOld(_ placed: PlacedSighting, _ timeline: RefTimeline) -> Bool {
    let isOfTrail = created != nil || placed.start != nil
    guard case .tip(let tip) = placed.value else { return !isOfTrail }
    let isMadeSince = history.committerTime(of: tip).map { $0 > coverage.start ?? .distantFuture } ?? false
    return (!isOfTrail && !isMadeSince)
      || Relation(of: tip, to: timeline.finalValues, isTag: timeline.isTag, history) == .inAll
  }

  private func lastKnown(_ timeline: RefTimeline, _ latest: PlacedSighting?) -> [RefValue] {
    var values = timeline.finalValues
    let count = timeline.groups.count
    // A line that accuses nobody clears nobody either: if its clock is right, that is where the ref was left.
    if let latest, latest.high == count, !values.contains(latest.value),
      latest.canAccuse ? !latest.isCertain : latest.isUnproven
    {
      values.append(latest.value)
    }
    // What a clone saw last, at a time that nothing dates, may be later than everything else.
    for value in Self.undated(timeline) where !values.contains(value) { values.append(value) }
    let lastUpdate = timeline.items.last?.time
    let lastSeen = timeline.sightings.filter { $0.low == count }.compactMap(\.start).max()
    let last = [lastUpdate, lastSeen].compactMap(\.self).max()
    if let omission = omissions.last, last.map({ omission >= $0 - TimelineItem.orderSlack }) ?? true {
      return [.unknown(.referencesOmitted)]
    }
    return values
  }

  /// The last that each clone saw of the ref whose times prove nothing. What an earlier run saw is older than what is known
  /// of later times.
  private static func undated(_ timeline: RefTimeline) -> [RefValue] {
    var last: [Int: PlacedSighting] = [:]
    let dated = timeline.sightings.filter { $0.canAccuse }.compactMap(\.start).max()
    let known = max(dated ?? .distantPast, timeline.items.last?.time ?? .distantPast)
    for placed in timeline.sightings where placed.isTimeDoubtful && placed.end >= known {
      guard let clone = placed.sighting.clone else { continue }
      if let other = last[clone], other.sighting.latest > placed.sighting.latest { continue }
      last[clone] = placed
    }
    return unique(last.sorted { $0.key < $1.key }.map(\.value.value))
  }

  // MARK: - Reconciliation

  private func state(
    _ timeline: RefTimeline, _ latest: PlacedSighting?, _ lastKnown: [RefValue], _ unseen: RefVisibility?
  ) -> RefState {
    if timeline.holes.contains(where: { isCovered($0.sighting, from: $0.start, to: $0.end) }) { return .unloggedUpdate }
    guard let latest else { return unseen == .notTracked ? .notTracked : .refNotFetched }
    if timeline.items.isEmpty { return neverLogged(latest) }
    let count = timeline.groups.count
    let reachable = timeline.values(atPosition: min(latest.high, count))
    if latest.high == count, allows(latest.value, reachable) {
      return lastKnown.contains(.unknown(.referencesOmitted)) ? .referencesOmitted : .reconciled
    }
    if timeline.explains(latest) { return .cloneBehind }
    return unexplained(
      latest, since: latest.low > 0 ? timeline.items[timeline.groups[latest.low - 1].upperBound - 1].time : created)
  }

  /// Whether every record would be here that explains a sighting. That of CodeCommit's own event may lie some time after it.
  private func isCovered(_ sighting: Sighting?, from start: Timestamp, to end: Timestamp) -> Bool {
    coverage.isUnbroken(from: start, to: end + (sighting?.source == .event ? Ledger.stateChangeWindow : 0))
  }

  private func allows(_ value: RefValue, _ values: some Sequence<RefValue>) -> Bool {
    values.contains { $0 == value || $0.isUnknown }
  }

  private func neverLogged(_ latest: PlacedSighting) -> RefState {
    guard let created, case .tip = latest.value, latest.canAccuse else { return .beforeCoverage }
    if !omissions.isEmpty { return .referencesOmitted }
    return unexplained(latest, since: created)
  }

  /// Why a sighting differs from everything that the ledger allows.
  private func unexplained(_ placed: PlacedSighting, since: Timestamp?) -> RefState {
    if placed.isTimeDoubtful { return .timeUnproven }
    if let end = coverage.effectiveEnd, placed.end > end { return .trailBehind }
    if placed.start == nil || placed.sighting.dating == .content { return .timeUnproven }
    guard let since, isCovered(placed.sighting, from: since, to: placed.end) else { return .trailGap }
    let slack = TimelineItem.orderSlack
    if omissions.contains(where: { $0 >= since - slack && $0 <= placed.end }) { return .referencesOmitted }
    return placed.canAccuse ? .unloggedUpdate : .timeUnproven
  }
}

extension Timestamp {
  static let distantPast = Timestamp(seconds: .min)
  /// The last second of the year 9999.
  static let distantFuture = Timestamp(seconds: 253_402_300_799)
}
