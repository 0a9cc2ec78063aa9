internal import PushModel

/// Reads one clone's sightings, source by source (the table of DESIGN 7).
struct SightingGatherer {
  let clone: Clone
  let repository: RepositoryNames
  let index: Int
  let now: Timestamp
  let fetchedAt: Timestamp?
  let remotes: [Remote]

  /// How far two times that git wrote in one command may lie apart, in seconds.
  static let sameCommand: Int64 = 5
  /// By how much FETCH_HEAD must be younger than what git writes once, in seconds: a copy makes all files equally old.
  static let copyMargin: Int64 = 60
  /// By how much a clock may be off before what it says is thought impossible, in seconds.
  static let wrongestClock: Int64 = 86_400

  private struct Dated {
    var earliest: Timestamp?
    var latest: Timestamp
    var dating: Sighting.Dating
  }

  private func dated(_ recorded: Timestamp, by dating: Sighting.Dating) -> Dated {
    Dated(earliest: recorded - Clone.longestTransfer, latest: recorded, dating: dating)
  }

  /// Nothing in the clone dates it: not after the run, or not after what the user says.
  private var undated: Dated {
    if let fetchedAt { return Dated(earliest: nil, latest: fetchedAt, dating: .stated) }
    return Dated(earliest: nil, latest: now, dating: .content)
  }

  // MARK: - FETCH_HEAD

  func readFetchHeads(into result: inout CloneSightings) {
    for file in clone.fetchHeadFiles {
      guard let content = file.content else {
        result.notes.append("\(file.path) is damaged: it says nothing")
        continue
      }
      let urls = Set(content.lines.lazy.map(\.url)).filter { repository.matches(CodeCommitURL($0)) }
      let numbers = content.lines.indices.filter { urls.contains(content.lines[$0].url) }
      let lines = numbers.map { content.lines[$0] }
      guard !lines.isEmpty else { continue }
      let fetches = fetches(writing: file, lines)
      var time = date(file, isMatched: !fetches.isEmpty)
      let isOneMoment = namesEachRefOnce(lines) && !isAppendedTo(lines, fetches)
      // `git fetch --append` leaves the lines of earlier fetches standing: they are only known to be no later.
      if !isOneMoment { time.earliest = nil }
      let evidence = "FETCH_HEAD of \(clone.path)"
      let fetch = fetches.first?.time ?? (time.dating == .fetchHead ? file.time : nil)
      if let fetch {
        result.noteFetch(clone: index, at: fetch, evidence: evidence) { noted in
          noted.ids.formUnion(lines.map(\.id))
          guard isOneMoment else { return }
          for line in lines { if let ref = line.ref { noted.tips[ref] = line.id } }
        }
      }
      for (number, line) in zip(numbers, lines) {
        guard let ref = line.ref else { continue }
        result.sightings.append(
          Sighting(
            ref: ref, value: .tip(line.id), earliest: time.earliest, latest: time.latest, source: .fetchHead,
            dating: time.dating, clone: index,
            evidence: isOneMoment ? evidence : "\(evidence), written by more than one fetch: line \(number + 1)",
            fetch: isOneMoment ? fetch : nil))
      }
      note(time, in: &result)
      if isOneMoment, let view = wholeView(lines, fetches, time, fetch, evidence) { result.views.append(view) }
    }
  }

  private func namesEachRefOnce(_ lines: [FetchHead.Line]) -> Bool {
    var seen: [String: Set<RefName>] = [:]
    return lines.allSatisfy { line in line.ref.map { seen[line.url, default: []].insert($0).inserted } ?? true }
  }

  /// Whether some lines may be of an earlier fetch than others: a fetch that wrote it says so; where none moved a ref, one
  /// fetch names what is to be merged first, and more than one such branch only if it was asked for each.
  private func isAppendedTo(_ lines: [FetchHead.Line], _ fetches: [ReflogEntry]) -> Bool {
    if !fetches.isEmpty {
      return fetches.contains { entry in
        if case .fetch(let command) = entry.act { command.appends } else { false }
      }
    }
    return Dictionary(grouping: lines, by: \.url).values.contains { lines in
      let forMerge = lines.count { $0.isForMerge }
      return forMerge > 1 || !lines.prefix(forMerge).allSatisfy(\.isForMerge)
    }
  }

