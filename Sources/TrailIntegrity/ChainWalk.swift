internal import PushModel

/// Walks one chain from its newest digest file to its oldest, and reads the logs by it.
struct ChainWalk {
  let name: DigestName
  /// Oldest first.
  let digests: [DigestFile]
  let shelf: DigestShelf
  let keys: PublicKeys?
  let signatures: SavedSignatures

  private(set) var problems: [Problem] = []
  private(set) var unchecked: [String] = []
  private(set) var notes: [String] = []
  /// Of each digest: `nil` if it does not hold.
  private var proofs: [Proof?] = []
  /// Digests with a log that is absent or changed: their time is not described whole.
  private var lacking: Set<Int> = []
  private var soundLogs = 0
  private(set) var logs = ListedLogs()
  /// Breaks between a digest and the one before it.
  private var unlinked: Set<Int> = []

  init(
    name: DigestName, digests: [DigestFile], shelf: DigestShelf, keys: PublicKeys?, signatures: SavedSignatures
  ) {
    self.name = name
    self.digests = digests
    self.shelf = shelf
    self.keys = keys
    self.signatures = signatures
  }

  var words: String {
    "trail \(name.trail), account \(name.accountID), region \(name.region)" + (name.isBackfill ? ", backfill" : "")
  }

  // MARK: - Digest files

  mutating func run() {
    proofs = Array(repeating: .unproven, count: digests.count)
    var unknownKeys: [String: Set<Int>] = [:]
    var named: Set<Int> = []
    let index = Dictionary(digests.enumerated().map { ($0.element.object, $0.offset) }, uniquingKeysWith: { a, _ in a })
    for position in digests.indices.reversed() {
      let digest = digests[position]
      checkSaved(position, &unknownKeys)
      guard let previous = digest.previous else {
        restart(position)
        continue
      }
      guard let older = index[previous] else {
        missingPredecessor(position, previous)
        continue
      }
      guard older < position else {
        fail(position, "The digest file \(digest.path) names a later one as its predecessor.", [digest.path])
        continue
      }
      if !named.insert(older).inserted {
        problems.append(
          problem(
            .tampered,
            "Two digest files name \(digests[older].path) as their predecessor; one of them is \(digest.path).",
            [digest.path], digest))
      }
      if older != position - 1 { unlinked.insert(position) }
      link(position, older, &unknownKeys)
    }
    for position in digests.indices.dropLast() where !named.contains(position) { unnamed(position, index) }
    for (fingerprint, positions) in unknownKeys.sorted(by: { $0.key < $1.key }) {
      let count = positions.count
      unchecked.append(
        "\(count) digest \(count == 1 ? "file" : "files") of \(words) \(count == 1 ? "is" : "are") signed with the key \(fingerprint), which is not among the public keys given: aws cloudtrail list-public-keys --region \(name.homeRegion) --start-time \(digests.first?.start.description ?? "START")"
      )
    }
    for (digest, proof) in zip(digests, proofs) where proof == .unproven {
      notes.append(
        "The last digest file of a stretch of \(words), \(digest.path), can be checked only by its successor or by its S3 metadata\(keys == nil ? " and CloudTrail's public keys" : ""): aws s3api head-object \(ShellWord.option("--bucket", digest.content.digestS3Bucket)) \(ShellWord.option("--key", digest.content.digestS3Object))"
      )
    }
  }

  /// A digest file by its own S3 metadata.
  private mutating func checkSaved(_ position: Int, _ unknownKeys: inout [String: Set<Int>]) {
    let digest = digests[position]
    guard let signature = signatures[digest], let keys else { return }
    switch keys.verify(signature, of: digest) {
    case true?: raise(position, .authentic)
    case false?:
      fail(
        position,
        "The digest file \(digest.path) was changed: CloudTrail's signature in its S3 metadata does not hold.",
        [digest.path])
    case nil: unknownKeys[digest.content.digestPublicKeyFingerprint, default: []].insert(position)
    }
  }

