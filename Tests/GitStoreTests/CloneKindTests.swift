import Foundation
import PushModel
import Testing

@testable import GitStore

/// Every kind of clone that people have, made by git and read whole, without a trace left in it.
@Suite(.timeLimit(.minutes(3))) struct CloneKindTests {
  /// Loads a clone and holds its commits against git's own list; nothing of the folders may have changed.
  @discardableResult
  private func load(
    _ path: String, _ world: GitWorld, watching: [String] = [], isComplete: Bool = true
  ) throws -> (clone: Clone, graph: CommitGraph) {
    let folders = [path] + watching
    let before = try folders.map(world.snapshot)
    let clone = try Clone(path: path)
    _ = clone.said()
    let graph = try GraphLoader.load(clones: [clone], ids: [], told: [])
    #expect(try folders.map(world.snapshot) == before)
    let here = Set((0..<CommitGraph.Node(graph.count)).filter(graph.isPresent).map(graph.id))
    let listed = try world.git("--no-replace-objects", "rev-list", "--all", "--reflog", in: path)
    #expect(here == Set(world.ids(listed)))
    #expect((clone.incompleteReason == nil) == isComplete)
    for node in 0..<CommitGraph.Node(graph.count) where graph.isPresent(node) && isComplete {
      #expect(graph.isComplete(node))
    }
    return (clone, graph)
  }

  @Test func ordinaryClones() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let plain = try load(world.clone("plain"), world).clone
    #expect(!plain.isBare && !plain.isShallow && !plain.isPartial && plain.notes.isEmpty)
    #expect(plain.remotes.map(\.name) == ["origin"])
    #expect(plain.remotes.first?.codecommit == CodeCommitURL(GitWorld.url))
    #expect(plain.said().remoteHeads == [.branch("main")])
    #expect(try load(world.clone("mirror.git", "--mirror"), world).clone.isBare)
    #expect(try load(world.clone("bare.git", "--bare"), world).clone.isBare)
    try load(world.clone("single", "--single-branch"), world)
    try load(world.clone("shared", "--shared", url: author), world, watching: [author])
    let renamed = try world.clone("renamed", "-o", "aws")
    #expect(try load(renamed, world).clone.said().remotes.map(\.name) == ["aws"])
  }

  @Test func aSubfolderALinkedWorktreeAndNoRemotes() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let path = try world.clone("plain")
    try FileManager.default.createDirectory(atPath: path + "/a/b", withIntermediateDirectories: true)
    try load(path + "/a/b", world, watching: [path])
    try load(path + "/.git", world)
    try world.git("worktree", "add", "-q", world.path("linked"), "origin/dev", in: path)
    try load(world.path("linked"), world, watching: [path])
    try world.git("remote", "remove", "origin", in: author)
    let clone = try load(author, world).clone
    #expect(clone.remotes.isEmpty && clone.said().sightings.isEmpty)
  }

  @Test func packedRefsMultiPackIndexAndCommitGraph() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let path = try world.clone("plain")
    world.clock = 100
    try world.push("main", in: author)
    try world.fetch("plain")
    try world.git("pack-refs", "--all", in: path)
    try load(path, world)
    try world.git("repack", "-q", "-d", in: path)
    try world.git("commit", "-q", "--allow-empty", "-m", "more", in: path)
    try world.git("repack", "-q", "-d", in: path)
    try world.git("multi-pack-index", "write", in: path)
    try load(path, world)
    try world.git("commit-graph", "write", "--reachable", in: path)
    try load(path, world)
    let packs = path + "/.git/objects/pack"
    for file in try FileManager.default.contentsOfDirectory(atPath: packs) where file.hasSuffix(".idx") {
      try FileManager.default.removeItem(atPath: packs + "/" + file)
    }
    let error = #expect(throws: GitStoreError.self) {
      try GraphLoader.load(clones: [Clone(path: path)], ids: [], told: [])
    }
    #expect(error?.message.hasPrefix(path) == true)
    #expect(error?.hints.first?.contains("multi-pack-index") == true)
  }

  @Test func cutHistories() throws {
    let world = try GitWorld()
    try world.makeServer()
    // Deep enough for every commit: git leaves no boundary.
    let path = try world.clone("deep", "--depth=2", "--no-single-branch")
    #expect(try world.git("rev-parse", "--is-shallow-repository", in: path) == "false")
    #expect(try !load(path, world).clone.isShallow)

    let alone = try world.clone("alone", "--depth=1")
    let second = try load(alone, world, isComplete: false)
    #expect(second.clone.isShallow && second.clone.incompleteReason == "shallow" && second.clone.notes.isEmpty)
    let cut = try #require(second.graph.node(of: try world.id("HEAD", in: alone)))
    #expect(!second.graph.isComplete(cut) && second.graph.parents(cut).count == 1)
    #expect(second.graph.parents(cut).allSatisfy { !second.graph.isPresent($0) })
    try world.git("worktree", "add", "-q", "--detach", world.path("linked"), in: alone)
    let linked = try load(world.path("linked"), world, watching: [alone], isComplete: false).clone
    #expect(linked.isShallow && linked.incompleteReason == "shallow")
    // A boundary cuts only where the parents are in no clone.
    let whole = try Clone(path: try world.clone("whole"))
    let pair = [try Clone(path: alone), whole]
    let joined = try GraphLoader.load(clones: pair, ids: [], told: [])
    #expect((0..<CommitGraph.Node(joined.count)).allSatisfy(joined.isComplete))
    #expect(pair[0].incompleteReason == nil)
  }

  /// Git would wait for them, and so would libgit2.
  @Test(
    arguments: [
      "HEAD", "config", "packed-refs", "objects/info/alternates", "commondir", "included", "objects/pack/pack-1.idx",
    ])
  func aPipeInThePlaceOfAFileIsRefused(file: String) throws {
    let world = try GitWorld()
    try world.makeServer()
    let path = try world.clone("odd")
    if file == "included" { try world.git("config", "--add", "include.path", "included", in: path) }
    try world.makePipe(path + "/.git/" + file)
    let error = #expect(throws: GitStoreError.self) { try Clone(path: path) }
    #expect(error?.message.contains("/\(file): no regular file") == true)
  }

  @Test func aPipeInThePlaceOfAReflogIsSilentAndSaid() throws {
    let world = try GitWorld()
    try world.makeServer()
    let path = try world.clone("odd")
    for file in [
      "logs/HEAD", "logs/refs/remotes/origin/HEAD", "logs/refs/remotes/origin/main", "refs/remotes/origin/HEAD",
    ] {
      try world.makePipe(path + "/.git/" + file)
    }
    let clone = try Clone(path: path)
    #expect(clone.said().sightings.isEmpty)
    #expect(clone.notes.contains { $0.contains("the reflog of HEAD is no regular file") })
  }

  @Test(arguments: ["garbage\n", "\n", "ID\n\n", "ID\nID", "ID\r\n", "ID x\n", "ID\ngarbage", ""])
  func aListOfBoundariesThatGitRefusesIsRefused(list: String) throws {
    let world = try GitWorld()
    try world.makeServer()
    let path = try world.clone("cut", "--depth=1")
    let id = try world.id("HEAD", in: path)
    try Data(list.replacing("ID", with: id.hex).utf8).write(to: URL(filePath: path + "/.git/shallow"))
    // Git itself knows the clone for shallow only where it walks: HEAD's parents are not here.
    let isRead = world.succeeds("rev-parse", "--is-shallow-repository", in: path)
    do {
      let clone = try Clone(path: path)
      #expect(isRead)
      _ = try GraphLoader.load(clones: [clone], ids: [], told: [])
      #expect(clone.incompleteReason == (list.isEmpty ? "objects are missing" : "shallow"))
    } catch {
      #expect(!isRead && error.message.contains("shallow boundaries") && error.message.contains("cut"))
    }
  }

  /// Whatever their order, a commit is said to be in the clone from which it can be brought back whole.
  @Test func aWholeCloneComesBeforeOneThatLacksObjects() throws {
    let world = try GitWorld()
    try world.makeServer()
    let paths = [
      try world.clone("alone", "--depth=1"), try world.clone("partial", "--no-checkout", "--filter=blob:none"),
      try world.clone("whole"), try world.clone("second"),
    ]
    let head = try world.id("HEAD", in: paths[2])
    for order in [[0, 1, 2, 3], [2, 0, 3, 1], [1, 3, 2, 0], [0, 1]] {
      let clones = try order.map { try Clone(path: paths[$0]) }
      let graph = try GraphLoader.load(clones: clones, ids: [], told: [])
      let expected = order.firstIndex { $0 >= 2 } ?? 0
      for node in 0..<CommitGraph.Node(graph.count) where graph.id(node) == head || expected > 0 {
        #expect(graph.clone(node) == expected)
      }
      #expect(clones.map(\.incompleteReason) == order.map { _ in nil })
    }
  }

  @Test(arguments: ["blob:none", "tree:0"])
  func partialClonesHaveTheirWholeHistory(filter: String) throws {
    let world = try GitWorld()
    try world.makeServer()
    let path = try world.clone("partial", "--no-checkout", "--filter=\(filter)")
    #expect(try load(path, world).clone.isPartial)
    // As older versions of git left it.
    try world.git("config", "core.repositoryFormatVersion", "1", in: path)
    try world.git("config", "extensions.partialClone", "origin", in: path)
    try world.git("config", "extensions.worktreeConfig", "true", in: path)
    try world.git("config", "extensions.preciousObjects", "true", in: path)
    #expect(try load(path, world).clone.isPartial)
  }

  @Test func tagsArePeeledToTheEnd() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    try world.git("tag", "-a", "-m", "one", "one", "main~1", in: author)
    try world.git("tag", "-a", "-m", "two", "two", "one", in: author)
    try world.git("tag", "light", "main", in: author)
    try world.git("tag", "-a", "-m", "tree", "tree", "main^{tree}", in: author)
    try world.git("tag", "blob", "main:file", in: author)
    let graph = try load(author, world).graph
    let middle = try #require(graph.node(of: try world.id("main~1", in: author)))
    #expect(graph.object(try world.id("one", in: author)) == .tag(peeled: middle))
    #expect(graph.object(try world.id("two", in: author)) == .tag(peeled: middle))
    #expect(
      graph.object(try world.id("light", in: author))
        == .commit(try #require(graph.node(of: world.id("main", in: author)))))
    #expect(graph.object(try world.id("tree", in: author)) == .tag(peeled: nil))
    #expect(graph.object(try world.id("blob", in: author)) == .other)
    #expect(graph.object(.zero) == .absent)
  }

  /// A tag object in `path`, of an object that need not be there.
  private func tagObject(_ name: String, of id: ObjectID, _ kind: String, in path: String, _ world: GitWorld) throws
    -> ObjectID
  {
    let text = "object \(id)\ntype \(kind)\ntag \(name)\ntagger A <a@x> \(GitWorld.start) +0000\n\n\(name)\n"
    let made = try world.git("hash-object", "-t", "tag", "-w", "--stdin", in: path, input: text)
    return try #require(ObjectID(hex: made))
  }

  /// What a tag leads to may be no commit, or a commit that is not here: git tells the two apart, and so does the graph.
  @Test func aTagWhoseCommitIsInNoCloneMayLeadToOne() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let path = try world.clone("cut", "--depth=1")
    let head = try world.id("main", in: author)
    let parent = try world.id("main~1", in: author)
    let absent = try #require(ObjectID(hex: String(head.hex.reversed())))
    let tag = try tagObject("one", of: absent, "commit", in: path, world)
    let nested = try tagObject("two", of: tag, "tag", in: path, world)
    let lost = try tagObject("three", of: absent, "tag", in: path, world)
    let blob = try tagObject("four", of: absent, "blob", in: path, world)
    // A parent beyond the boundary is known by its id alone.
    let cut = try tagObject("five", of: parent, "commit", in: path, world)
    for id in [tag, nested, lost, cut] { #expect(!world.succeeds("rev-parse", "\(id)^{commit}", in: path)) }
    let clone = try Clone(path: path)
    let graph = try GraphLoader.load(clones: [clone], ids: [tag, nested, lost, blob, cut], told: [])
    for id in [tag, nested, lost] { #expect(graph.object(id) == .tagOfAbsent) }
    #expect(graph.object(blob) == .tag(peeled: nil))
    let beyond = try #require(graph.node(of: parent))
    #expect(graph.object(cut) == .tag(peeled: beyond) && !graph.isPresent(beyond) && !graph.isComplete(beyond))
    #expect(clone.incompleteReason == "shallow")
    // With a clone that has the commit, they lead there.
    let joined = try GraphLoader.load(clones: [clone, Clone(path: author)], ids: [cut], told: [])
    let found = try #require(joined.node(of: parent))
    #expect(joined.object(cut) == .tag(peeled: found) && joined.isPresent(found))
  }

  @Test(arguments: ["one", "two", "head"])
  func aRefThatLeadsToATagOfNothingLeavesTheCloneIncomplete(ref: String) throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let absent = try #require(ObjectID(hex: String(world.id("main", in: author).hex.reversed())))
    let tag = try tagObject("one", of: absent, "commit", in: author, world)
    let nested = try tagObject("two", of: tag, "tag", in: author, world)
    let name = ref == "head" ? "refs/odd/head" : "refs/tags/\(ref)"
    try world.git("update-ref", name, (ref == "one" ? tag : nested).hex, in: author)
    #expect(!world.succeeds("fsck", "--connectivity-only", in: author))
    let clone = try Clone(path: author)
    _ = try GraphLoader.load(clones: [clone], ids: [], told: [])
    #expect(clone.incompleteReason == "objects are missing")
    #expect(clone.notes.contains("\(author): object \(absent) of \(name) is not here"), "\(clone.notes)")
  }

  /// Only commits count: what a filter left out of the rest leaves a clone whole.
  @Test func aTagOfABlobThatAFilterLeftOutLeavesThePartialCloneWhole() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    try world.git("tag", "-a", "-m", "key", "key", "main:file", in: author)
    try world.git("tag", "-a", "-m", "tree", "tree", "main^{tree}", in: author)
    try world.git("push", "-q", "origin", "key", "tree", in: author)
    let path = try world.clone("partial", "--no-checkout", "--filter=tree:0")
    let graph = try load(path, world).graph
    #expect(graph.object(try world.id("key", in: path)) == .tag(peeled: nil))
    #expect(graph.object(try world.id("tree", in: path)) == .tag(peeled: nil))
    let tags = try world.clone("tags", "--no-checkout", "--filter=object:type=tag")
    #expect(try Clone(path: tags).isPartial)
  }

  @Test func idsThatNoRefReachesAreFound() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let lost = try world.push("dev", in: author)
    try world.git("reset", "-q", "--hard", "HEAD~1", in: author)
    try world.git("push", "-q", "-f", "origin", "dev", in: author)
    let server = try Clone(path: world.server())
    let without = try GraphLoader.load(clones: [server], ids: [], told: [])
    #expect(without.object(lost) == .absent)
    let graph = try GraphLoader.load(clones: [server], ids: [lost], told: [])
    let node = try #require(graph.node(of: lost))
    #expect(graph.isPresent(node) && graph.isComplete(node))
    // In the author's own clone the reflog has it.
    #expect(try load(author, world).graph.node(of: lost) != nil)
  }

  @Test func replaceRefsAndGraftsAreIgnoredAndNoted() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    try world.git("replace", "--graft", "main", "main~2", in: author)
    let replaced = try load(author, world).clone
    #expect(replaced.notes.contains { $0.contains("1 replace refs are ignored") })
    try world.git("replace", "-d", try world.id("main", in: author).hex, in: author)
    let count = try load(author, world).graph.count
    try Data("\(try world.id("main", in: author).hex)\n".utf8)
      .write(to: URL(filePath: author + "/.git/info/grafts"))
    let clone = try Clone(path: author)
    #expect(try GraphLoader.load(clones: [clone], ids: [], told: []).count == count)
    #expect(clone.notes.contains { $0.contains("info/grafts is ignored") })
  }

  @Test func foldersOfOthersAndReadOnlyOnesAreRead() throws {
    let world = try GitWorld()
    try world.makeServer()
    let path = try world.clone("theirs")
    let files = try FileManager.default.subpathsOfDirectory(atPath: path).map { path + "/" + $0 } + [path]
    if getuid() == 0 {
      for file in files {
        try FileManager.default.setAttributes(
          [.ownerAccountID: 12345, .groupOwnerAccountID: 12345], ofItemAtPath: file)
      }
      #expect(!world.succeeds("-c", "safe.directory=", "-C", path, "status", in: world.root.path))
    }
    for file in files {
      let isExecutable = FileManager.default.isExecutableFile(atPath: file)
      try FileManager.default.setAttributes([.posixPermissions: isExecutable ? 0o555 : 0o444], ofItemAtPath: file)
    }
    defer {
      for file in files.reversed() {
        try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
      }
    }
    let before = try world.snapshot(path)
    let clone = try Clone(path: path)
    #expect(clone.said().views.count == 1)
    #expect(try GraphLoader.load(clones: [clone], ids: [], told: []).count == 3)
    #expect(try world.snapshot(path) == before)
  }

  @Test func formatsThatLibgit2CannotReadAreNeverForced() throws {
    let world = try GitWorld()
    try world.git("init", "-q", "--object-format=sha256", world.path("sha256"))
    let sha256 = #expect(throws: GitStoreError.self) { try Clone(path: world.path("sha256")) }
    #expect(sha256?.message.contains("SHA-256") == true && sha256?.hints.isEmpty == false)
    try world.git("init", "-q", world.path("reftable"))
    try world.git("config", "core.repositoryFormatVersion", "1", in: world.path("reftable"))
    try world.git("config", "extensions.refStorage", "reftable", in: world.path("reftable"))
    let reftable = #expect(throws: GitStoreError.self) { try Clone(path: world.path("reftable")) }
    #expect(reftable?.message.contains("reftable") == true && reftable?.hints.isEmpty == false)
    for path in [world.path("bin"), world.path("nowhere"), world.path("bin/git-remote-codecommit")] {
      let none = #expect(throws: GitStoreError.self) { try Clone(path: path) }
      #expect(none?.message.contains(path) == true)
    }
  }

  @Test func aMissingCommitIsAGap() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let path = try world.clone("plain")

    // A commit in the middle is gone.
    let gone = try world.id("main~1", in: author).hex
    let file = author + "/.git/objects/\(gone.prefix(2))/\(gone.dropFirst(2))"
    let content = try Data(contentsOf: URL(filePath: file))
    try FileManager.default.removeItem(atPath: file)
    let cut = try Clone(path: author)
    let graph = try GraphLoader.load(clones: [cut], ids: [], told: [])
    let tip = try #require(graph.node(of: try world.id("main", in: author)))
    #expect(!graph.isComplete(tip) && cut.incompleteReason == "objects are missing")
    #expect(cut.notes.contains { $0.contains(gone) && $0.contains("refs/heads/dev") })

    // It is there, and damaged.
    try Data(content.prefix(content.count / 2)).write(to: URL(filePath: file))
    let damaged = try Clone(path: author)
    let second = try GraphLoader.load(clones: [damaged], ids: [], told: [])
    #expect(damaged.incompleteReason == "damaged objects")
    #expect(damaged.notes.contains { $0.contains(author) && $0.contains(gone) })
    let node = try #require(second.node(of: try world.id("main", in: author)))
    #expect(!second.isComplete(node))
    // It says that it is shorter than it is.
    let lying = Array("commit 12\0tree \(String(repeating: "1", count: 60))\n".utf8)
    try Data(stored(lying)).write(to: URL(filePath: file))
    let liar = try Clone(path: author)
    _ = try GraphLoader.load(clones: [liar], ids: [], told: [])
    #expect(liar.incompleteReason == "damaged objects")
    // Another clone has it whole.
    let pair = try [Clone(path: author), Clone(path: path)]
    let joined = try GraphLoader.load(clones: pair, ids: [], told: [])
    #expect(joined.isComplete(try #require(joined.node(of: try world.id("main", in: author)))))
  }

  @Test func aMissingPackIsAnError() throws {
    let world = try GitWorld()
    try world.makeServer()
    let path = try world.clone("plain")
    let packs = path + "/.git/objects/pack"
    for file in try FileManager.default.contentsOfDirectory(atPath: packs) {
      try FileManager.default.removeItem(atPath: packs + "/" + file)
    }
    let error = #expect(throws: GitStoreError.self) {
      try GraphLoader.load(clones: [Clone(path: path)], ids: [], told: [])
    }
    #expect(error?.message.contains(path) == true)
  }

  @Test func aCorruptPackIsAnError() throws {
    let world = try GitWorld()
    try world.makeServer()
    let path = try world.clone("plain")
    let packs = path + "/.git/objects/pack"
    let pack = try #require(FileManager.default.contentsOfDirectory(atPath: packs).first { $0.hasSuffix(".pack") })
    let url = URL(filePath: packs + "/" + pack)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: url.path)
    var content = try Data(contentsOf: url)
    for position in 12..<content.count - 20 { content[position] = 0xff }
    try content.write(to: url)
    let error = #expect(throws: GitStoreError.self) {
      try GraphLoader.load(clones: [Clone(path: path)], ids: [], told: [])
    }
    #expect(error?.message.contains(path) == true)
  }

  /// A zlib stream of one stored block (RFC 1950 and 1951): needs no compressor.
  private func stored(_ content: [UInt8]) -> [UInt8] {
    let length = UInt16(content.count)
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in content {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    let sum = high << 16 | low
    return [0x78, 0x01, 0x01, UInt8(length & 0xff), UInt8(length >> 8), UInt8(~length & 0xff), UInt8(~length >> 8)]
      + content + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
  }
}
