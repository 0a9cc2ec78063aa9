internal import GitStore
internal import LedgerStore
internal import PushModel

/// What a run sees of the server's refs in the form that a ledger keeps, and what earlier runs saw put beside it.
extension ClonesSeen {
  /// Everything said at one moment, by whom and on what evidence.
  private struct Moment: Hashable {
    var clone: Int?
    var source: Sighting.Source
    var dating: Sighting.Dating
    var earliest: Timestamp?
    var latest: Timestamp
    var evidence: String
  }

  /// - Parameter clones: Paths, by the number that sightings carry.
  func observations(clones: [String]) -> [Observation] { moments().map { observation($0, clones) } }

  private func moments() -> [(moment: Moment, sightings: [Int], view: Int?)] {
    var order: [Moment: Int] = [:]
    var result: [(moment: Moment, sightings: [Int], view: Int?)] = []
    func index(_ moment: Moment) -> Int {
      if let known = order[moment] { return known }
      order[moment] = result.count
      result.append((moment, [], nil))
      return result.count - 1
    }
    for (number, sighting) in sightings.enumerated() {
      let moment = Moment(
        clone: sighting.clone, source: sighting.source, dating: sighting.dating, earliest: sighting.earliest,
        latest: sighting.latest, evidence: sighting.evidence)
      result[index(moment)].sightings.append(number)
    }
    for (number, view) in views.enumerated() {
      let moment = Moment(
        clone: view.clone, source: view.source, dating: view.dating, earliest: view.earliest, latest: view.latest,
        evidence: view.evidence)
      result[index(moment)].view = number
    }
    return result
  }

  private func observation(
    _ group: (moment: Moment, sightings: [Int], view: Int?), _ clones: [String]
  ) -> Observation {
    Observation(
      clone: group.moment.clone.map { clones[$0] } ?? "", source: group.moment.source, dating: group.moment.dating,
      earliest: group.moment.earliest, latest: group.moment.latest, evidence: group.moment.evidence,
      tips: group.sightings.compactMap { number in
        guard case .tip(let tip) = sightings[number].value else { return nil }
        return Observation.Tip(ref: sightings[number].ref, tip: tip, peeled: sightings[number].peeled)
      },
      view: group.view.map { number in
        Observation.View(
          showsBranches: views[number].showsBranches, showsTags: views[number].showsTags,
          isProven: views[number].isProven, named: views[number].named)
      })
  }

  /// Adds what a ledger remembers. What this run sees undated was there when an earlier run saw the same.
  mutating func remember(_ remembered: LedgerObservations, clones: [String]) {
    let groups = moments()
    let (current, others) = remembered.joined(with: groups.map { observation($0, clones) })
    for (group, observation) in zip(groups, current) {
      for number in group.sightings { sightings[number].latest = observation.latest }
      if let view = group.view { views[view].latest = observation.latest }
    }
    // A clone that an earlier run saw is another witness than those that are here.
    var witnesses: [Witness: Int] = [:]
    for kept in others {
      let observation = kept.observation
      let evidence = "\(observation.evidence), observed \(kept.observed)"
      var clone: Int?
      if !observation.clone.isEmpty {
        let witness = Witness(clone: observation.clone, observed: kept.observed)
        clone = witnesses[witness] ?? clones.count + witnesses.count
        witnesses[witness] = clone
      }
      sightings += observation.tips.map { tip in
        Sighting(
          ref: tip.ref, value: .tip(tip.tip), earliest: observation.earliest, latest: observation.latest,
          source: observation.source, dating: observation.dating, clone: clone, evidence: evidence, peeled: tip.peeled)
      }
      guard let view = observation.view else { continue }
      views.append(
        WholeView(
          earliest: observation.earliest, latest: observation.latest, source: observation.source,
          dating: observation.dating, clone: clone, evidence: evidence, showsBranches: view.showsBranches,
          showsTags: view.showsTags, named: view.named, isProven: view.isProven))
    }
  }

  private struct Witness: Hashable {
    var clone: String
    var observed: Timestamp
  }
}