  /// Reflog entries of the fetch that wrote the file.
  private func fetches(writing file: Clone.FetchHeadFile, _ lines: [FetchHead.Line]) -> [ReflogEntry] {
    let ids = Set(lines.map(\.id))
    return trackingRefs().flatMap { ref in
      clone.reflog(ref.name.rawValue).filter { entry in
        ids.contains(entry.new) && abs(entry.time - file.time) <= Self.sameCommand && entry.act != .push
      }
    }
  }

  /// FETCH_HEAD's own time, if it holds: a copied clone has the copy's time on every file.
  private func date(_ file: Clone.FetchHeadFile, isMatched: Bool) -> Dated {
    if isMatched { return dated(file.time, by: .reflog) }
    let once = ["description", "info/exclude"].compactMap { Files.modified(clone.commonDirectory + $0) }.max()
    if let once, file.time > once + Self.copyMargin { return dated(file.time, by: .fetchHead) }
    return undated
  }

  /// A whole fetch saw every branch that its refspecs map: the configured ones where a branch is not for merging, those
  /// of the command line where its reflog line has them.
  private func wholeView(
    _ lines: [FetchHead.Line], _ fetches: [ReflogEntry], _ time: Dated, _ fetch: Timestamp?, _ evidence: String
  ) -> WholeView? {
    let branches = lines.filter { $0.ref?.isBranch ?? false }
    var isProven = branches.contains { $0.ref != branches[0].ref }
    var refspecs: [[Refspec]] = []
    if branches.contains(where: { !$0.isForMerge }) {
      isProven = isProven && time.dating != .content && time.dating != .stated && isConfigured(before: time.latest)
      refspecs = remotes(fetchedAs: lines).map(\.refspecs)
    } else {
      for entry in fetches {
        guard case .fetch(let command) = entry.act, !command.hasRefmap, isOurs(command.repository) else { continue }
        refspecs.append(command.refspecs)
      }
    }
    guard !refspecs.isEmpty, refspecs.allSatisfy(\.mapAllBranches) else { return nil }
    return WholeView(
      earliest: time.earliest, latest: time.latest, source: .fetchHead, dating: time.dating, clone: index,
      fetch: fetch, evidence: evidence, showsBranches: true, showsTags: refspecs.allSatisfy(\.mapTags),
      named: Set(lines.compactMap(\.ref)), isProven: isProven)
  }

  /// Remotes whose URL the lines have (git cuts credentials, `.git` and slashes off); all of them, if none fits.
  private func remotes(fetchedAs lines: [FetchHead.Line]) -> [Remote] {
    let urls = Set(lines.map(\.url))
    let fitting = remotes.filter { remote in
      var url = CodeCommitURL.redacted(remote.url)
      while url.hasSuffix("/") { url.removeLast() }
      if url.hasSuffix(".git") { url.removeLast(4) }
      return urls.contains(url)
    }
    return fitting.isEmpty ? remotes : fitting
  }

  /// Whether the clone's configuration is as old as a fetch: the refspecs that stand there now may be others than it had.
  private func isConfigured(before fetch: Timestamp) -> Bool {
    Files.modified(clone.commonDirectory + "config").map { $0 <= fetch + Self.sameCommand } ?? false
  }

  private func note(_ time: Dated, in result: inout CloneSightings) {
    if result.lastFetch.map({ $0.time < time.latest }) ?? true { result.lastFetch = (time.latest, time.dating) }
  }

  // MARK: - Reflogs

  /// Local refs that mirror server refs of this repository.
  private func trackingRefs() -> [Clone.LocalRef] {
    clone.refs.filter { ref in remotes.contains { $0.tracks(ref.name) } }
  }

