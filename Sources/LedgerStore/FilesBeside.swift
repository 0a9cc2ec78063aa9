internal import CloudTrailLog
internal import Crypto
internal import FoundationEssentials
internal import PushModel
internal import Synchronization

/// What is in files beside a ledger and not in it, read without writing anything.
struct FilesBeside {
  private(set) var files: [(path: [UInt8], read: ReadFile)] = []
  private(set) var unreadable: [UnreadablePlace] = []
  private(set) var hasDigests = false
  /// Contents of the ledger's that a newer one among `files` stands in for.
  private(set) var superseded: [StoredFiles.Content] = []
  private(set) var changed: [ChangedFile] = []
  /// Names of files by what they hold and the last part of their names.
  private var contents: [[UInt8]: [String]] = [:]

  init(_ paths: [String], _ database: LedgerDatabase, _ reader: TrailReader, _ now: Timestamp) throws(LedgerError) {
    let listing: TrailListing
    do { listing = try reader.list(paths) } catch { throw LedgerError(.input, error.message, hints: error.hints) }
    unreadable = listing.unreadable
    hasDigests = listing.hasDigests
    let wanted = try database.read { db in
      var stored = try StoredFiles(db)
      var places = FilePlaces()
      return try listing.files.filter { file in
        guard !file.isStandardInput, let place = places.place(of: file.path) else { return true }
        return try !stored.isUntouched(place, file.stamp)
      }
    }
    let read = Mutex<[ReadFile]>([])
    do {
      try unsafe reader.read(wanted, fingerprint: LedgerImport.sha256) { file in
        read.withLock { $0.append(file) }
        return true
      }
    } catch {
      throw LedgerError(.input, error.message, hints: error.hints)
    }
    for file in read.withLock({ $0 }).sorted(by: { $0.listed.path.lexicographicallyPrecedes($1.listed.path) }) {
      if let refusal = file.refusal { throw LedgerError(.input, refusal.message, hints: refusal.hints) }
      try place(file, database, now)
    }
  }

  /// Adds a file, unless it is a copy: of copies the first in the order of paths counts.
  private mutating func append(
    _ file: ReadFile, at place: FilePlace, _ database: LedgerDatabase
  ) throws(LedgerError) {
    let replaced = Set(superseded.map(\.id))
    let copies = try database.read { db in try StoredFiles(db).copies(of: file, at: place) }
      .filter { $0.path != place.path && !replaced.contains($0.content.id) }
    if isCopy(file, at: place) || copies.contains(where: { $0.path.lexicographicallyPrecedes(place.path) }) { return }
    files.append((place.path, file))
    superseded += copies.map(\.content)
  }

  /// Whether a file is a copy of one that was asked for before.
  private mutating func isCopy(_ file: ReadFile, at place: FilePlace) -> Bool {
    guard !file.fingerprint.isEmpty, !place.isStandardInput else { return false }
    let names = contents[file.fingerprint + place.base] ?? []
    if names.contains(where: { ReadFile.isSamePlace($0, place.name) }) { return true }
    contents[file.fingerprint + place.base] = names + [place.name]
    return false
  }

  private mutating func place(_ file: ReadFile, _ database: LedgerDatabase, _ now: Timestamp) throws(LedgerError) {
    var places = FilePlaces()
    let place =
      file.listed.isStandardInput
      ? FilePlace.standardInput(sha256: file.fingerprint) : places.place(of: file.listed.path)
    guard let place else {
      files.append((file.listed.path, file))
      return
    }
    let (match, change) = try database.read { db -> (StoredFiles.Match, FileChange?) in
      var stored = try StoredFiles(db)
      let match = try stored.match(place, file)
      guard case .changed(let contents) = match else { return (match, nil) }
      let texts = Set(file.kept.entries.map { Data(SHA256.hash(data: file.kept.bytes[$0.range])) })
      return (match, try FileChange(contents, texts: texts, files: stored, place: place, read: file, now: now))
    }
    switch match {
    case .known, .moved: return
    case .new:
      try append(file, at: place, database)
    case .changed(let contents):
      // What cannot be read now takes nothing away from what it was.
      if file.fingerprint.isEmpty, contents.contains(where: { $0.isCurrent && !$0.sha256.isEmpty }) { return }
      superseded += change?.superseded ?? []
      try append(file, at: place, database)
      if let accusation = change?.accusation { changed.append(accusation) }
    }
  }
}
