internal import Correlation
internal import PushModel
internal import RefLedger

/// Finds the event that a finding or a drop names.
struct PushIndex {
  let report: ProvenanceReport
  private let pushes: [String: Int]
  private let attempts: [String: Int]
  private let pulls: [String: Int]

  init(_ report: ProvenanceReport) {
    self.report = report
    pushes = Self.index(report.pushes.lazy.map(\.eventID))
    attempts = Self.index(report.attempts.lazy.map(\.eventID))
    pulls = Self.index(report.pulls.lazy.map(\.eventID))
  }

  /// The first of each id.
  private static func index(_ ids: some Sequence<String>) -> [String: Int] {
    Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func push(_ eventID: String) -> PushReport? { pushes[eventID].map { report.pushes[$0] } }

  /// `TIME  WHO` of any event in the report; `nil` if it is not in it.
  func actor(_ eventID: String) -> (time: Timestamp, principal: Principal)? {
    if let push = push(eventID) { return (push.time, push.principal) }
    if let index = attempts[eventID] { return (report.attempts[index].time, report.attempts[index].principal) }
    if let index = pulls[eventID] { return (report.pulls[index].time, report.pulls[index].principal) }
    return nil
  }

  func update(of finding: Finding) -> UpdateReport? {
    guard let eventID = finding.eventID, let push = push(eventID) else { return nil }
    return push.updates.first { $0.ref == finding.ref }
  }

  /// What the coverage of a moment rests on; `nil` where it is not covered.
  func basis(at time: Timestamp) -> Coverage.Basis? {
    var best: Coverage.Basis?
    for interval in report.trail.coverage where interval.start <= time && time <= interval.end {
      switch (best, interval.basis) {
      case (.digest, _), (.stated, .assumed): break
      default: best = interval.basis
      }
    }
    return best
  }
}
