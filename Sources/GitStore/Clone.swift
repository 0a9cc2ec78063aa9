internal import CLibgit2
internal import FoundationEssentials
public import PushModel

/// A local repository, opened for reading only. Not `Sendable`: libgit2 handles stay on one thread.
public final class Clone {
  let handle: RepositoryHandle
  private let objects: ObjectDatabase
  private let objectDirectories: [String]
  private let loose: LooseObjects
  private lazy var packs = Packs(objectDirectories)
  /// Whether all objects that it had when the run began are listed here. libgit2 looks anew at its folders for each object
  /// that it does not find, at the cost of thirty that it does.
  private lazy var isListed = loose.isWhole && packs.isWhole
  private var commitGraphUse: CommitGraphUse
  private let remoteConfiguration: RemoteConfiguration
  /// The worktree, or the git directory of a bare repository, as it was named.
  public let path: String
  public let isBare: Bool
  public let isShallow: Bool
  /// Whether a promisor remote holds what is not here.
  public let isPartial: Bool
  /// Whether it was made without some of the server's objects: by depth, or by a filter.
  var mayLackObjects: Bool { isShallow || isPartial }
  public let remotes: [Remote]
  /// Every ref that names an object, in the order of names.
  public let refs: [LocalRef]
  public var notes: [String] { openingNotes + graphNotes + historyNotes + reflogNotes }
  private var openingNotes: [String]
  private var reflogNotes: [String] = []
  private var historyNotes: [String] = []
  private var reflogs: [String: Reflog] = [:]
  /// Why its commit-graph is not used, where it has one that ought to be.
  private var graphNotes: [String] = []
  /// Why some commits lack their parents; set once the graph is loaded.
  public private(set) var incompleteReason: String?

  /// The directory of what belongs to this worktree (FETCH_HEAD, HEAD's log), and that of what all worktrees share.
  let gitDirectory: String
  let commonDirectory: String

  public struct LocalRef: Hashable, Sendable {
    public var name: RefName
    public var target: ObjectID
  }

  public var refCount: Int { refs.count }

  /// The repositories that a path means: the one there, the one that holds it, or those directly in a folder of clones.
  public static func paths(at path: String) -> [String] {
    if isRepository(path) { return [path] }
    let isOpen = (try? RepositoryHandle(path: path)) != nil
    // The folder that one stands in may hold submodules; one that is named, inside of another checkout, may hold clones.
    if isOpen, path == "." { return [path] }
    let folder = path.hasSuffix("/") ? path : path + "/"
    let inside = Files.entries(path).map { folder + $0 }.filter(isRepository)
    return inside.isEmpty ? [path] : inside
  }

  private static func isRepository(_ path: String) -> Bool {
    func has(_ name: String) -> Bool { Files.modified(path + "/" + name) != nil }
    return has(".git") || (has("HEAD") && has("objects") && has("refs"))
  }

  private enum CommitGraphUse {
    case forbidden, unopened
    case opened(CommitGraphChain)

    init(isForbidden: Bool) { self = isForbidden ? .forbidden : .unopened }
  }

  /// How git's configuration says no; an empty value does too.
  private static let falsehoods: Set<String> = ["false", "no", "off", "0", ""]