  /// Tracking refs' logs: what fetches brought, and what pushes put there.
  ///
  /// A clone that was made from somewhere else and re-pointed later does not say which server its entries are about, and nor
  /// do the logs of a remote that took another one's name.
  func readReflogs(into result: inout CloneSightings) {
    if let origin = cloneEntry(), !repository.matches(CodeCommitURL(origin.url)) {
      if !trackingRefs().isEmpty {
        result.notes.append(
          "\(clone.path) was cloned from \(CodeCommitURL.redacted(origin.url)) and re-pointed: its reflogs say nothing about this repository"
        )
      }
      return
    }
    noteDamage(into: &result)
    let renamed = remotes.filter(wasAnother)
    for remote in renamed {
      result.notes.append(
        "\(clone.path): its remote \(remote.name) had another name, and perhaps another URL: its reflogs say nothing about this repository"
      )
    }
    for remote in remotes where !renamed.contains(remote) {
      for ref in clone.refs.map(\.name) {
        guard let server = remote.serverRef(of: ref) ?? ownRef(ref, in: remote) else { continue }
        for (number, entry) in clone.reflog(ref.rawValue).enumerated() where !entry.new.isZero && isPossible(entry.time)
        {
          let line = Sighting.LogLine(log: ref, number: number + 1)
          read(entry, line, server: server, pushesElsewhere: remote.pushURL != nil, into: &result)
        }
      }
    }
    for ref in clone.refs.map(\.name) where !isOthers(ref) && !renamed.contains(where: { $0.tracks(ref) }) {
      for entry in clone.reflog(ref.rawValue) where !entry.new.isZero && isPossible(entry.time) {
        switch entry.act {
        case .fetch(let command), .fetchOfID(let command):
          guard isOurs(command) else { continue }
          result.noteFetch(
            clone: index, at: entry.time,
            evidence: "reflog of \(ref) in \(clone.path) at \(entry.time): \(entry.message)"
          ) { noted in
            noted.ids.insert(entry.new)
            noted.lines.insert("\(ref) \(entry.old) \(entry.new) \(entry.message)")
          }
        default: break
        }
      }
    }
  }

  /// Whether a remote was renamed, and may have been some other server's. What `git clone` calls `origin`, in a clone of this
  /// repository, was this one's.
  private func wasAnother(_ remote: Remote) -> Bool {
    let isOwnOrigin = cloneEntry() != nil
    return clone.refs.map(\.name).filter(remote.tracks).contains { ref in
      clone.reflog(ref.rawValue).contains { entry in
        guard case .rename(let from) = entry.act else { return false }
        return !isOwnOrigin || !from.rawValue.hasPrefix("refs/remotes/origin/")
      }
    }
  }

  /// A bare clone without refspecs keeps the server's branches under their own names.
  private func ownRef(_ ref: RefName, in remote: Remote) -> RefName? {
    clone.isBare && remote.refspecs.isEmpty && ref.isBranch ? ref : nil
  }

  /// Whether a local ref mirrors a ref of some other repository.
  private func isOthers(_ ref: RefName) -> Bool {
    !remotes.contains { $0.tracks(ref) } && clone.remotes.contains { $0.tracks(ref) }
  }

  /// Whether an entry may have that time: not before git was, nor a day or more after this run.
  private func isPossible(_ time: Timestamp) -> Bool { time.seconds > 0 && time <= now + Self.wrongestClock }

  private func noteDamage(into result: inout CloneSightings) {
    for ref in trackingRefs().map(\.name) {
      let damaged = clone.damagedReflogLines(ref.rawValue)
      if let first = damaged.first {
        let others = damaged.count > 1 ? " (and \(damaged.count - 1) more)" : ""
        result.notes.append("\(clone.path): line \(first)\(others) of the reflog of \(ref) is damaged: it says nothing")
      }
      if let entry = clone.reflog(ref.rawValue).first(where: { !isPossible($0.time) }) {
        result.notes.append(
          "\(clone.path): the reflog of \(ref) has an impossible time, \(entry.time): such lines say nothing")
      }
    }
  }

  private func read(
    _ entry: ReflogEntry, _ line: Sighting.LogLine, server: RefName, pushesElsewhere: Bool,
    into result: inout CloneSightings
  ) {
    let time: Dated
    let source: Sighting.Source
    switch entry.act {
    case .fetch(let command):
      guard brings(command, server, into: line.log) else { return }
      time = dated(entry.time, by: .reflog)
      source = .reflogFetch
      note(time, in: &result)
    case .push where !pushesElsewhere:
      time = Dated(earliest: entry.time, latest: entry.time, dating: .reflog)
      source = .reflogPush
    default: return
    }
    let evidence = "reflog of \(line.log) in \(clone.path) at \(entry.time): \(entry.message)"
    if source == .reflogFetch {
      result.noteFetch(clone: index, at: entry.time, evidence: evidence) { $0.tips[server] = entry.new }
    }
    result.sightings.append(
      Sighting(
        ref: server, value: .tip(entry.new), earliest: time.earliest, latest: time.latest, source: source,
        dating: time.dating, clone: index, evidence: evidence, fetch: source == .reflogFetch ? entry.time : nil,
        // Where pushes go elsewhere, the log's order proves nothing about this server.
        logLine: pushesElsewhere ? nil : line))
  }

