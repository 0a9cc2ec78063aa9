internal import GitStore
internal import PushModel
internal import RefLedger

/// The clones of a run, and which repository their remotes name.
struct CloneSet {
  let clones: [Clone]

  init(_ options: Options) throws(PushtrailError) {
    let named = options.clones.isEmpty ? ["."] : options.clones
    var clones: [Clone] = []
    for folder in named {
      for path in Clone.paths(at: folder) {
        do {
          clones.append(try Clone(path: path))
        } catch {
          var hints = error.hints
          if options.clones.isEmpty {
            hints.append("stand in a clone of the repository, or name one: --repo DIR")
            if let ledger = options.ledger {
              hints.append(
                "the ledger's records are shown without one: git pushtrail show --as-logged COMMIT|REF|EVENT \(ShellWord.option("--ledger", ledger))"
              )
            }
          }
          if path != folder {
            hints.append("to leave it out, name the others of \(folder) one by one: --repo DIR --repo DIR")
          }
          throw PushtrailError(error.message, hints: hints)
        }
      }
    }
    self.clones = clones
  }

  /// Fails if a clone's remotes name another CodeCommit repository, and not this one by any of its names.
  func requireClones(of repository: RepositoryNames, called name: String) throws(PushtrailError) {
    for clone in clones {
      let urls = clone.remotes.compactMap(\.codecommit)
      guard let other = urls.first, !urls.contains(where: repository.matches) else { continue }
      throw PushtrailError(
        "\(clone.path) is a clone of \(other.place), not of \(name)",
        hints: ["judge one repository at a time: leave that clone out, or name the other with --repository"])
    }
  }

  /// Fails if an answer about a commit and a clone's own object do not agree: the object's name proves itself.
  func requireAgreement(with server: ServerCommits) throws(PushtrailError) {
    for commit in server.commits {
      guard let clone = clones.first(where: { $0.parents(of: commit.id).map { $0 != commit.parents } ?? false }) else {
        continue
      }
      throw PushtrailError(
        "\(server.files[commit.id] ?? "--server-commits"): commit \(commit.id) has other parents there than in the clone \(clone.path)",
        hints: ["a commit never changes: the answer is of another commit, or was written over"])
    }
  }

  /// The requests that the clones' remotes make, where each clone names one repository and they differ: one repository by
  /// several names, perhaps.
  func requestsByClone() -> [(path: String, url: CodeCommitURL)] {
    clones.compactMap { clone in
      let urls = clone.remotes.compactMap(\.codecommit)
      return Set(urls.map(\.name)).count == 1 ? urls.first.map { (clone.path, $0) } : nil
    }
  }

  /// The repository that the user names, else the one that the clones' remotes name.
  func request(_ named: String?) throws(PushtrailError) -> RepositorySelection.Request {
    if let named { return try Self.parse(named) }
    var urls: [CodeCommitURL] = []
    for clone in clones {
      for remote in clone.remotes {
        if let url = remote.codecommit, !urls.contains(url) { urls.append(url) }
      }
    }
    let names = Set(urls.map(\.name))
    guard let first = urls.first else {
      let remotes = clones.flatMap(\.remotes).map { "\($0.name) is \(CodeCommitURL.redacted($0.url))" }
      throw PushtrailError(
        "no remote of \(clones.map(\.path).joined(separator: ", ")) is an AWS CodeCommit repository",
        hints: remotes + ["name the repository: --repository NAME, ARN or id"])
    }
    guard names.count == 1 else {
      throw PushtrailError(
        "the clone's remotes name several CodeCommit repositories: \(names.sorted().joined(separator: ", "))",
        hints: ["name the one to judge: --repository NAME"])
    }
    let regions = Set(urls.compactMap(\.region))
    let partitions = Set(urls.compactMap(\.partition))
    return .name(
      first.name, region: regions.count == 1 ? regions.first : nil,
      partition: partitions.count == 1 ? partitions.first : nil)
  }

  /// The one region in which every repository lies that the user or the clones' remotes may mean; `nil` where that is not told.
  func region(_ named: String?) throws(PushtrailError) -> String? {
    if let named {
      guard case .arn(let identity) = try Self.parse(named) else { return nil }
      return identity.region
    }
    let regions = Set(clones.flatMap(\.remotes).compactMap(\.codecommit).map(\.region))
    return regions.count == 1 ? regions.first ?? nil : nil
  }

  /// Whether some clone's remote names the repository: then it is known to exist, and a trail may prove its silence.
  func name(_ request: RepositorySelection.Request) -> Bool {
    let wanted: RepositoryNames
    switch request {
    case .name(let name, let region, _): wanted = RepositoryNames(names: [name], region: region)
    case .arn(let identity): wanted = RepositoryNames(names: [identity.name], region: identity.region)
    case .id: return false
    }
    return clones.contains { $0.remotes.contains { wanted.matches($0.codecommit) } }
  }

  /// Reads `NAME`, `arn:PARTITION:codecommit:REGION:ACCOUNT:NAME`, or a repository id (a UUID).
  private static func parse(_ text: String) throws(PushtrailError) -> RepositorySelection.Request {
    if text.hasPrefix("arn:") {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 6, parts[2] == "codecommit", !parts[3].isEmpty, !parts[4].isEmpty, !parts[5].isEmpty else {
        throw PushtrailError(
          "\(text) is not the ARN of a CodeCommit repository",
          hints: ["such an ARN reads arn:aws:codecommit:REGION:ACCOUNT:NAME"])
      }
      return .arn(
        RepositoryIdentity(partition: parts[1], accountID: parts[4], region: parts[3], name: parts[5]))
    }
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    let isUUID =
      groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    return isUUID ? .id(text.lowercased()) : .name(text, region: nil, partition: nil)
  }
}
