internal import PushModel

/// Which repository ids had which names when, in one account and region.
///
/// API records carry a name and no id: they belong to the repository that had their name then (DESIGN 1).
struct RepositoryHistory {
  /// One repository id; `id` is `nil` for a name that no record joins to an id.
  struct Repository {
    var id: String?
    var names: [Naming] = []
    var created: Timestamp?
    var deleted: Timestamp?
    var first: Timestamp
    var last: Timestamp
    var partition: String?

    var currentName: String? { names.last?.name }
  }

  /// A name, and from when it was this repository's: `nil` is "before anything that the trail tells".
  struct Naming {
    var name: String
    var from: Timestamp?
    var until: Timestamp?

    func holds(at time: Timestamp) -> Bool {
      (from.map { $0 <= time } ?? true) && (until.map { time <= $0 } ?? true)
    }
  }

  private(set) var repositories: [Repository] = []
  private var byID: [String: Int] = [:]
  /// Renames seen before the id of the renamed repository is known: new name → old name and time.
  private var renamesOfUnknown: [String: (old: String, time: Timestamp)] = [:]

  /// - Parameters:
  ///   - indices: Events of one account and region, in time order.
  ///   - references: Of all events.
  init(_ indices: [Int], of events: [TrailEvent], _ references: ReferenceNumbers) {
    // References with an id that were met under the name that their repository has now: of those nothing is new but
    // the time.
    var met = Array(repeating: (round: 0, repository: 0), count: references.count)
    var round = 1
    // Looked at where they are: to take one out of an array, its batch has to be counted as held once more.
    let all = events.span
    for index in indices where !all[index].isRefused {
      let reference = references[index]
      if met[reference].round == round, !all[index].renamesOrEnds {
        let repository = met[reference].repository
        repositories[repository].last = max(repositories[repository].last, all[index].time)
        continue
      }
      let event = events[index]
      switch event.kind {
      case .repositoryRenamed(let old, let new):
        round += 1
        rename(from: old, to: new, at: event.time)
      case .repositoryCreated:
        round += 1
        if let name = event.repository.name { see(event, id: event.repository.id, name: name, created: true) }
      case .repositoryDeleted:
        round += 1
        let index =
          event.repository.id.flatMap { byID[$0] } ?? event.repository.name.flatMap { holder(of: $0, at: event.time) }
        if let index {
          repositories[index].deleted = event.time
          closeName(of: index, at: event.time)
        }
      default:
        if let id = event.repository.id {
          let names = byID[id].map { repositories[$0].names.count }
          see(event, id: id, name: event.repository.name, created: false)
          if let index = byID[id] {
            if repositories[index].names.count != names { round += 1 }
            met[reference] = (round, index)
          }
        } else if let name = event.repository.name, holder(of: name, at: event.time) == nil {
          see(event, id: nil, name: name, created: false)
        }
      }
    }
    adoptNamelessPredecessors()
  }

  /// The repository that has a name at a time.
  func holder(of name: String, at time: Timestamp) -> Int? {
    repositories.indices.last { index in
      repositories[index].names.contains { $0.name == name && $0.holds(at: time) }
    }
  }

  private mutating func see(_ event: TrailEvent, id: String?, name: String?, created: Bool) {
    let index: Int
    if let id, let known = byID[id] {
      index = known
    } else {
      repositories.append(Repository(id: id, first: event.time, last: event.time))
      index = repositories.count - 1
      if let id { byID[id] = index }
    }
    if created { repositories[index].created = event.time }
    repositories[index].last = max(repositories[index].last, event.time)
    repositories[index].partition = repositories[index].partition ?? event.repository.partition
    guard let name, repositories[index].currentName != name else { return }
    if repositories[index].names.isEmpty {
      if created {
        repositories[index].names = [Naming(name: name, from: event.time)]
      } else {
        repositories[index].names = namesLeading(to: name)
      }
    } else {
      // Renamed, and the record of it is not here.
      closeName(of: index, at: event.time)
      repositories[index].names.append(Naming(name: name, from: event.time))
    }
  }

  /// The names that a repository had before the one under which it is first met, as far as renames tell.
  private mutating func namesLeading(to name: String) -> [Naming] {
    var names: [Naming] = []
    var current = name
    var until: Timestamp?
    while let rename = renamesOfUnknown.removeValue(forKey: current) {
      names.insert(Naming(name: current, from: rename.time, until: until), at: 0)
      until = rename.time
      current = rename.old
    }
    names.insert(Naming(name: current, from: nil, until: until), at: 0)
    return names
  }

  private mutating func rename(from old: String, to new: String, at time: Timestamp) {
    if let index = holder(of: old, at: time) {
      closeName(of: index, at: time)
      repositories[index].names.append(Naming(name: new, from: time))
    } else {
      renamesOfUnknown[new] = (old, time)
    }
  }

  private mutating func closeName(of index: Int, at time: Timestamp) {
    guard let last = repositories[index].names.indices.last else { return }
    repositories[index].names[last].until = time
  }

  /// API records that came before the first git record of their repository made a repository without an id: it is the
  /// one that is met under that name next, unless that one was created since.
  private mutating func adoptNamelessPredecessors() {
    for index in repositories.indices where repositories[index].id == nil {
      guard let name = repositories[index].currentName else { continue }
      let successor = repositories.indices.first { other in
        repositories[other].id != nil && repositories[other].created == nil
          && repositories[other].first >= repositories[index].first
          && repositories[other].names.contains { $0.name == name && $0.from == nil }
      }
      guard let successor else { continue }
      repositories[successor].first = min(repositories[successor].first, repositories[index].first)
      repositories[successor].partition = repositories[successor].partition ?? repositories[index].partition
      repositories[index].names = []
    }
    // Emptied entries stay in place so that indices hold; they have no name and match nothing.
  }
}

extension TrailEvent {
  fileprivate var renamesOrEnds: Bool {
    guard traffic == .other else { return false }
    return switch kind {
    case .repositoryRenamed, .repositoryCreated, .repositoryDeleted: true
    default: false
    }
  }
}
