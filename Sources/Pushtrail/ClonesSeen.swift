internal import Correlation
internal import GitStore
internal import PushModel
internal import RefLedger

/// What all clones and `--refs-seen` files together say about the server's refs.
struct ClonesSeen {
  var sightings: [Sighting] = []
  var views: [WholeView] = []
  var remoteHeads: [RefName] = []
  var localBranches: [Evidence.LocalBranch] = []
  var notes: [String] = []
  /// By clone: the remote as people read it, and its last fetch.
  var remotes: [String?] = []
  var lastFetches: [CloneSummary.LastFetch?] = []
  /// The remote to name in commands.
  var remoteName = "origin"
  var visibility: @Sendable (RefName) -> RefVisibility = { _ in .notFetched }

  /// Refs of the ledger, and refs seen by others, that a whole view would have named: they were absent.
  func absences(of ledger: Ledger) -> [Sighting] {
    guard !views.isEmpty else { return [] }
    let known = Set(ledger.updates.map(\.ref)).union(sightings.map(\.ref)).union(ledger.told.map(\.tip.ref))
    return views.flatMap { view in
      known.sorted().filter { view.provesAbsence(of: $0) }.map { ref in
        Sighting(
          ref: ref, value: .absent, earliest: view.earliest, latest: view.latest, source: view.source,
          dating: view.dating, clone: view.clone, evidence: view.evidence + " does not name it")
      }
    }
  }
}