  /// Opens the repository at `path`, or the one that holds it, as git does.
  public init(path: String) throws(GitStoreError) {
    let handle = try RepositoryHandle(path: path)
    guard let objects = unsafe ObjectDatabase(repository: handle.pointer) else {
      throw GitStoreError("\(path): its objects cannot be read: \(Libgit2.lastError().message)")
    }
    if let line = handle.badBoundary {
      throw GitStoreError(
        "\(path): its list of shallow boundaries, the file shallow, is damaged: '\(line)' is no object id",
        hints: ["git reads nothing of such a clone either (bad shallow line): clone the repository again"])
    }
    self.path = path
    isBare = handle.isBare
    isShallow = handle.isShallow
    gitDirectory = handle.gitDirectory
    commonDirectory = handle.commonDirectory
    let configuration = handle.configuration()
    isPartial = configuration.contains { entry in
      entry.name == "extensions.partialclone"
        || (entry.name.hasPrefix("remote.") && entry.name.hasSuffix(".promisor")
          && !["false", "no", "off", "0"].contains(entry.value.lowercased()))
    }
    remoteConfiguration = RemoteConfiguration(configuration)
    remotes = remoteConfiguration.remotes
    refs = try handle.refs(path: path)
    openingNotes = handle.configurationNote.map { [$0] } ?? []
    let configurationNotes = openingNotes.count
    self.handle = handle
    self.objects = objects
    objectDirectories = ObjectDirectories.all(from: commonDirectory + "objects")
    loose = LooseObjects(objectDirectories)
    let replaced = refs.filter { $0.name.rawValue.hasPrefix("refs/replace/") }
    if !replaced.isEmpty {
      openingNotes.append("\(path): \(replaced.count) replace refs are ignored: they rewrite what history looks like")
    }
    if let grafts = Files.text(commonDirectory + "info/grafts"), grafts.contains(where: { !$0.isWhitespace }) {
      openingNotes.append("\(path): info/grafts is ignored: it rewrites what history looks like")
    }
    // Git's own rules: what cuts or rewrites history is not in a commit-graph.
    commitGraphUse = CommitGraphUse(
      isForbidden: isShallow || openingNotes.count > configurationNotes
        || configuration.contains { entry in
          entry.name == "core.commitgraph" && Self.falsehoods.contains(entry.value.lowercased())
        })
  }

  /// A URL as git uses it, after the configuration's `insteadOf`.
  func rewritten(_ url: String) -> String { remoteConfiguration.rewritten(url) }

  /// The values of every configuration key that begins with `prefix` (in lower case), as git sees them in the repository
  /// at `path`; the user's own alone where there is no such repository.
  public static func configuration(at path: String, prefix: String) -> [String: [String]] {
    func values(_ entries: [RepositoryHandle.Entry]) -> [String: [String]] {
      Dictionary(grouping: entries.filter { $0.name.hasPrefix(prefix) }, by: \.name).mapValues { $0.map(\.value) }
    }
    guard let handle = try? RepositoryHandle(path: path) else { return values(RepositoryHandle.userConfiguration()) }
    // Whoever opens the repository next is to meet a broken configuration again, and to say so.
    defer { if handle.configurationNote != nil { Libgit2.readUserConfiguration(true) } }
    return values(handle.configuration())
  }

  // MARK: - Objects

  func read(_ id: ObjectID) -> ObjectDatabase.Outcome {
    if isListed, !loose.contains(id), !packs.contains(id) { return .absent }
    let outcome = loose.damage(of: id).map { .damaged($0) } ?? objects.read(id)
    guard case .damaged = outcome else { return outcome }
    return soundCopy(of: id) ?? outcome
  }

  /// An object one of whose copies is damaged, from another one: git tries them all, libgit2 one.
  private func soundCopy(of id: ObjectID) -> ObjectDatabase.Outcome? {
    func read(_ objects: borrowing ObjectDatabase) -> ObjectDatabase.Outcome? {
      switch objects.read(id) {
      case .absent, .damaged: nil
      case let outcome: outcome
      }
    }
    for index in packs.indexes(of: id) {
      if let pack = ObjectDatabase(pack: index), let outcome = read(pack) { return outcome }
    }
    for directory in loose.soundDirectories(of: id) {
      if let own = ObjectDatabase(looseIn: directory), let outcome = read(own) { return outcome }
    }
    return nil
  }

  /// Its commit-graph, where git itself would use it and it is sound.
  func commitGraph() -> CommitGraphChain? {
    switch commitGraphUse {
    case .forbidden: return nil
    case .opened(let chain): return chain
    case .unopened: break
    }
    switch CommitGraphChain.open(objectDirectories) {
    case .none: commitGraphUse = .forbidden
    case .damaged(let reason): distrustCommitGraph(reason)
    case .chain(let chain):
      commitGraphUse = .opened(chain)
      return chain
    }
    return nil
  }

  /// The commit-graph that its history was read from.
  var usedCommitGraph: CommitGraphChain? {
    if case .opened(let chain) = commitGraphUse { chain } else { nil }
  }

  /// Whether its history was read from its commit-graph.
  public var isReadFromCommitGraph: Bool { usedCommitGraph != nil }