  /// A digest file by its successor, which holds its hash and its signature.
  private mutating func link(_ position: Int, _ older: Int, _ unknownKeys: inout [String: Set<Int>]) {
    let digest = digests[position]
    let previous = digests[older]
    let algorithm = digest.content.previousDigestHashAlgorithm ?? "SHA-256"
    var hashHolds: Bool?
    if algorithm != "SHA-256" {
      unchecked.append("\(digest.path) hashes its predecessor with \(algorithm), which is not known here")
    } else if let hash = digest.content.previousDigestHashValue {
      hashHolds = hash.lowercased() == previous.hash
    }
    var signatureHolds: Bool?
    let signing = previous.content.digestSignatureAlgorithm ?? "SHA256withRSA"
    if signing != "SHA256withRSA" {
      unchecked.append("\(previous.path) is signed with \(signing), which is not known here")
    } else if let signature = digest.content.previousDigestSignature, let keys {
      signatureHolds = keys.verify(signature, of: previous)
      if signatureHolds == nil { unknownKeys[previous.content.digestPublicKeyFingerprint, default: []].insert(older) }
    }
    if let saved = signatures[previous], let signature = digest.content.previousDigestSignature,
      saved.lowercased() != signature.lowercased()
    {
      fail(
        position,
        "The digest file \(digest.path) holds another signature of \(previous.path) than that file's S3 metadata.",
        [digest.path, previous.path])
      return
    }
    switch (hashHolds, signatureHolds) {
    case (true?, true?), (nil, true?): raise(older, .authentic)
    case (true?, nil):
      // What CloudTrail signed holds the hash of what came before.
      raise(older, proofs[position] == .authentic ? .authentic : .consistent)
    case (false?, true?):
      // The older one is as CloudTrail signed it, so that it is the younger that was changed.
      raise(older, .authentic)
      fail(
        position,
        "The digest file \(digest.path) was changed: the hash that it holds of \(previous.path) is not that file's, whose signature holds.",
        [digest.path])
    case (false?, _):
      fail(
        older, "The digest file \(previous.path) was changed: \(digest.path) holds another hash of it.", [previous.path]
      )
    case (true?, false?):
      fail(
        position,
        "The signature that \(digest.path) holds of \(previous.path) is not CloudTrail's, though the hash agrees: one of the two was changed, or made by somebody else.",
        [digest.path, previous.path])
      if proofs[older] != .authentic { proofs[older] = nil }
    case (nil, false?):
      fail(older, "The digest file \(previous.path) was changed: its signature does not hold.", [previous.path])
    case (nil, nil):
      unchecked.append("\(digest.path) holds neither a hash nor a signature of \(previous.path) that can be checked")
    }
  }

  /// A chain that begins, or begins again.
  private mutating func restart(_ position: Int) {
    guard position > 0 else { return }
    unlinked.insert(position)
    let before = digests[position - 1]
    let digest = digests[position]
    problems.append(
      problem(
        .gap,
        "Validation of \(words) stopped after \(before.end) and began again at \(digest.start) (\(digest.path) has no predecessor): logging or validation was switched off, and nothing proves what was logged in between.",
        [digest.path], start: min(before.end, digest.start), end: max(before.end, digest.start)))
  }

  /// A digest file whose predecessor is not here, or not sound.
  private mutating func missingPredecessor(_ position: Int, _ previous: StorageName) {
    let digest = digests[position]
    unlinked.insert(position)
    // One that is damaged is said already.
    if shelf.holds(previous) { return }
    let key = digest.content.previousDigestS3Object ?? ""
    let bucket = digest.content.previousDigestS3Bucket ?? digest.content.digestS3Bucket
    guard position > 0 else {
      notes.append(
        "The copy of \(words) begins at \(digest.start), with \(digest.path); an older digest file, \(key), is not here."
      )
      return
    }
    let before = digests[position - 1].end
    if shelf.holdsFolder(of: previous) {
      problems.append(
        problem(
          .fileAbsent,
          "The digest file \(key) is not here, though \(digest.path) names it as its predecessor and other digest files of that day are here.",
          [key], start: before, end: digest.start,
          settle: Shell.copy(bucket: bucket, key: key, to: previous.path(beside: digest.place))))
    } else {
      problems.append(
        problem(
          .gap,
          "The digest files of \(words) from \(before) to \(digest.start) are not here: \(digest.path) names \(key), and that whole day was not copied.",
          [key], start: before, end: digest.start,
          settle: Shell.sync(bucket: bucket, key: key, to: previous.path(beside: digest.place))))
    }
  }

