internal import Glibc
internal import PushModel

/// One file to read: its path as it is opened and as it is shown.
struct TrailFile: Hashable, Sendable {
  /// The path's bytes, which need not be UTF-8; empty for standard input.
  var bytes: [UInt8]
  /// Whether the user named this very file, rather than a folder that holds it.
  var isNamed: Bool
  /// `nil` for standard input.
  var stamp: FileStamp?

  var isStandardInput: Bool { bytes.isEmpty }
  var name: String { isStandardInput ? "standard input" : String(decoding: bytes, as: UTF8.self) }
}

/// Which of a trail's log files are read, by the region that folder and name both tell; files whose place tells none count to
/// whichever region is asked for.
public enum TrailRegions: Hashable, Sendable {
  case only(String)
  /// What `only` leaves unread.
  case allBut(String)
}

/// Lists the files of a trail, in the order in which they are read.
struct TrailInputs {
  private(set) var files: [TrailFile] = []
  /// Folders and entries that could not be read.
  private(set) var unreadable: [UnreadablePlace] = []
  /// Whether a folder of digest files lies among them.
  private(set) var hasDigests = false

  /// Folders and files already met, so that a symbolic link neither loops nor makes anything count twice.
  private let deliveryLag: Int64
  private let purpose: Purpose
  private var seen: Set<FileIdentity> = []

  private struct FileIdentity: Hashable {
    var device: UInt
    var inode: UInt
  }

  /// What the files are for: how they are spoken of, and which of a folder's are taken.
  enum Purpose {
    case trail
    /// EventBridge's and triggers' events: Firehose names its files without an extension.
    case events
  }

  init(paths: [String], deliveryLag: Int64, purpose: Purpose = .trail) throws(TrailError) {
    self.deliveryLag = deliveryLag
    self.purpose = purpose
    for path in paths {
      if path == "-" {
        if !files.contains(where: \.isStandardInput) { files.append(TrailFile(bytes: [], isNamed: true)) }
        continue
      }
      try add(path)
    }
  }

  /// Drops files that lie in the folder of a day before `day`, and that nobody named; returns how many.
  mutating func leaveOut(before day: Int64) -> Int {
    let count = files.count
    files.removeAll { file in
      guard !file.isNamed, let folder = LogFilePlace(path: file.name).folderDay else { return false }
      return folder < day
    }
    return count - files.count
  }

  /// Drops files that the regions exclude; returns how many. What a file's place does not tell for certain is never dropped
  /// as another region's.
  mutating func leaveOut(outside regions: TrailRegions) -> Int {
    let count = files.count
    files.removeAll { file in
      let region = file.isNamed ? nil : Self.certainRegion(file)
      return switch regions {
      case .only(let wanted): region != nil && region != wanted
      case .allBut(let other): region == nil || region == other
      }
    }
    return count - files.count
  }

  /// Drops copies: what CloudTrail delivered once is one file, however often somebody copied it.
  mutating func leaveOutCopies() {
    var copies = FileCopies(capacity: files.count)
    files.removeAll { copies.isCopy($0) }
  }

  /// The region that folder and name both tell, as in every file that CloudTrail delivers: one of the two alone may have been
  /// made by whoever copied it.
  private static func certainRegion(_ file: TrailFile) -> String? {
    let place = LogFilePlace(path: file.name)
    guard place.folderDay != nil, let name = file.name.split(separator: "/").last else { return nil }
    return LogFilePlace(path: String(name)).region == place.region ? place.region : nil
  }

  private mutating func add(_ path: String) throws(TrailError) {
    var bytes = Array(path.utf8)
    guard !bytes.isEmpty, !bytes.contains(0) else {
      throw TrailError(message: purpose == .trail ? "the trail's path is empty" : "the path of events is empty")
    }
    guard let status = Self.status(bytes) else {
      throw TrailError(
        message: "\(path): \(Self.lastError())",
        hints: [
          purpose == .trail
            ? "--trail takes a file, a directory of CloudTrail's log files, or - for standard input"
            : "--events takes a file, a directory of event files, or - for standard input"
        ])
    }
    guard status.isDirectory else {
      if seen.insert(status.identity).inserted {
        files.append(TrailFile(bytes: bytes, isNamed: true, stamp: status.stamp))
      }
      return
    }
    // A folder that an earlier path reached is read already.
    guard !seen.contains(status.identity) else { return }
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    if purpose == .trail,
      let folder = path.split(separator: "/").first(where: { Self.otherFolders.contains(String($0)) })
    {
      throw TrailError(
        message: "\(path) is in a \(folder) folder, which holds no log files",
        hints: ["give the CloudTrail folder beside it, or the folder that holds both"])
    }
    let unreadableBefore = unreadable.count
    var found: [TrailFile] = []
    var met = false
    walk(bytes, into: &found, met: &met)
    // The order is that of whole paths, whatever the order of the folders on disk.
    found.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    files += found
    guard met || unreadable.count > unreadableBefore else {
      guard purpose == .trail else {
        throw TrailError(message: "\(path) holds no file of events (.json, .jsonl, .gz, .zst, or no extension)")
      }
      throw TrailError(
        message: "\(path) holds no log file (.gz, .zst, .json, .jsonl, .ndjson or .csv)",
        hints: ["copy the trail with: aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/ DIRECTORY"])
    }
  }

  /// Folders beside `CloudTrail` in the same layout whose files are no records.
  private static let otherFolders: Set<String> = ["CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-Lake"]