  /// From here on, its commits are read one by one.
  func distrustCommitGraph(_ reason: String) {
    commitGraphUse = .forbidden
    graphNotes = ["\(path): its commit-graph is not used: \(reason)"]
  }

  /// Whether it has a commit that its commit-graph tells of: that alone does not mean that the commit is still there.
  func has(_ id: ObjectID) -> Bool {
    if packs.contains(id) { return true }
    if case .commit = read(id) { return true }
    return false
  }

  /// Whether it has an object that can be read.
  public func holds(_ id: ObjectID) -> Bool {
    switch read(id) {
    case .commit, .tag, .other: true
    case .absent, .damaged: false
    }
  }

  /// Where a pack has an object; `nil` also if something lies loose that might be read in its place.
  func packedPlace(of id: ObjectID) -> Packs.Place? { loose.contains(id) ? nil : packs.place(of: id) }

  /// The commits in its packs that do not lie loose as well, in the order in which they lie there.
  func packedCommits() -> [Packs.Place] {
    loose.isEmpty ? packs.commits() : packs.commits().filter { !loose.contains(packs.id(at: $0)) }
  }

  func id(at place: Packs.Place) -> ObjectID { packs.id(at: place) }

  /// Reads many packed commits at once.
  func parallelReader() -> ParallelReader { ParallelReader(path: commonDirectory, packs: packs) }

  /// The positions of its commit-graph, ascending, whose commits are in none of its packs.
  func unpacked(in chain: CommitGraphChain) -> [UInt32] {
    chain.tables.flatMap { table in
      packs.missing(Array(0..<UInt32(table.ids.count)), of: table.ids).map { $0 + UInt32(table.base) }
    }
  }

  /// The first of the commits at some positions of its commit-graph, which ascend, that it no longer has.
  func firstGone(of positions: [UInt32], in chain: CommitGraphChain) -> ObjectID? {
    var rest = positions[...]
    for table in chain.tables {
      let end = rest.firstIndex { $0 >= table.base + table.ids.count } ?? rest.endIndex
      let indexes = rest[..<end].map { $0 - UInt32(table.base) }
      rest = rest[end...]
      for index in packs.missing(indexes, of: table.ids) where !has(table.ids[Int(index)]) {
        return table.ids[Int(index)]
      }
    }
    return nil
  }

  /// The parents that a commit of its own names; `nil` where it has no such commit.
  public func parents(of id: ObjectID) -> [ObjectID]? {
    if case .commit(let parents, _) = read(id) { parents } else { nil }
  }

  /// Where history may start: every ref, HEAD, FETCH_HEAD and reflog entry.
  func allTips() throws(GitStoreError) -> [ObjectID] {
    var tips = refs.map(\.target)
    if let head = handle.head() { tips.append(head) }
    for fetchHead in fetchHeadFiles { tips += fetchHead.content?.lines.map(\.id) ?? [] }
    for name in refs.map(\.name.rawValue) + ["HEAD"] {
      for entry in reflog(name) {
        tips.append(entry.new)
        if !entry.old.isZero { tips.append(entry.old) }
      }
    }
    return tips
  }

  /// Fails if no ref leads to an object: the clone would pass for an empty one.
  func proveReadable() throws(GitStoreError) {
    guard !refs.isEmpty else { return }
    var reasons: Set<String> = []
    for ref in refs {
      switch read(ref.target) {
      case .commit, .tag, .other: return
      case .absent: break
      case .damaged(let reason): reasons.insert(reason)
      }
    }
    let packs = Files.entries(commonDirectory + "objects/pack")
    let lacksIndex = packs.contains { pack in
      pack.hasSuffix(".pack") && !packs.contains(pack.dropLast("pack".count) + "idx")
    }
    throw GitStoreError(
      "\(path): none of its \(refs.count) refs leads to an object that can be read"
        + (reasons.min().map { ": \($0)" } ?? ""),
      hints: lacksIndex
        ? [
          "a pack lacks its .idx file, which libgit2 1.5 needs beside a multi-pack-index: git -C \(ShellWord.path(path)) index-pack PACK"
        ]
        : ["git -C \(ShellWord.path(path)) fsck tells what is missing or damaged; clone the repository again"])
  }

