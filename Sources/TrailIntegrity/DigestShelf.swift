internal import Dispatch
internal import PushModel
internal import Synchronization

/// The digest files of a trail, each once, and those that are damaged or not where they belong.
struct DigestShelf {
  private(set) var digests: [DigestFile] = []
  private(set) var problems: [Problem] = []
  /// By the base of their file names: all files, sound or not.
  private var places: [String: [StorageName]] = [:]
  private var bad: [DigestName: Int] = [:]
  private var byObject: [String: Int] = [:]

  private enum Outcome: Sendable {
    case digest(DigestFile)
    case damaged(String)
  }

  init(_ paths: [String]) {
    for path in paths {
      let place = StorageName(path)
      places[place.base, default: []].append(place)
    }
    for (path, outcome) in zip(paths, Self.read(paths)) {
      switch outcome {
      case .damaged(let reason): fail(path, "The digest file \(path) \(reason).")
      case .digest(let digest):
        guard digest.object.isPlace(of: digest.place) else {
          fail(
            path,
            "The digest file \(path) is not where it was written: it says that it is \(digest.content.digestS3Object).")
          continue
        }
        if let index = byObject[digest.object.base] {
          if digests[index].hash != digest.hash {
            fail(path, "The digest file \(path) differs from its other copy, \(digests[index].path).")
          }
          continue
        }
        byObject[digest.object.base] = digests.count
        digests.append(digest)
      }
    }
  }

  private static func read(_ paths: [String]) -> [Outcome] {
    let outcomes = Mutex<[Outcome]>(Array(repeating: .damaged("was not read"), count: paths.count))
    DispatchQueue.concurrentPerform(iterations: paths.count) { index in
      let outcome: Outcome
      do throws(DigestFile.Failure) {
        outcome = .digest(try DigestFile(path: paths[index]))
      } catch {
        switch error {
        case .damaged(let reason): outcome = .damaged(reason)
        }
      }
      outcomes.withLock { $0[index] = outcome }
    }
    return outcomes.withLock { $0 }
  }

  private mutating func fail(_ path: String, _ message: String) {
    let name = DigestName(StorageName(path).base)
    if let name { bad[name, default: 0] += 1 }
    // Digest files are hourly; nothing in this one can be believed but, for want of better, its name.
    let end = DigestName.end(of: StorageName(path).base)
    problems.append(
      Problem(
        rule: .tampered, message: message, files: [path], start: end.map { $0 - 3600 }, end: end,
        accountID: name?.accountID ?? "", region: name?.region ?? ""))
  }

  func damaged(of name: DigestName) -> Int { bad[name] ?? 0 }

  /// The sound digest file of an S3 name.
  func digest(_ object: StorageName) -> DigestFile? {
    guard let index = byObject[object.base], digests[index].object.parts == object.parts else { return nil }
    return digests[index]
  }

  /// Whether a file of that S3 name is here, sound or not.
  func holds(_ object: StorageName) -> Bool {
    places[object.base]?.contains { object.isPlace(of: $0) } ?? false
  }

  /// Whether the folder of that S3 name holds other digest files here.
  func holdsFolder(of object: StorageName) -> Bool {
    places.values.contains { $0.contains { object.sharesFolder(with: $0) } }
  }

  /// Each chain's digest files, oldest first; the chains in the order of their names.
  func chains() -> [(DigestName, [DigestFile])] {
    let all = Dictionary(grouping: digests, by: \.name)
    let names = Set(all.keys).union(bad.keys)
    return names.sorted {
      ($0.accountID, $0.region, $0.trail, $0.homeRegion, $0.isBackfill ? 1 : 0)
        < ($1.accountID, $1.region, $1.trail, $1.homeRegion, $1.isBackfill ? 1 : 0)
    }.map { name in
      (name, (all[name] ?? []).sorted { ($0.end, $0.object.base) < ($1.end, $1.object.base) })
    }
  }
}
