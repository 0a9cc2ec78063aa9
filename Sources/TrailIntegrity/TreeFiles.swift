internal import FoundationEssentials
internal import Glibc

/// The digest files and log files in the trees that the user named.
struct TreeFiles {
  private(set) var digests: [String] = []
  private(set) var logs: [String] = []
  /// Folders that could not be listed.
  private(set) var unreadable: [String] = []

  private var seen: Set<Identity> = []

  private struct Identity: Hashable {
    var device: UInt
    var inode: UInt
  }

  init(paths: [String]) throws(IntegrityError) {
    for path in paths where path != "-" {
      guard let status = Self.status(path) else {
        throw IntegrityError(
          "\(path): cannot be read", hints: ["--trail takes a folder of CloudTrail's files, or a file"])
      }
      // Named as the trail's reader names them.
      var folder = path
      while status.st_mode & S_IFMT == S_IFDIR, folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
      add(folder, status)
    }
    digests.sort { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    logs.sort { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  mutating func leaveOut(_ isForeign: (String) -> Bool) {
    digests.removeAll(where: isForeign)
    logs.removeAll(where: isForeign)
  }

  private mutating func add(_ path: String, _ status: stat) {
    guard seen.insert(Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))).inserted else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: path)
      } catch {
        unreadable.append(path)
        return
      }
      for name in names.sorted() where !name.hasPrefix(".") && !Self.foreign.contains(name) {
        let child = path.hasSuffix("/") ? path + name : path + "/" + name
        if let status = Self.status(child) { add(child, status) }
      }
    case S_IFREG:
      guard path.hasSuffix(".json") || path.hasSuffix(".gz") else { return }
      if path.contains("CloudTrail-Digest") { digests.append(path) } else { logs.append(path) }
    default: return
    }
  }

  /// Folders beside `CloudTrail` whose files no digest lists.
  private static let foreign: Set<String> = ["CloudTrail-Insight", "CloudTrail-Lake"]

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }
}
