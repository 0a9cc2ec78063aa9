internal import FoundationEssentials
internal import GRDB
public import PushModel

/// What earlier runs saw of a repository's refs, as a ledger remembers it, and the keeping of what this run sees.
public struct LedgerObservations: Sendable {
  /// An observation, and the run that made it first.
  public struct Kept: Hashable, Sendable {
    public var observation: Observation
    public var observed: Timestamp
  }

  private let path: String
  private let repository: RepositoryIdentity
  private var stored: [[UInt8]: Kept] = [:]

  /// Loads what is known of a repository.
  ///
  /// - Parameter names: Every name that it had.
  public init(
    ledger path: String, repository: RepositoryIdentity, names: Set<String>, patience: Double = 10
  ) throws(LedgerError) {
    self.path = path
    self.repository = repository
    let database = try LedgerDatabase(path: path, access: .read, patience: patience)
    let isOurs = { (row: LedgerRow) throws -> Bool in
      let (account, id, name): (String, String, String) = try (row[1], row[2], row[3])
      guard try row[15] == repository.region else { return false }
      guard account.isEmpty || repository.accountID.isEmpty || account == repository.accountID else { return false }
      if let ours = repository.id, !id.isEmpty { return id == ours }
      return name == repository.name || names.contains(name)
    }
    stored = try database.read { db in
      var result: [[UInt8]: Kept] = [:]
      try SealedTable.observations.read(db) { row in
        guard try isOurs(row) else { return }
        guard let kept = try Self.kept(row, db) else { throw Damage("an observation of refs cannot be read") }
        result[[UInt8](try row[4] as Data)] = kept
      }
      return result
    }
  }

  private static func kept(_ row: LedgerRow, _ db: Database) throws -> Kept? {
    guard let source = Sighting.Source(rawValue: try row[7]), let dating = Sighting.Dating(rawValue: try row[8])
    else { return nil }
    var observation = Observation(
      clone: try row[6], source: source, dating: dating, earliest: try row[9], latest: try row[10],
      evidence: try row[11])
    if let showsBranches: Bool = try row[12] {
      observation.view = Observation.View(
        showsBranches: showsBranches, showsTags: try row[13], isProven: try row[14], named: [])
    }
    let refs = try LedgerRow.fetchCursor(
      db.cachedStatement(sql: "SELECT ref, tip, peeled FROM observed_refs WHERE observation = ? ORDER BY rowid"),
      arguments: [try row[0] as Int64])
    var sum = Seal()
    while let row = try refs.next() {
      sum.add(seal(ofRef: try (0..<3).map(row.value)))
      let ref = RefName(try row[0])
      observation.view?.named.insert(ref)
      guard let hex: String = try row[1] else { continue }
      guard let tip = ObjectID(hex: hex) else { return nil }
      observation.tips.append(
        Observation.Tip(ref: ref, tip: tip, peeled: try (row[2] as String?).flatMap { ObjectID(hex: $0) }))
    }
    if let written: Data = try row[16], written != sum.data { return nil }
    return Kept(observation: observation, observed: try row[5])
  }

  private static func seal(ofRef values: [DatabaseValue]) -> Seal { Seal(of: "observed_refs", values) }

  /// Sums up the refs of the observations of a ledger that has no such sums.
  static func sealAll(_ db: Database) throws {
    try db.execute(sql: "UPDATE observations SET refs = ?", arguments: [Seal().data])
    var sums: [Int64: Seal] = [:]
    let rows = try LedgerRow.fetchCursor(db, sql: "SELECT ref, tip, peeled, observation FROM observed_refs")
    while let row = try rows.next() { sums[try row[3], default: Seal()].add(seal(ofRef: try (0..<3).map(row.value))) }
    for (observation, sum) in sums {
      try db.execute(sql: "UPDATE observations SET refs = ? WHERE id = ?", arguments: [sum.data, observation])
    }
  }

  /// What earlier runs saw and this one does not; of those that saw the same, what they say of its time.
  ///
  /// - Returns: `current` with the earliest upper end that any run gives, and the others, oldest first.
  public func joined(with current: [Observation]) -> (current: [Observation], others: [Kept]) {
    var others = stored
    // What an earlier run doubted and this one sees, this one judges.
    for observation in current { others[observation.doubted(at: observation.latest).digest(of: repository)] = nil }
    let current = current.map { observation in
      guard let kept = others.removeValue(forKey: observation.digest(of: repository)) else { return observation }
      var observation = observation
      observation.latest = min(observation.latest, kept.observation.latest)
      return observation
    }
    let sorted = others.sorted { left, right in
      left.value.observed != right.value.observed
        ? left.value.observed < right.value.observed : left.key.lexicographicallyPrecedes(right.key)
    }
    return (current, sorted.map(\.value))
  }

  /// Keeps what this run sees. The ledger is not touched where nothing in that is new.
  public func keep(_ observations: [Observation], now: Timestamp, patience: Double = 10) throws(LedgerError) {
    let new = observations.map { (digest: $0.digest(of: repository), observation: $0) }.filter { digest, observation in
      stored[digest].map { observation.latest < $0.observation.latest } ?? true
    }
    guard !new.isEmpty else { return }
    let database = try LedgerDatabase(path: path, access: .write, patience: patience)
    try database.write { db in
      for (digest, observation) in new { try insert(observation, digest, now, db) }
    }
  }

  private func insert(_ observation: Observation, _ digest: [UInt8], _ now: Timestamp, _ db: Database) throws {
    let named = observation.view?.named.subtracting(observation.tips.map(\.ref)) ?? []
    let refs =
      observation.tips.map {
        [$0.ref.rawValue.databaseValue, $0.tip.hex.databaseValue, $0.peeled?.hex.databaseValue ?? .null]
      }
      + named.sorted().map { [$0.rawValue.databaseValue, .null, .null] }
    var sum = Seal()
    for ref in refs { sum.add(Self.seal(ofRef: ref)) }
    try db.cachedStatement(
      sql: """
        INSERT INTO observations (digest, account, region, name, repository_id, observed, clone, source, dating,
          earliest, latest, evidence, shows_branches, shows_tags, is_proven, refs)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [
      Data(digest), repository.accountID, repository.region, repository.name, repository.id ?? "", now.seconds,
      observation.clone, observation.source.rawValue, observation.dating.rawValue, observation.earliest?.seconds,
      observation.latest.seconds, observation.evidence, observation.view?.showsBranches, observation.view?.showsTags,
      observation.view?.isProven, sum.data,
    ])
    guard db.changesCount == 1 else {
      // Another run kept it, or this one dates it better.
      return try db.cachedStatement(sql: "UPDATE observations SET latest = min(latest, ?) WHERE digest = ?")
        .execute(arguments: [observation.latest.seconds, Data(digest)])
    }
    let id = db.lastInsertedRowID
    let statement = try db.cachedStatement(
      sql: "INSERT INTO observed_refs (observation, ref, tip, peeled) VALUES (?, ?, ?, ?)")
    for ref in refs { try statement.execute(arguments: StatementArguments([id.databaseValue] + ref)) }
  }
}