  /// Whether a fetch wrote the server's ref itself into the local ref that tracks it: a refspec of the command line may
  /// have put another branch there, a bare id, or a branch of another repository.
  private func brings(_ command: FetchCommand, _ server: RefName, into local: RefName) -> Bool {
    if command.hasRefmap { return false }
    let explicit = command.refspecs(writing: local)
    if !explicit.isEmpty {
      return isOurs(command.repository) && explicit.allSatisfy { $0.source(of: local) == server }
    }
    if local == server, !remotes.contains(where: { $0.tracks(local) }) { return false }
    return isOurs(command)
  }

  /// Whether a fetch read this repository. A name that is no remote any more was this one's before it was renamed: others
  /// never write its tracking refs.
  private func isOurs(_ command: FetchCommand) -> Bool {
    isOurs(command.repository) || !clone.remotes.contains { $0.name == command.repository }
  }

  /// Whether a command line's repository is the one in question; without one it is the default remote.
  private func isOurs(_ repository: String?) -> Bool {
    guard let repository else { return true }
    return remotes.contains { $0.name == repository }
      || self.repository.matches(CodeCommitURL(clone.rewritten(repository)))
  }

  // MARK: - Fresh clones

  private func cloneEntry() -> (url: String, time: Timestamp, tip: ObjectID)? {
    for name in ["HEAD"] + remotes.map({ "refs/remotes/\($0.name)/HEAD" }) {
      for entry in clone.reflog(name) {
        if case .clone(let url) = entry.act { return (clone.rewritten(url), entry.time, entry.new) }
      }
    }
    return nil
  }

  /// `git clone` lists what it saw in packed-refs.
  func readFreshClone(into result: inout CloneSightings) {
    guard let origin = cloneEntry() else {
      // The server's HEAD led nowhere, or the clone keeps no reflogs.
      if !clone.isBare, let time = dateOfUnloggedClone() { doubtUntracked(time, into: &result) }
      return
    }
    guard repository.matches(CodeCommitURL(origin.url)) else { return }
    let time = dated(origin.time, by: .reflog)
    note(time, in: &result)
    let place = "clone: line of \(clone.path) at \(origin.time)"
    result.noteFetch(clone: index, at: origin.time, evidence: place) { noted in
      noted.isClone = true
      noted.ids.insert(origin.tip)
      noted.lines.insert("clone: from \(origin.url) \(origin.tip)")
    }
    guard let text = packedRefs(asClonedAt: origin.time) else { return doubtUntracked(time, into: &result) }
    let evidence = "packed-refs of \(clone.path), as cloned at \(origin.time)"
    var named: Set<RefName> = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("^") {
      let fields = line.split(separator: " ", maxSplits: 1)
      guard fields.count == 2, let id = ObjectID(hex: fields[0]) else { continue }
      let local = RefName(String(fields[1]))
      let server = remotes.lazy.compactMap { $0.serverRef(of: local) }.first ?? (local.isTag ? local : nil)
      guard let server else { continue }
      named.insert(server)
      result.sightings.append(
        Sighting(
          ref: server, value: .tip(id), earliest: time.earliest, latest: time.latest, source: .cloneFrom,
          dating: .reflog, clone: index, evidence: evidence, fetch: origin.time))
      result.noteFetch(clone: index, at: origin.time, evidence: place) { $0.tips[server] = id }
    }
    guard remotes.contains(where: \.mapsAllBranches) else { return }
    result.views.append(
      WholeView(
        earliest: time.earliest, latest: time.latest, source: .cloneFrom, dating: .reflog, clone: index,
        fetch: origin.time, evidence: evidence, showsBranches: true, showsTags: !remotes.contains(where: \.skipsTags),
        named: named,
        isProven: isConfigured(before: origin.time) && named.filter(\.isBranch).count >= 2))
  }