  /// A digest file that no later one names although the chain goes on.
  private mutating func unnamed(_ position: Int, _ index: [StorageName: Int]) {
    guard proofs[position] == .unproven, let next = digests[position + 1].previous, index[next] != nil else { return }
    fail(
      position,
      "The digest file \(digests[position].path) belongs to no chain: the later ones go past it, and name others.",
      [digests[position].path])
  }

  private mutating func raise(_ position: Int, _ proof: Proof) {
    if let now = proofs[position] { proofs[position] = max(now, proof) }
  }

  private mutating func fail(_ position: Int, _ message: String, _ files: [String]) {
    proofs[position] = nil
    problems.append(problem(.tampered, message, files, digests[position]))
  }

  private func problem(_ rule: Problem.Rule, _ message: String, _ files: [String], _ digest: DigestFile) -> Problem {
    problem(rule, message, files, start: digest.start, end: digest.end)
  }

  private func problem(
    _ rule: Problem.Rule, _ message: String, _ files: [String], start: Timestamp, end: Timestamp,
    settle: String? = nil
  ) -> Problem {
    Problem(
      rule: rule, message: message, files: files, start: start, end: end, accountID: name.accountID,
      region: name.region, settle: settle)
  }

  // MARK: - Log files

  mutating func readLogs(_ hashes: [Int: LogShelf.Hash], _ shelf: LogShelf) {
    var uncopied: [(object: StorageName, log: DigestFile.LogFile, digest: DigestFile)] = []
    for (position, digest) in digests.enumerated() {
      for log in digest.content.logFiles {
        let object = StorageName(log.s3Object)
        let copies = shelf.copies(of: object)
        for copy in copies { list(copy, shelf.entries[copy], by: position) }
        if let algorithm = log.hashAlgorithm, algorithm != "SHA-256" {
          unchecked.append("\(digest.path) hashes \(log.s3Object) with \(algorithm), which is not known here")
          lacking.insert(position)
          continue
        }
        if copies.isEmpty {
          lacking.insert(position)
          if shelf.holdsFolder(of: object) {
            problems.append(
              problem(
                .fileAbsent,
                "The log file \(log.s3Object) is not here, though \(digest.path) lists it and other log files of that day are here: it was deleted, or lost on the way.",
                [log.s3Object], start: digest.start, end: digest.end,
                settle: Shell.copy(bucket: log.s3Bucket, key: log.s3Object, to: object.path(beside: digest.place))))
          } else {
            uncopied.append((object, log, digest))
          }
          continue
        }
        let hash = log.hashValue.lowercased()
        func isSound(_ copy: Int) -> Bool { hashes[copy]?.isValue(hash) ?? false }
        if isChecked(position) { logs.proved.formUnion(copies.filter(isSound)) }
        for copy in copies where !isSound(copy) {
          lacking.insert(position)
          let path = shelf.entries[copy].path
          let why =
            if case .unreadable(let reason)? = hashes[copy] { "it \(reason)" } else {
              "its content is not what \(digest.path) lists"
            }
          problems.append(problem(.tampered, "The log file \(path) was changed: \(why).", [path], digest))
        }
        if copies.allSatisfy(isSound) { soundLogs += 1 }
      }
    }
    noteUncopied(uncopied)
  }

  /// Notes that a digest file lists a copy of a log file.
  private mutating func list(_ copy: Int, _ entry: LogShelf.Entry, by position: Int) {
    if isChecked(position) || believes(entry, at: position) {
      logs.listed.insert(copy)
    } else {
      logs.claimed[copy] = digests[position].path
    }
  }

