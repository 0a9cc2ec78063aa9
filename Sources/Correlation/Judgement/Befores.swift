internal import PushModel

/// What stood on a ref before an update, and who says so (DESIGN 2.8).
struct Befores {
  let timeline: RefTimeline

  func report(_ item: Int) -> UpdateReport.Before {
    switch timeline.items[item].told {
    case .none: return UpdateReport.Before(tip: nil, source: .event)
    case .tip(let id): return UpdateReport.Before(tip: id, source: .event)
    case .notTold: break
    }
    let plainest = timeline.plainest[item].before
    var possible: [ObjectID?]?
    if timeline.possible.only(item) == nil {
      let known = unique([plainest] + timeline.possible[item].map(\.before)).filter { !$0.isUnknown }
      if known.count > 1 { possible = known.map(\.tip) }
    }
    switch plainest {
    case .unknown: return UpdateReport.Before(tip: nil, source: .unknown, possible: possible)
    case .none:
      return UpdateReport.Before(tip: nil, source: isSighted(item, plainest) ? .sighting : .none, possible: possible)
    case .tip(let id):
      return UpdateReport.Before(
        tip: id, source: isSighted(item, plainest) ? .sighting : .ledger, possible: possible)
    }
  }

  /// Whether a sighting between the ref's previous update and this one shows the value.
  private func isSighted(_ item: Int, _ value: RefValue) -> Bool {
    let group = timeline.groupOfItem[item]
    guard timeline.groups[group].lowerBound == item else { return false }
    return timeline.wasSighted(at: value, position: group)
  }
}
