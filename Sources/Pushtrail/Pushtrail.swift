internal import CloudTrailLog
public import Correlation
internal import GitStore
public import LedgerStore
public import PushModel
internal import RefLedger

/// The library's front door: reads the trail and the clones, and judges.
public enum Pushtrail {
  public static let name = "git-pushtrail"
  public static let version = "0.1.0"

  /// Makes the whole report. Reads files and clones; writes nothing but, into a ledger that is given, what the clones
  /// show of the server's refs.
  ///
  /// Throws where nothing can be judged at all; what cannot be judged in part is said in the report.
  ///
  /// - Parameter notice: Takes sentences about what went wrong beside the report.
  public static func report(
    _ options: Options, notice: @escaping (String) -> Void = { _ in }
  ) throws(PushtrailError) -> ProvenanceReport {
    let (context, selection) = try read(options, notice)
    return try context.report(selection)
  }

  /// How long a commit was on the server's refs, and who read them meanwhile. `word` is its id, the beginning of that, or
  /// the id of an event that pushed one tip.
  public static func exposure(_ options: Options, of word: String) throws(PushtrailError) -> Exposure {
    let (context, selection) = try read(options) { _ in }
    return try context.exposure(of: word, selection)
  }

  private static func read(
    _ options: Options, _ notice: @escaping (String) -> Void
  ) throws(PushtrailError) -> (RunContext, RepositorySelection) {
    let clones = try CloneSet(options)
    options.didFinish?(.clones)
    let region = try clones.region(options.repository)
    var reading = try readTrail(options, region)
    let stateChanges = try readStateChanges(options)
    let serverCommits = try readServerCommits(options)
    try clones.requireAgreement(with: serverCommits)
    var trail = EventSet(reading.events)
    var selection = try select(clones, trail, reading, options, region)
    let place = selection.epochs.last?.identity
    var proof = try TrailProof(options, reading, accountID: place?.accountID ?? "", region: place?.region ?? "")
    if let records = proof.records {
      if trail.events.count < reading.events.count {
        // Of copies, the one that is proved counts; whose digest files prove it is known only now.
        trail = EventSet(reading.events, isProved: records.isProved)
        selection = try select(clones, trail, reading, options, region)
      }
      let unlisted = records.unlisted(among: trail.events)
      // One that would replace another need not tell whose it is.
      let setAside = trail.setAside.filter {
        selection.isAbout($0) || ($0.repository.name == nil && $0.repository.id == nil)
      }
      proof.weigh(unlisted.filter(selection.isAbout), setAside: setAside)
      let void = Set(unlisted.filter(records.isVoid).map(\.location))
      if !void.isEmpty {
        var counting = trail
        counting.leaveOut { void.contains($0.location) }
        // Of a repository that nothing else tells of, all stays, and is said to be unlisted.
        if let rest = try? select(clones, counting, reading, options, region) { (trail, selection) = (counting, rest) }
      }
    }
    if let identity = selection.epochs.last?.identity {
      let region = identity.region.isEmpty ? nil : identity.region
      // A name that another repository has now means this one only if the user says so.
      let former = options.repository == nil ? [] : Set(selection.formerNames.keys)
      try clones.requireClones(
        of: RepositoryNames(names: selection.names.union(former), region: region), called: identity.name)
      reading.unreadable += namelessMoves(among: trail.events, identity)
    }
    options.didFinish?(.trail)
    // How the service writes deletions is the one thing that another region's log files tell of this repository.
    var hasPlainDeletions = Self.hasPlainDeletions(trail.events)
    if !hasPlainDeletions {
      hasPlainDeletions = Self.hasPlainDeletions(try eventsElsewhere(reading, options, region))
    }
    let context = RunContext(
      options: options, clones: clones, reading: reading, region: region, stateChanges: stateChanges,
      serverCommits: serverCommits, trail: trail, names: selection.names, formerNames: selection.formerNames,
      hasPlainDeletions: hasPlainDeletions,
      proof: proof, notice: notice)
    return (context, selection)
  }

  /// Records of the repository's account and region that moved refs of a repository which nothing in them names: it may be
  /// this one.
  private static func namelessMoves(among events: [TrailEvent], _ place: RepositoryIdentity) -> [UnreadablePlace] {
    func mayBe(_ told: String?, _ here: String) -> Bool { told == nil || here.isEmpty || told == here }
    return events.compactMap { event in
      guard event.batch.hasNameless else { return nil }
      let repository = event.origin.repository
      guard repository.name == nil, repository.id == nil, event.movesRefs, mayBe(repository.accountID, place.accountID),
        mayBe(repository.region, place.region)
      else { return nil }
      return UnreadablePlace(
        path: event.location.file, record: event.location.record,
        reason: "this \(event.action) of \(event.time) names no repository, and may be of this one", start: event.time,
        end: event.time, accountID: repository.accountID, region: repository.region)
    }
  }

