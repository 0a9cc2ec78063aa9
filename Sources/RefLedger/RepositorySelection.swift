public import PushModel

/// The repository that a run is about, chosen from what the trail holds, with its events (DESIGN 1).
public struct RepositorySelection: Sendable {
  /// What the user or the clone's remote URL asks for.
  public enum Request: Hashable, Sendable {
    case name(String, region: String?, partition: String?)
    case arn(RepositoryIdentity)
    case id(String)
  }

  /// One id of the repository, with its events in time order.
  public struct Epoch: Sendable {
    public var identity: RepositoryIdentity
    public var start: Timestamp
    /// When it was deleted.
    public var end: Timestamp?
    /// When it was created, where the trail holds that.
    public var created: Timestamp?
    public var events: [TrailEvent]
  }

  public enum Failure: Error, Hashable, Sendable {
    /// No record of it; `others` are the repositories that the trail does hold.
    case notFound(others: [RepositoryIdentity])
    case ambiguous([RepositoryIdentity])
  }

  /// Oldest first; more than one where the repository was deleted and made again.
  public let epochs: [Epoch]
  /// Every name that it had, but for those that another repository has now.
  public let names: Set<String>
  /// Those, and until when each was this one's.
  public let formerNames: [String: Timestamp]

  public init(_ request: Request, in events: [TrailEvent]) throws(Failure) {
    let (places, references) = Self.places(of: events)
    var candidates: [Candidate] = []
    var others: [RepositoryIdentity] = []
    for (place, indices) in places {
      let history = RepositoryHistory(indices, of: events, references)
      for (index, repository) in history.repositories.enumerated() where !repository.names.isEmpty {
        let identity = RepositoryIdentity(
          partition: repository.partition ?? "aws", accountID: place.accountID, region: place.region,
          name: repository.currentName ?? "", id: repository.id)
        others.append(identity)
        guard Self.matches(request, repository, identity) else { continue }
        candidates.append(Candidate(place: place, history: history, index: index, identity: identity))
      }
    }
    guard let first = candidates.first else { throw .notFound(others: others) }
    guard candidates.allSatisfy({ $0.place == first.place }), Self.areEpochs(candidates) else {
      throw .ambiguous(candidates.map(\.identity))
    }
    let mine = places.first { $0.place == first.place }?.indices ?? []
    epochs = candidates.map { candidate in
      let repository = candidate.history.repositories[candidate.index]
      let events = Self.events(of: candidate, among: mine, of: events, references)
      return Epoch(
        identity: candidate.identity, start: repository.created ?? events.first?.time ?? repository.first,
        end: repository.deleted, created: repository.created, events: events)
    }.sorted { ($0.start, $0.identity.id ?? "") < ($1.start, $1.identity.id ?? "") }
    // A name that another repository has now: a URL with it is that one's.
    let all = first.history.repositories.indices
    let chosen = Set(candidates.map(\.index))
    let taken = Set(all.filter { !chosen.contains($0) }.compactMap { first.history.repositories[$0].currentName })
    let namings = candidates.flatMap(\.repository.names)
    names = Set(namings.map(\.name)).subtracting(taken)
    formerNames = Dictionary(
      namings.compactMap { naming in
        naming.until.flatMap { taken.contains(naming.name) ? (naming.name, $0) : nil }
      }, uniquingKeysWith: max)
  }

  /// Whether an event may be about the repository under any of its names, in any of its lives.
  public func isAbout(_ event: TrailEvent) -> Bool {
    let repository = event.repository
    guard let identity = epochs.last?.identity,
      (repository.accountID ?? identity.accountID) == identity.accountID,
      (repository.region ?? identity.region) == identity.region
    else { return false }
    func isName(_ name: String?) -> Bool { name.map { names.contains($0) || formerNames[$0] != nil } ?? false }
    if case .repositoryRenamed(let old, let new) = event.kind, isName(old) || isName(new) { return true }
    return isName(repository.name)
      || (repository.id.map { id in epochs.contains { $0.identity.id == id } } ?? false)
  }

  private struct Place: Hashable, Comparable {
    var accountID: String
    var region: String

    static func < (left: Place, right: Place) -> Bool {
      (left.accountID, left.region) < (right.accountID, right.region)
    }
  }

