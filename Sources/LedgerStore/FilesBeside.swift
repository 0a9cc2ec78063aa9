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

  init(_ paths: [String], _ database: LedgerDatabase, _ reader: TrailReader, _ now: Timestamp) throws(LedgerError) {
    let listing: TrailListing
    do { listing = try reader.list(paths) } catch { throw LedgerError(.input, error.message, hints: error.hints) }
    unreadable = listing.unreadable
    hasDigests = listing.hasDigests
    let wanted = try database.read { db in
      var stored = StoredFiles(db)
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
      var stored = StoredFiles(db)
      let match = try stored.match(place, file)
      guard case .changed(let contents) = match else { return (match, nil) }
      let texts = Set(file.kept.entries.map { Data(SHA256.hash(data: file.kept.bytes[$0.range])) })
      return (match, try FileChange(contents, texts: texts, files: stored, place: place, read: file, now: now))
    }
    switch match {
    case .known, .moved: return
    case .new: files.append((place.path, file))
    case .changed(let contents):
      // What cannot be read now takes nothing away from what it was.
      if file.fingerprint.isEmpty, contents.contains(where: { $0.isCurrent && !$0.sha256.isEmpty }) { return }
      files.append((place.path, file))
      superseded += change?.superseded ?? []
      if let accusation = change?.accusation { changed.append(accusation) }
    }
  }
}