  /// Brings what is new in `options.trail` into the ledger `options.ledger`, which it makes where there is none.
  ///
  /// Each file comes in whole or not at all, whatever becomes of the process; what the ledger has is never lost.
  public static func importTrail(_ options: Options) throws(PushtrailError) -> ImportSummary {
    guard let ledger = options.ledger else {
      throw PushtrailError(
        "no ledger given",
        hints: [
          "name the file to keep records in: --ledger FILE",
          "or set a default for this clone: git config pushtrail.ledger FILE",
        ])
    }
    do throws(LedgerError) {
      let reader = TrailReader(maximumFileSize: options.maximumFileSize, deliveryLag: options.deliveryLag)
      return try LedgerImport(ledger: ledger, reader: reader, now: options.now).run(options.trail)
    } catch {
      throw PushtrailError(error)
    }
  }

  /// The events of `options.ledger` that a word names, newest first, as they were logged: nothing is judged, and no clone
  /// is read. The word is an event id, an object id that a record names as a tip, or a ref; ids may be cut.
  public static func logged(_ word: String, _ options: Options, limit: Int = 100) throws(PushtrailError) -> [TrailEvent]
  {
    guard let ledger = options.ledger else {
      throw PushtrailError(
        "records are looked up in a ledger, and none is given",
        hints: ["git pushtrail import PATH... --ledger FILE makes one; then --ledger FILE names it"])
    }
    do throws(LedgerError) {
      let reader = TrailReader(maximumFileSize: options.maximumFileSize, deliveryLag: options.deliveryLag)
      return try LedgerLookup(ledger: ledger, reader: reader).events(naming: word, limit: limit)
    } catch {
      throw PushtrailError(error)
    }
  }

  /// The `pushtrail.*` keys of git's configuration, as the repository at `repo` sees them: defaults for the options of the
  /// same names.
  public static func configuredDefaults(repo: String) -> [String: [String]] {
    Clone.configuration(at: repo, prefix: "pushtrail.")
  }

  /// The engines for which `query` knows the words.
  public static let queryEngines = TrailQuery.Engine.allCases.map(\.rawValue)

  /// The SQL that extracts what the tool reads from a trail that is too big to copy; `repositories` are names, ARNs or
  /// ids, `table` is where the engine finds the trail.
  public static func query(
    engine name: String, since: Timestamp?, until: Timestamp?, repositories: [String], table: String?
  ) throws(PushtrailError) -> String {
    guard let engine = TrailQuery.Engine(rawValue: name) else {
      throw PushtrailError("there is no query for \(name)", hints: ["it knows \(queryEngines.joined(separator: ", "))"])
    }
    // Of an ARN only the name stands in every record that is about its repository.
    let names = repositories.map { $0.split(separator: ":").last.map(String.init) ?? $0 }
    let query = TrailQuery(engine: engine, since: since, until: until, repositories: names, table: table)
    guard query.hasSoundTable else {
      throw PushtrailError(
        "--table \(query.table) is no name of a table", hints: ["letters, digits, and _ - . and double quotes"])
    }
    return query.text
  }