  /// Numbers of events by time, then id, apart for each account and region, in the order of those; and every event's
  /// reference.
  private static func places(
    of events: [TrailEvent]
  ) -> (places: [(place: Place, indices: [Int])], references: ReferenceNumbers) {
    var references = ReferenceNumbers(capacity: events.count)
    var places: [Place] = []
    var keys: [[EventOrder.Key]] = []
    // The place of each reference.
    var placeNumbers: [Int] = []
    var numbers: [Place: Int] = [:]
    let all = events.span
    for index in all.indices {
      let reference = references.append(all[index])
      if reference == placeNumbers.count {
        let repository = all[index].origin.repository
        let place = Place(accountID: repository.accountID ?? "", region: repository.region ?? "")
        let number = numbers[place] ?? places.count
        if number == places.count {
          numbers[place] = number
          places.append(place)
          keys.append([])
          if number == 0 { keys[number].reserveCapacity(events.count) }
        }
        placeNumbers.append(number)
      }
      keys[placeNumbers[reference]].append(EventOrder.Key(time: all[index].time, index: UInt32(index)))
    }
    for number in keys.indices { EventOrder.sort(&keys[number], of: events) }
    return (
      zip(places, keys).map { (place: $0, indices: $1.map { Int($0.index) }) }.sorted { $0.place < $1.place },
      references
    )
  }

  private static func events(
    of candidate: Candidate, among indices: [Int], of all: [TrailEvent], _ references: ReferenceNumbers
  ) -> [TrailEvent] {
    var result: [TrailEvent] = []
    result.reserveCapacity(indices.count)
    // Of a record with an id, nothing else counts: what shares its reference is treated alike.
    var known: [Bool?] = Array(repeating: nil, count: references.count)
    for index in indices {
      let reference = references[index]
      let isMine = known[reference] ?? belongs(all[index], to: candidate)
      if known[reference] == nil, all[index].repository.id != nil { known[reference] = isMine }
      if isMine { result.append(all[index]) }
    }
    return result
  }

  private struct Candidate {
    var place: Place
    var history: RepositoryHistory
    var index: Int
    var identity: RepositoryIdentity

    var repository: RepositoryHistory.Repository { history.repositories[index] }
  }

  private static func matches(
    _ request: Request, _ repository: RepositoryHistory.Repository, _ identity: RepositoryIdentity
  ) -> Bool {
    switch request {
    case .id(let id): return repository.id == id
    case .arn(let wanted):
      return wanted.accountID == identity.accountID && wanted.region == identity.region
        && repository.names.contains { $0.name == wanted.name }
    case .name(let name, let region, let partition):
      return (region ?? identity.region) == identity.region && (partition ?? identity.partition) == identity.partition
        && repository.names.contains { $0.name == name }
    }
  }

  /// Whether several ids are lives of one repository, one after the other: each but the last deleted, or ended before
  /// the next one was created under its name.
  private static func areEpochs(_ candidates: [Candidate]) -> Bool {
    let lives = candidates.map(\.repository).sorted { ($0.created ?? $0.first) < ($1.created ?? $1.first) }
    return zip(lives, lives.dropFirst()).allSatisfy { earlier, later in
      guard earlier.currentName == later.names.first?.name else { return false }
      let start = later.created ?? later.first
      if let deleted = earlier.deleted { return deleted <= start }
      return later.created != nil && earlier.last <= start
    }
  }

  private static func belongs(_ event: TrailEvent, to candidate: Candidate) -> Bool {
    if let id = event.repository.id { return id == candidate.identity.id }
    if case .repositoryRenamed(let old, let new) = event.kind {
      return candidate.repository.names.contains { $0.name == old || $0.name == new }
    }
    guard let name = event.repository.name else { return false }
    return candidate.history.holder(of: name, at: event.time) == candidate.index
  }
}

extension RepositorySelection {
  /// A repository without a record, in a trail that the user vouches for: its silence is known.
  public static func silent(_ request: Request, coverage: [Coverage.Interval]) -> RepositorySelection? {
    guard !coverage.isEmpty else { return nil }
    let identity: RepositoryIdentity
    switch request {
    case .arn(let wanted): identity = wanted
    case .name(let name, let region, let partition):
      identity = RepositoryIdentity(partition: partition ?? "aws", accountID: "", region: region ?? "", name: name)
    case .id: return nil
    }
    let start = coverage.map(\.start).min() ?? Timestamp(seconds: 0)
    return RepositorySelection(
      epochs: [Epoch(identity: identity, start: start, end: nil, created: nil, events: [])], names: [identity.name])
  }

  private init(epochs: [Epoch], names: Set<String>) {
    self.epochs = epochs
    self.names = names
    formerNames = [:]
  }
}
