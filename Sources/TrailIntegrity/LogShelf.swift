internal import Dispatch
internal import Synchronization

/// The log files of a trail, by name, and what they hash to.
struct LogShelf {
  struct Entry: Sendable {
    var path: String
    var place: StorageName
  }

  let entries: [Entry]
  private var byBase: [String: [Int]] = [:]
  private var folders: Set<[String]> = []

  init(_ paths: [String]) {
    entries = paths.map { Entry(path: $0, place: StorageName($0)) }
    for (index, entry) in entries.enumerated() {
      byBase[entry.place.base, default: []].append(index)
      folders.insert(entry.place.folder)
    }
  }

  /// All copies of an S3 name.
  func copies(of object: StorageName) -> [Int] {
    (byBase[object.base] ?? []).filter { object.isPlace(of: entries[$0].place) }
  }

  /// Whether the folder of that S3 name holds any log file here.
  func holdsFolder(of object: StorageName) -> Bool {
    let folder = object.folder
    return (1...max(1, folder.count)).contains { folders.contains(Array(folder.suffix($0))) }
  }

  /// Hash, or why there is none, of every copy that a digest file lists.
  func check(_ digests: [DigestFile]) -> [Int: Hash] {
    var wanted: Set<Int> = []
    for digest in digests {
      for log in digest.content.logFiles { wanted.formUnion(copies(of: StorageName(log.s3Object))) }
    }
    let list = wanted.sorted()
    let hashes = Mutex<[Int: Hash]>([:])
    DispatchQueue.concurrentPerform(iterations: list.count) { position in
      let index = list[position]
      let hash: Hash
      do throws(FileContent.Failure) {
        let content = try FileContent(path: entries[index].path)
        hash = .value(content.hash, stored: content.storedHash)
      } catch {
        switch error {
        case .unreadable(let reason): hash = .unreadable(reason)
        }
      }
      hashes.withLock { $0[index] = hash }
    }
    return hashes.withLock { $0 }
  }

  enum Hash: Equatable, Sendable {
    /// Of the content, as digest files have it, and of the file as it lies on disk.
    case value(String, stored: [UInt8])
    case unreadable(String)

    func isValue(_ content: String) -> Bool {
      if case .value(content, _) = self { true } else { false }
    }
  }
}