  /// Whether a folder holds no CloudTrail records by its place in a bucket: CloudTrail's own other folders, and what
  /// other services (Config, load balancers, flow logs) deliver beside it as `AWSLogs/[O-ID/]ACCOUNT/SERVICE`.
  private static func isForeign(_ folder: [UInt8]) -> Bool {
    let parts = String(decoding: folder, as: UTF8.self).split(separator: "/")
    guard let name = parts.last else { return false }
    if otherFolders.contains(String(name)) { return true }
    guard parts.count >= 3, LogFilePlace.isAccount(parts[parts.count - 2]), !name.hasPrefix("CloudTrail") else {
      return false
    }
    let above = parts[parts.count - 3]
    return above == "AWSLogs" || (above.hasPrefix("o-") && parts.count >= 4 && parts[parts.count - 4] == "AWSLogs")
  }

  private mutating func walk(_ folder: [UInt8], into found: inout [TrailFile], met: inout Bool) {
    guard let status = Self.status(folder) else { return note(folder, Self.lastError()) }
    guard seen.insert(status.identity).inserted else { return }
    guard let names = Self.entries(folder) else { return note(folder, Self.lastError()) }
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      if purpose == .trail, let log = Self.logFile(namedBy: name), !names.contains(Array(log.utf8)) {
        met = true
        note(
          folder + [UInt8(ascii: "/")] + name,
          "is named after CloudTrail's log file \(log), which is not beside it: a copy that was not finished, or was renamed",
          namedRight: folder + [UInt8(ascii: "/")] + Array(log.utf8))
        continue
      }
      if name.first == UInt8(ascii: ".") { continue }
      let path = folder.last == UInt8(ascii: "/") ? folder + name : folder + [UInt8(ascii: "/")] + name
      let isLog =
        switch purpose {
        case .trail: Self.hasLogExtension(name) || CSVName.isPlain(name)
        case .events: Self.hasLogExtension(name) || !name.contains(UInt8(ascii: "."))
        }
      guard let status = Self.status(path) else {
        // A link to nowhere, or a folder without search permission.
        if isLog { note(path, Self.lastError()) }
        continue
      }
      if status.isDirectory {
        if Self.isForeign(path) {
          hasDigests = hasDigests || name == Array("CloudTrail-Digest".utf8)
        } else {
          walk(path, into: &found, met: &met)
        }
      } else if isLog {
        met = true
        if !status.isRegular {
          note(path, "is not a regular file")
        } else if seen.insert(status.identity).inserted {
          found.append(TrailFile(bytes: path, isNamed: false, stamp: status.stamp))
        }
      }
    }
  }

  /// The log file of CloudTrail's that a name was made from, by what unfinished copies, backups and the like add before or
  /// behind; `nil` for any other name, and for one that is read.
  private static func logFile(namedBy name: [UInt8]) -> String? {
    let text = String(decoding: name, as: UTF8.self)
    let bare = text.drop { $0 == "." }
    guard bare.contains("_CloudTrail_"), text.hasPrefix(".") || !hasLogExtension(name),
      LogFilePlace(path: String(bare)).delivery != nil
    else { return nil }
    let end = bare.firstRange(of: ".json")?.lowerBound ?? bare.firstIndex(of: ".") ?? bare.endIndex
    return bare[..<end] + ".json.gz"
  }

  private static func hasLogExtension(_ name: [UInt8]) -> Bool {
    let lowered = String(decoding: name, as: UTF8.self).lowercased()
    return [".json", ".gz", ".zst", ".ndjson", ".jsonl"].contains { lowered.hasSuffix($0) }
  }

  private mutating func note(_ path: [UInt8], _ reason: String, namedRight rightPath: [UInt8]? = nil) {
    let name = String(decoding: path, as: UTF8.self)
    let place = LogFilePlace(path: rightPath.map { String(decoding: $0, as: UTF8.self) } ?? name)
    let extent = place.extent(deliveryLag: deliveryLag)
    unreadable.append(
      UnreadablePlace(
        path: name, reason: reason, start: extent.start, end: extent.end, accountID: place.accountID,
        region: place.region))
  }

  // MARK: - The operating system

  private struct Status {
    var isDirectory: Bool
    var isRegular: Bool
    var identity: FileIdentity
    var stamp: FileStamp
  }

  private static func status(_ path: [UInt8]) -> Status? {
    var status = stat()
    let terminated = path.map { CChar(bitPattern: $0) } + [0]
    guard unsafe stat(terminated, &status) == 0 else { return nil }
    let type = status.st_mode & S_IFMT
    return Status(
      isDirectory: type == S_IFDIR, isRegular: type == S_IFREG,
      identity: FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino)), stamp: FileStamp(status))
  }

  /// Names in a folder without `.` and `..`; `nil` with `errno` set where it cannot be listed.
  private static func entries(_ path: [UInt8]) -> [[UInt8]]? {
    let terminated = path.map { CChar(bitPattern: $0) } + [0]
    guard let folder = unsafe opendir(terminated) else { return nil }
    defer { unsafe closedir(folder) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(folder) else { return errno == 0 ? names : nil }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          let length = unsafe strnlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self), 255)
          return unsafe Array(UnsafeBufferPointer(start: bytes, count: length))
        }
      }
      if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
    }
  }

  static func lastError() -> String { description(ofError: errno) }

  static func description(ofError number: CInt) -> String {
    switch number {
    case ENOENT: return "no such file or directory"
    case EACCES: return "permission denied"
    case ELOOP: return "too many levels of symbolic links"
    case EISDIR: return "is a directory"
    default:
      var text = [CChar](repeating: 0, count: 128)
      guard unsafe strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return bytes.isEmpty ? "error \(number)" : String(decoding: bytes, as: UTF8.self).lowercased()
    }
  }
}

enum SystemCores {
  /// The processors that this process may use.
  static var online: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