  /// A ledger's records are read whatever their region.
  private static func readTrail(_ options: Options, _ region: String?) throws(PushtrailError) -> TrailReading {
    let reader = TrailReader(maximumFileSize: options.maximumFileSize, deliveryLag: options.deliveryLag)
    if let ledger = options.ledger {
      do throws(LedgerError) {
        return try LedgerReader(ledger: ledger, reader: reader, now: options.now).read(with: options.trail)
      } catch {
        throw PushtrailError(error)
      }
    }
    guard !options.trail.isEmpty else {
      throw PushtrailError(
        "no trail given",
        hints: [
          "name CloudTrail's files: --trail PATH (a folder, a file, or - for standard input)",
          "or a ledger that git pushtrail import made of them: --ledger FILE",
          "or set a default for this clone: git config --add pushtrail.trail PATH",
        ])
    }
    do {
      return try reader.read(options.trail, since: options.readSince, regions: region.map { .only($0) })
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
  }

  /// The events of the files that were left unread as another region's.
  private static func eventsElsewhere(
    _ reading: TrailReading, _ options: Options, _ region: String?
  ) throws(PushtrailError) -> [TrailEvent] {
    guard reading.leftUnreadElsewhere > 0, let region else { return [] }
    let reader = TrailReader(maximumFileSize: options.maximumFileSize, deliveryLag: options.deliveryLag)
    do {
      // Standard input can be read once, and is of no region's folder.
      let paths = options.trail.filter { $0 != "-" }
      return try reader.read(paths, since: options.readSince, regions: .allBut(region)).events
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
  }

  private static func readStateChanges(_ options: Options) throws(PushtrailError) -> StateChangeReading {
    do {
      return try StateChangeReader(maximumFileSize: options.maximumFileSize).read(options.events)
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
  }

  private static func readServerCommits(_ options: Options) throws(PushtrailError) -> ServerCommits {
    do {
      return try ServerCommitsReader(maximumFileSize: options.maximumFileSize).read(options.serverCommits)
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
  }

  /// Whether any GitPush deletes a ref in a form that nothing else fits: the service writes deletions in one way.
  private static func hasPlainDeletions(_ events: [TrailEvent]) -> Bool {
    events.contains { event in
      event.batch.hasDeletions && !event.isRefused
        && event.references.contains { entry in
          if case .deletion = entry.target { true } else { false }
        }
    }
  }

  // MARK: - Which repository

  private static func select(
    _ clones: CloneSet, _ trail: EventSet, _ reading: TrailReading, _ options: Options, _ region: String?
  ) throws(PushtrailError) -> RepositorySelection {
    if let renamed = try renamed(clones, trail, options) { return renamed }
    return try selectRepository(clones, trail, reading, options, region)
  }

  /// The repository that clones by different names are all of: it was renamed.
  private static func renamed(
    _ clones: CloneSet, _ trail: EventSet, _ options: Options
  ) throws(PushtrailError) -> RepositorySelection? {
    let requests = clones.requestsByClone()
    guard options.repository == nil, Set(requests.map(\.url.name)).count > 1 else { return nil }
    for (_, url) in requests {
      guard
        let selection = try? RepositorySelection(
          .name(url.name, region: url.region, partition: url.partition), in: trail.events)
      else { continue }
      if requests.allSatisfy({ selection.names.contains($0.url.name) }) { return selection }
    }
    let first = requests[0]
    let other = requests.first { $0.url.name != first.url.name } ?? first
    throw PushtrailError(
      "the clones are of different repositories: \(first.path) of \(first.url.place), \(other.path) of \(other.url.place)",
      hints: ["judge one repository at a time"])
  }

  private static func selectRepository(
    _ clones: CloneSet, _ trail: EventSet, _ reading: TrailReading, _ options: Options, _ region: String?
  ) throws(PushtrailError) -> RepositorySelection {
    let request = try clones.request(options.repository)
    let failure: RepositorySelection.Failure
    do {
      return try RepositorySelection(request, in: trail.events)
    } catch {
      failure = error
    }
    switch failure {
    case .ambiguous(let candidates):
      throw PushtrailError(
        "the trail holds \(candidates.count) repositories that \(describe(request)) may be",
        hints: candidates.map { "--repository \(argument(for: $0, among: candidates))" })
    case .notFound(let here):
      if clones.name(request), let silent = RepositorySelection.silent(request, coverage: options.statedIntervals) {
        return silent
      }
      // Digest files prove silence where the user says whose; the account of a mere name could be another one.
      if case .arn(let wanted) = request, reading.hasDigests {
        let proof = try TrailProof(options, reading, accountID: wanted.accountID, region: wanted.region)
        let proved = proof.delivery.whole.map {
          Coverage.Interval(start: $0.lowerBound, end: $0.upperBound, basis: .digest)
        }
        if let silent = RepositorySelection.silent(request, coverage: proved) { return silent }
      }
      let others = here + repositories(in: try eventsElsewhere(reading, options, region), request)
      var hints = others.prefix(20).map { "the trail holds \($0.arn)" }
      if others.isEmpty, reading.unreadable.isEmpty {
        hints.append("the trail holds no CodeCommit record of any repository")
      }
      hints += unread(reading.unreadable)
      throw PushtrailError("the trail holds no record of \(describe(request))", hints: hints)
    }
  }

  /// What in the trail could not be read, where the record that lacks may be, and what to do about it.
  private static func unread(_ places: [UnreadablePlace]) -> [String] {
    guard !places.isEmpty else { return [] }
    var hints = places.prefix(5).map { place in
      "\(place.path)\(place.record.map { ", record \($0)" } ?? "") could not be read: \(place.reason)"
    }
    if places.count > hints.count { hints.append("and \(places.count - hints.count) more places could not be read") }
    hints.append(
      "copy what could not be read again from the trail's bucket, or give the same records from elsewhere beside it: --trail PATH of what aws cloudtrail lookup-events prints"
    )
    return hints
  }

  /// The repositories that events are about.
  private static func repositories(
    in events: [TrailEvent], _ request: RepositorySelection.Request
  ) -> [RepositoryIdentity] {
    do throws(RepositorySelection.Failure) {
      // Found in a folder where CloudTrail delivers no record of it, it is named as the others are.
      return try RepositorySelection(request, in: EventSet(events).events).epochs.map(\.identity)
    } catch {
      switch error {
      case .notFound(let others): return others
      case .ambiguous(let candidates): return candidates
      }
    }
  }

  private static func describe(_ request: RepositorySelection.Request) -> String {
    switch request {
    case .name(let name, let region, _): "repository \(name)" + (region.map { " in \($0)" } ?? "")
    case .arn(let identity): "repository \(identity.arn)"
    case .id(let id): "repository id \(id)"
    }
  }

  /// What to pass to `--repository` to mean one of several.
  private static func argument(for identity: RepositoryIdentity, among all: [RepositoryIdentity]) -> String {
    let isOnePlace = all.filter { $0.accountID == identity.accountID && $0.region == identity.region }.count > 1
    if isOnePlace, let id = identity.id { return id }
    return identity.arn
  }
}
