internal import Dispatch
internal import Glibc
internal import PushModel
internal import Synchronization

/// Reads the headers of many commits of one clone at once, each thread with a repository handle of its own.
final class ParallelReader: Sendable {
  /// What some ids turned out to be, in their order.
  struct Batch: Sendable {
    var ids: [ObjectID] = []
    var times: [Int64] = []
    /// `nil` for what is no commit, or cannot be read: whoever asks for it is to find out.
    var parentCounts: [Int?] = []
    var parents: [ObjectID] = []
  }

  private final class Worker: Sendable {
    private let objects: Mutex<OwnObjects>

    init?(path: String) {
      guard let own = OwnObjects(path: path) else { return nil }
      objects = Mutex(own)
    }

    func read(_ places: ArraySlice<Packs.Place>, of packs: Packs) -> Batch {
      objects.withLock { $0.read(places, of: packs) }
    }
  }

  private static let threads = min(4, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// How many commits a thread takes at a time: of few, so many that every thread has some.
  private static let shares = 64...1024
  private let packs: Packs
  private let workers: [Worker]

  /// - Parameter path: A git directory that could be opened before, whose packs these are.
  init(path: String, packs: Packs) {
    self.packs = packs
    workers = (0..<Self.threads).compactMap { _ in Worker(path: path) }
  }

  /// The batches follow each other as their places do; none if the repository cannot be opened any more.
  func read(_ places: ArraySlice<Packs.Place>) -> [Batch] {
    guard !workers.isEmpty else { return [] }
    let size = max(Self.shares.lowerBound, min(Self.shares.upperBound, places.count / (4 * workers.count)))
    let shares = (places.count + size - 1) / size
    let results = Mutex<[Batch]>(Array(repeating: Batch(), count: shares))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(workers.count, shares)) { worker in
      while true {
        let share = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard share < shares else { return }
        let start = places.startIndex + share * size
        let batch = workers[worker].read(places[start..<min(places.endIndex, start + size)], of: packs)
        results.withLock { $0[share] = batch }
      }
    }
    return results.withLock { $0 }
  }
}

/// What one thread reads with: packs by itself, and libgit2's own handle on the repository for what it cannot make out.
private struct OwnObjects: ~Copyable {
  private let handle: RepositoryHandle
  private let objects: ObjectDatabase
  private let inflater: CommitInflater
  private var pack: UInt32?

  init?(path: String) {
    guard let handle = try? RepositoryHandle(path: path),
      let objects = unsafe ObjectDatabase(repository: handle.pointer), let inflater = CommitInflater()
    else { return nil }
    self.handle = handle
    self.objects = objects
    self.inflater = inflater
  }

  mutating func read(_ places: ArraySlice<Packs.Place>, of packs: Packs) -> ParallelReader.Batch {
    var batch = ParallelReader.Batch()
    batch.ids.reserveCapacity(places.count)
    batch.times.reserveCapacity(places.count)
    batch.parentCounts.reserveCapacity(places.count)
    batch.parents.reserveCapacity(places.count * 3 / 2)
    for place in places {
      if place.pack != pack { inflater.forget() }
      pack = place.pack
      let id = packs.id(at: place)
      let known = batch.parents.count
      batch.ids.append(id)
      if let time = inflater.read(place.offset, of: packs.pack(at: place), id: id, parents: &batch.parents) {
        batch.times.append(time)
        batch.parentCounts.append(batch.parents.count - known)
        continue
      }
      batch.parents.removeLast(batch.parents.count - known)
      if case .commit(let parents, let time) = objects.read(id) {
        batch.times.append(time)
        batch.parentCounts.append(parents.count)
        batch.parents += parents
      } else {
        batch.times.append(.min)
        batch.parentCounts.append(nil)
      }
    }
    return batch
  }
}
