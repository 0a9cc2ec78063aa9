internal import Correlation
internal import GitStore
internal import PushModel
internal import RefLedger

/// What all clones and `--refs-seen` files together say about the server's refs.
struct ClonesSeen {
  var sightings: [Sighting] = []
  var views: [WholeView] = []
  var fetches: [CloneFetch] = []
  var remoteHeads: [RefName] = []
  var localBranches: [Evidence.LocalBranch] = []
  var notes: [String] = []
  /// By clone: the remote as people read it, and its last fetch.
  var remotes: [String?] = []
  var pushRoutes: [CloneSummary.PushRoute] = []
  var lastFetches: [CloneSummary.LastFetch?] = []
  /// The remote to name in commands.
  var remoteName = "origin"
  /// Whether some clone or listing of this run shows every ref of the server at its moment, tags too.
  var seesEverything = false
  var visibility: @Sendable (RefName) -> RefVisibility = { _ in .notFetched }

  /// Refs of the ledger, and refs seen by others, that a whole view would have named: they were absent.
  func absences(of ledger: Ledger) -> [Sighting] {
    guard views.contains(where: \.isProven) else { return [] }
    let known = knownRefs(ledger)
    return views.filter(\.isProven).flatMap { view in
      known.filter { view.lacks($0) }.sorted().map { ref in
        Sighting(
          ref: ref, value: .absent, earliest: view.earliest, latest: view.latest, source: view.source,
          dating: view.dating, clone: view.clone, evidence: view.evidence + " does not name it", fetch: view.fetch)
      }
    }
  }

  /// The same of views that may not have asked for every ref: the latest time at which each ref went unnamed.
  func doubtfulAbsences(of ledger: Ledger, where isOfEpoch: (Timestamp) -> Bool) -> [RefName: Timestamp] {
    var result: [RefName: Timestamp] = [:]
    let views = views.filter { !$0.isProven && isOfEpoch($0.latest) }
    guard !views.isEmpty else { return result }
    let known = knownRefs(ledger)
    for view in views {
      for ref in known where view.lacks(ref) { result[ref] = max(result[ref] ?? view.latest, view.latest) }
    }
    return result
  }

  private func knownRefs(_ ledger: Ledger) -> Set<RefName> {
    var known = Set(ledger.refs)
    for sighting in sightings { known.insert(sighting.ref) }
    for told in ledger.told { known.insert(told.tip.ref) }
    for unjoined in ledger.unjoined { known.insert(unjoined.change.ref) }
    return known
  }
}
