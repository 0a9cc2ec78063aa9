public import PushModel

/// The names that URLs may use for one repository.
public struct RepositoryNames: Hashable, Sendable {
  public var names: Set<String>
  public var region: String?

  public init(names: Set<String>, region: String?) {
    self.names = names
    self.region = region
  }

  /// Whether a URL names the repository: by any of its names, and in its region where the URL tells one.
  public func matches(_ url: CodeCommitURL?) -> Bool {
    guard let url, names.contains(url.name) else { return false }
    guard let region, let told = url.region else { return true }
    return region == told
  }
}

/// A moment at which somebody saw every ref of a kind: what it does not name was absent.
public struct WholeView: Hashable, Sendable {
  public var earliest: Timestamp?
  public var latest: Timestamp
  public var source: Sighting.Source
  public var dating: Sighting.Dating
  public var clone: Int?
  /// The recorded time of the fetch, as in `Sighting.fetch`.
  public var fetch: Timestamp?
  public var evidence: String
  public var showsBranches: Bool
  public var showsTags: Bool
  /// Refs that it names.
  public var named: Set<RefName>
  /// Whether it certainly asked for every ref of its kinds: if not, what it does not name is in doubt.
  public var isProven: Bool

  public init(
    earliest: Timestamp?, latest: Timestamp, source: Sighting.Source, dating: Sighting.Dating, clone: Int?,
    fetch: Timestamp? = nil, evidence: String, showsBranches: Bool, showsTags: Bool, named: Set<RefName>,
    isProven: Bool = true
  ) {
    self.earliest = earliest
    self.latest = latest
    self.source = source
    self.dating = dating
    self.clone = clone
    self.fetch = fetch
    self.evidence = evidence
    self.showsBranches = showsBranches
    self.showsTags = showsTags
    self.named = named
    self.isProven = isProven
  }

  /// Whether it leaves out a ref of the kinds that it shows.
  public func lacks(_ ref: RefName) -> Bool {
    guard !named.contains(ref) else { return false }
    return (ref.isBranch && showsBranches) || (ref.isTag && showsTags)
  }
}

/// Everything that one clone says of the server's refs (DESIGN 7).
public struct CloneSightings: Sendable {
  public var sightings: [Sighting] = []
  public var views: [WholeView] = []
  /// Every fetch that its files tell of, oldest first.
  public var fetches: [CloneFetch] { fetchesByTime.values.sorted { $0.time < $1.time } }
  public var lastFetch: (time: Timestamp, dating: Sighting.Dating)?
  /// Remotes that are this repository.
  public var remotes: [Remote] = []
  public var remoteHeads: [RefName] = []
  public var notes: [String] = []
  /// By recorded time: all lines of one second are of one fetch.
  private var fetchesByTime: [Timestamp: CloneFetch] = [:]
  fileprivate(set) var isBareWithoutRefspecs = false

  /// Adds to what is known of the fetch that a clone recorded at a time.
  mutating func noteFetch(
    clone: Int, at time: Timestamp, evidence: @autoclosure () -> String, _ add: (inout CloneFetch) -> Void
  ) {
    add(&fetchesByTime[time, default: CloneFetch(clone: clone, time: time, evidence: evidence())])
  }

  /// Keeps only what was seen, for certain, before a moment.
  public mutating func forget(since moment: Timestamp) {
    sightings.removeAll { $0.latest >= moment }
    views.removeAll { $0.latest >= moment }
    fetchesByTime = fetchesByTime.filter { $0.key < moment }
    if let last = lastFetch, last.time >= moment { lastFetch = nil }
    remoteHeads = []
  }

  /// Whether a fetch in this clone would show a server ref.
  public func covers(_ ref: RefName) -> Bool {
    if ref.isTag { return showsTags }
    return isBareWithoutRefspecs || remotes.contains { $0.covers(ref) }
  }

  /// Whether the clone's tags follow the server's.
  public var showsTags: Bool { isBareWithoutRefspecs || remotes.contains(where: \.mapsTags) }
}

extension Clone {
  /// How long a transfer may have begun before the time that git recorded at its end, in seconds.
  public static let longestTransfer: Int64 = 3600

  /// What the clone says of a repository's refs.
  ///
  /// - Parameters:
  ///   - index: The clone's number, which its sightings carry.
  ///   - now: The upper end of what nothing else dates.
  ///   - fetchedAt: The same, by the user's word.
  public func sightings(
    of repository: RepositoryNames, index: Int, now: Timestamp, fetchedAt: Timestamp?
  ) -> CloneSightings {
    var result = CloneSightings()
    result.remotes = remotes.filter { repository.matches($0.codecommit) }
    result.remoteHeads = result.remotes.compactMap(remoteHead(of:))
    let gathering = SightingGatherer(
      clone: self, repository: repository, index: index, now: now, fetchedAt: fetchedAt, remotes: result.remotes)
    gathering.readFetchHeads(into: &result)
    gathering.readReflogs(into: &result)
    gathering.readFreshClone(into: &result)
    if isBare, !result.remotes.isEmpty {
      result.isBareWithoutRefspecs = result.remotes.allSatisfy(\.refspecs.isEmpty)
      if !hasFetchHead { gathering.readBareClone(into: &result) }
    }
    return result
  }

  /// Branches of the clone's own, which keep commits alive: in an ordinary clone everything under `refs/heads/` and the
  /// stash. A bare clone's branches are copies of the server's.
  public var ownBranches: [LocalRef] {
    isBare ? [] : refs.filter { $0.name.isBranch || $0.name.rawValue == "refs/stash" }
  }
}