  /// packed-refs, if it is still as `git clone` wrote it: any later rewrite (gc, pack-refs, a deleted tag) makes it
  /// younger than the clone. One in the very seconds of the clone shows too: git writes the remote's HEAD after
  /// packed-refs, and packs no local branch.
  private func packedRefs(asClonedAt time: Timestamp) -> String? {
    let path = clone.commonDirectory + "packed-refs"
    guard let modified = Files.modified(path), abs(modified - time) <= Self.sameCommand,
      !remotes.contains(where: { isNewer(path, than: "refs/remotes/\($0.name)/HEAD") }), let text = Files.text(path),
      !text.contains(" refs/heads/")
    else { return nil }
    return text
  }

  /// Where no packed-refs tells what the clone saw as it was made, a branch that it does not track was perhaps not there;
  /// or it was pruned since.
  private func doubtUntracked(_ time: Dated, into result: inout CloneSightings) {
    let tracked = trackingRefs()
    let isCloned = remotes.contains { remote in
      remote.mapsAllBranches && tracked.contains { remote.tracks($0.name) && isOfClone($0) }
    }
    guard isCloned else { return }
    result.views.append(
      WholeView(
        earliest: time.earliest, latest: time.latest, source: .cloneFrom, dating: time.dating, clone: index,
        evidence: "tracking refs of \(clone.path)", showsBranches: true, showsTags: false,
        named: Set(tracked.compactMap { ref in remotes.lazy.compactMap { $0.serverRef(of: ref.name) }.first }),
        isProven: false))
  }

  /// Whether a tracking ref may be as old as the clone: git logs what makes one since.
  private func isOfClone(_ ref: Clone.LocalRef) -> Bool {
    clone.reflog(ref.name.rawValue).first.map { !$0.old.isZero } ?? true
  }

  /// When a clone was made that has no line of it, at the latest: `git clone` writes these files first and packed-refs last,
  /// and copies and rewrites only make them younger. Nothing dates one whose files were given other times.
  private func dateOfUnloggedClone() -> Dated? {
    func time(_ file: String) -> Timestamp? { Files.modified(clone.commonDirectory + file) }
    let begun = ["description", "info/exclude", "config"].compactMap(time).min()
    let packed = time("packed-refs")
    if let end = [begun.map { $0 + Clone.longestTransfer }, packed].compactMap(\.self).min(),
      !trackingRefs().contains(where: { isOlderThanItsTip($0, packed) })
    {
      return Dated(earliest: nil, latest: min(end, now), dating: .fileTime)
    }
    // Whoever fetched since may have brought everything.
    return clone.hasFetchHead ? nil : undated
  }

  /// Whether a ref was written, by its file's time, before its commit was made.
  private func isOlderThanItsTip(_ ref: Clone.LocalRef, _ packed: Timestamp?) -> Bool {
    guard let written = Files.modified(clone.commonDirectory + ref.name.rawValue) ?? packed,
      case .commit(_, let made) = clone.read(ref.target)
    else { return false }
    return made > written.seconds + Self.wrongestClock
  }

  private func isNewer(_ path: String, than other: String) -> Bool {
    guard let left = Files.modifiedExactly(path), let right = Files.modifiedExactly(clone.commonDirectory + other)
    else { return false }
    return left > right
  }

  // MARK: - Bare clones

  /// A bare clone that was never fetched into: all its refs, at one moment that nothing dates.
  func readBareClone(into result: inout CloneSightings) {
    let time = undated
    let evidence = "refs of \(clone.path), never fetched since it was cloned"
    var named: Set<RefName> = []
    for ref in clone.refs where ref.name.isBranch || ref.name.isTag {
      named.insert(ref.name)
      result.sightings.append(
        Sighting(
          ref: ref.name, value: .tip(ref.target), earliest: time.earliest, latest: time.latest, source: .bareClone,
          dating: time.dating, clone: index, evidence: evidence))
    }
    note(time, in: &result)
    guard named.filter(\.isBranch).count >= 2 else { return }
    result.views.append(
      WholeView(
        earliest: time.earliest, latest: time.latest, source: .bareClone, dating: time.dating, clone: index,
        evidence: evidence, showsBranches: true, showsTags: !remotes.contains(where: \.skipsTags), named: named))
  }
}