  /// Told by the loader once it has read this clone's commits; of each ref that leads to an object that is not here, that.
  func noteHistory(isCut: Bool, missing: [LocalRef], damage: [String]) {
    historyNotes = []
    incompleteReason = isCut ? (isShallow ? "shallow" : isPartial ? "partial" : "objects are missing") : nil
    if isCut, !isShallow, !isPartial {
      historyNotes.append(
        "\(path): commits name parents that are not here, though the clone is not shallow: objects are missing")
    }
    if let ref = missing.first {
      incompleteReason = isPartial ? "partial" : "objects are missing"
      let others = missing.count > 1 ? ", nor are those of \(missing.count - 1) other refs" : ""
      historyNotes.append("\(path): object \(ref.target) of \(ref.name) is not here\(others)")
    }
    for line in damage.prefix(5) { historyNotes.append("\(path): \(line)") }
    if damage.count > 5 { historyNotes.append("\(path): \(damage.count - 5) more objects cannot be read") }
    if !damage.isEmpty { incompleteReason = "damaged objects" }
  }

  // MARK: - What git wrote of fetches

  struct FetchHeadFile {
    var path: String
    var time: Timestamp
    var content: FetchHead?
  }

  private var fetchHeadPaths: [String] {
    let worktrees = Files.entries(commonDirectory + "worktrees").map { commonDirectory + "worktrees/\($0)/" }
    return ([commonDirectory] + worktrees).map { $0 + "FETCH_HEAD" }
  }

  /// Whether anything was ever fetched into it, or tried: a failed fetch empties the word of an earlier one.
  var hasFetchHead: Bool { fetchHeadPaths.contains { Files.modified($0) != nil } }

  /// FETCH_HEAD of the main worktree and of every linked one; files of 0 bytes say nothing.
  private(set) lazy var fetchHeadFiles: [FetchHeadFile] = {
    fetchHeadPaths.compactMap { path in
      guard let bytes = Files.bytes(path), !bytes.isEmpty, let time = Files.modified(path) else { return nil }
      return FetchHeadFile(path: path, time: time, content: FetchHead(bytes))
    }
  }()

  private struct Reflog {
    var entries: [ReflogEntry]
    /// Lines that are not git's, counted from 1: libgit2 leaves them out without a word.
    var damagedLines: [Int] = []
  }

  /// A ref's log, oldest first; empty where it has none.
  func reflog(_ name: String) -> [ReflogEntry] { wholeReflog(name).entries }

  func damagedReflogLines(_ name: String) -> [Int] { wholeReflog(name).damagedLines }

  private func wholeReflog(_ name: String) -> Reflog {
    if let known = reflogs[name] { return known }
    let path = (name == "HEAD" ? gitDirectory : commonDirectory) + "logs/" + name
    var log: Reflog
    // Other refs may be each worktree's own: libgit2 knows.
    let isPlain = name == "HEAD" || ["refs/heads/", "refs/remotes/", "refs/tags/"].contains(where: name.hasPrefix)
    let small = Files.smallFile(path)
    if small == nil, Files.isOdd(path) {
      reflogNotes.append("\(self.path): the reflog of \(name) is no regular file: it says nothing")
      reflogs[name] = Reflog(entries: [])
      return Reflog(entries: [])
    }
    let file = (small ?? Files.bytes(path)).map(ReflogFile.init)
    if isPlain, let file, file.oddLines.isEmpty {
      log = Reflog(entries: file.entries)
    } else {
      // libgit2 would create a missing log: it is asked first.
      log = Reflog(entries: handle.reflog(name))
      let odd = file?.oddLines.filter { !$0.text.isEmpty && !ReflogEntry.isWellFormed($0.text) } ?? []
      log.damagedLines = odd.map(\.number)
    }
    reflogs[name] = log
    return log
  }

  /// The branch that a remote's HEAD names, as a server ref.
  public func remoteHead(of remote: Remote) -> RefName? {
    if let target = handle.symbolicTarget("refs/remotes/\(remote.name)/HEAD") {
      return remote.serverRef(of: RefName(target))
    }
    if isBare, let target = handle.symbolicTarget("HEAD") { return RefName(target) }
    return nil
  }
}