  /// Whether a log file is one that the newest digest file of a checked stretch may list: delivered after what was checked, in
  /// that digest file's own time. Nothing here can check it, and anybody can write such a one.
  private func believes(_ entry: LogShelf.Entry, at position: Int) -> Bool {
    guard proofs[position] == .unproven, position > 0, isChecked(position - 1), !unlinked.contains(position),
      let name = LogName(entry.place)
    else { return false }
    return digests[position - 1].end - UnlistedLogs.margin <= name.start
      && name.end <= digests[position].end + UnlistedLogs.margin
  }

  /// One problem for each run of days that were not copied.
  private mutating func noteUncopied(
    _ logs: [(object: StorageName, log: DigestFile.LogFile, digest: DigestFile)]
  ) {
    let days = Dictionary(grouping: logs) { $0.digest.start.day }
    var run: [Int64] = []
    for day in days.keys.sorted() {
      if let last = run.last, day > last + 1 {
        noteRun(run, days)
        run = []
      }
      run.append(day)
    }
    if !run.isEmpty { noteRun(run, days) }
  }

  private mutating func noteRun(
    _ run: [Int64], _ days: [Int64: [(object: StorageName, log: DigestFile.LogFile, digest: DigestFile)]]
  ) {
    let logs = run.flatMap { days[$0] ?? [] }
    guard let first = logs.first, let last = logs.last else { return }
    let folder = first.object.path(beside: first.digest.place)
    problems.append(
      problem(
        .gap,
        "\(logs.count) log \(logs.count == 1 ? "file" : "files") of \(words) from \(first.digest.start) to \(last.digest.end) \(logs.count == 1 ? "is" : "are") listed in the digest files and not here, nor any other of \(run.count == 1 ? "that day" : "those days"): first \(first.log.s3Object).",
        logs.map(\.log.s3Object), start: first.digest.start, end: last.digest.end,
        settle: run.count == 1
          ? Shell.sync(bucket: first.log.s3Bucket, key: first.log.s3Object, to: folder)
          : Shell.sync(bucket: first.log.s3Bucket, key: first.log.s3Object, to: folder, levels: 4)))
  }

  // MARK: - Result

  /// The time that sound digest files describe, joined where one links to the next.
  var described: [ClosedRange<Timestamp>] {
    name.isBackfill ? [] : intervals(leavingOut: []).map { $0.start...$0.end }
  }

  /// The part of it whose digest files were checked.
  var proved: [ClosedRange<Timestamp>] {
    name.isBackfill ? [] : intervals(leavingOut: [], atLeast: least).map { $0.start...$0.end }
  }

  /// What a digest file must be for its word to count.
  private var least: Proof { keys == nil ? .consistent : .authentic }

  private func isChecked(_ position: Int) -> Bool { proofs[position].map { $0 >= least } ?? false }

  private func intervals(leavingOut lacking: Set<Int>, atLeast least: Proof = .unproven) -> [DigestChain.Interval] {
    var result: [DigestChain.Interval] = []
    var previous: Int?
    for (position, digest) in digests.enumerated() {
      guard let proof = proofs[position], proof >= least, !lacking.contains(position) else { continue }
      // The last of a stretch is checked by nothing here: it takes nothing from the rest, and gets nothing of it.
      if let last = result.last, previous == position - 1, !unlinked.contains(position), digest.start <= last.end,
        (last.proof == .unproven) == (proof == .unproven)
      {
        result[result.count - 1].end = max(last.end, digest.end)
        result[result.count - 1].proof = min(last.proof, proof)
      } else {
        result.append(DigestChain.Interval(start: digest.start, end: digest.end, proof: proof))
      }
      previous = position
    }
    return result
  }

  func result(damaged: Int) -> DigestChain {
    DigestChain(
      accountID: name.accountID, region: name.region, trail: name.trail, isBackfill: name.isBackfill,
      authentic: proofs.count { $0 == .authentic }, consistent: proofs.count { $0 == .consistent },
      unproven: proofs.count { $0 == .unproven }, tampered: proofs.count { $0 == nil } + damaged, logs: soundLogs,
      intervals: name.isBackfill ? [] : intervals(leavingOut: lacking),
      checked: name.isBackfill
        ? []
        : intervals(leavingOut: lacking, atLeast: least).map { $0.start...$0.end })
  }
}
