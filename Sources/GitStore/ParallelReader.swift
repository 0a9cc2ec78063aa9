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

    func read(_ ids: ArraySlice<ObjectID>) -> Batch { objects.withLock { $0.read(ids) } }
  }

  private static let threads = min(4, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// How many ids a thread takes at a time.
  private static let share = 1024
  private let workers: [Worker]

  /// - Parameter path: A git directory that could be opened before.
  init(path: String) { workers = (0..<Self.threads).compactMap { _ in Worker(path: path) } }

  /// The batches follow each other as their ids do; none if the repository cannot be opened any more.
  func read(_ ids: [ObjectID]) -> [Batch] {
    guard !workers.isEmpty else { return [] }
    let shares = (ids.count + Self.share - 1) / Self.share
    let results = Mutex<[Batch]>(Array(repeating: Batch(), count: shares))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(workers.count, shares)) { worker in
      while true {
        let share = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard share < shares else { return }
        let batch = workers[worker].read(ids[share * Self.share..<min(ids.count, (share + 1) * Self.share)])
        results.withLock { $0[share] = batch }
      }
    }
    return results.withLock { $0 }
  }
}

/// A repository and its objects, opened once more for another thread.
private struct OwnObjects: ~Copyable {
  private let handle: RepositoryHandle
  private let objects: ObjectDatabase

  init?(path: String) {
    guard let handle = try? RepositoryHandle(path: path),
      let objects = unsafe ObjectDatabase(repository: handle.pointer)
    else { return nil }
    self.handle = handle
    self.objects = objects
  }

  func read(_ ids: ArraySlice<ObjectID>) -> ParallelReader.Batch {
    var batch = ParallelReader.Batch()
    batch.ids = Array(ids)
    batch.times.reserveCapacity(ids.count)
    batch.parentCounts.reserveCapacity(ids.count)
    batch.parents.reserveCapacity(ids.count * 3 / 2)
    for id in ids {
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
