internal import PushModel

/// Checks CloudTrail's log files by its digest files, without a network.
///
/// Source: CloudTrail User Guide, "Validating CloudTrail log file integrity". Times are those of delivery: an event may
/// have happened some minutes before.
public struct IntegrityVerifier: Sendable {
  private let keys: PublicKeys?
  private let signatures: SavedSignatures

  /// - Parameters:
  ///   - publicKeys: A file with the output of `aws cloudtrail list-public-keys`.
  ///   - digestMetadata: A file with saved S3 metadata of digest files: a JSON object from S3 names to the value of
  ///     `x-amz-meta-signature`, or to what `aws s3api head-object` prints.
  public init(publicKeys: String? = nil, digestMetadata: String? = nil) throws(IntegrityError) {
    if let publicKeys { keys = try PublicKeys(path: publicKeys) } else { keys = nil }
    if let digestMetadata { signatures = try SavedSignatures(path: digestMetadata) } else { signatures = .none }
  }

  /// Checks every digest file in the trees, and the log files that they list. A report without chains means that there
  /// is no digest file.
  ///
  /// - Parameter place: Looks only at files of this account and region, and at those whose names tell neither.
  public func verify(paths: [String], place: Place? = nil) throws(IntegrityError) -> IntegrityReport {
    var files = try TreeFiles(paths: paths)
    if let place { files.leaveOut { !place.mayHold($0) } }
    var report = IntegrityReport()
    report.hasPublicKeys = keys != nil
    for folder in files.unreadable { report.unchecked.append("\(folder) cannot be listed") }
    guard !files.digests.isEmpty else { return report }
    let shelf = DigestShelf(files.digests)
    let logs = LogShelf(files.logs)
    report.problems += shelf.problems
    let checked = logs.check(shelf.digests)
    var walked: [WalkedChain] = []
    for (name, digests) in shelf.chains() {
      var walk = ChainWalk(name: name, digests: digests, shelf: shelf, keys: keys, signatures: signatures)
      walk.run()
      walk.readLogs(checked, logs)
      report.problems += walk.problems
      report.unchecked += walk.unchecked
      report.notes += walk.notes
      let chain = walk.result(damaged: shelf.damaged(of: name))
      report.chains.append(chain)
      walked.append(WalkedChain(chain: chain, described: walk.described, proved: walk.proved, logs: walk.logs))
      for index in walk.logs.proved {
        if case .value(_, let stored)? = checked[index] { report.provedLogs[logs.entries[index].path] = stored }
      }
    }
    let rest = UnlistedLogs(logs, chains: walked)
    report.problems += rest.problems
    report.notes += rest.notes
    report.newerLogs = Set(rest.newer)
    if keys == nil {
      report.notes.append(
        "No public keys were given: the digest files agree with each other, and whoever can write to the bucket could have made them agree. --public-keys proves who wrote them."
      )
    }
    report.problems = report.problems.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if a.severity != b.severity { return a.severity == .error }
      return left.offset < right.offset
    }.map(\.element)
    return report
  }
}

extension IntegrityVerifier {
  /// Account and region; empty where they are not known.
  public struct Place: Sendable {
    public var accountID: String
    public var region: String

    public init(accountID: String, region: String) {
      self.accountID = accountID
      self.region = region
    }

    func mayHold(_ path: String) -> Bool {
      let name = StorageName(path)
      guard
        let told = DigestName(name.base).map({ ($0.accountID, $0.region) })
          ?? LogName(name).map({ ($0.accountID, $0.region) })
      else { return true }
      return (accountID.isEmpty || told.0 == accountID) && (region.isEmpty || told.1 == region)
    }
  }
}

/// A chain with the time that its sound digest files describe, whether the logs in it are here or not, and that of those
/// which were checked.
struct WalkedChain {
  var chain: DigestChain
  var described: [ClosedRange<Timestamp>]
  var proved: [ClosedRange<Timestamp>]
  var logs: ListedLogs
}

/// The log files that a chain lists, by their numbers on the shelf.
struct ListedLogs {
  /// By a digest file that was checked, or by a newest one as it has to be believed.
  var listed: Set<Int> = []
  /// As a checked digest file lists them.
  var proved: Set<Int> = []
  /// By a digest file that nothing here checks, whose path it is.
  var claimed: [Int: String] = [:]
}
