import Crypto
import Foundation
import PushModel
import Testing

@testable import GitStore

/// Commit-graphs as git writes them, in every form, whole, damaged, forged and stale: what is loaded is always what the
/// objects alone say.
@Suite struct CommitGraphFileTests {
  /// A bare repository with 60 commits on a few branches: merges, octopuses, several roots.
  private func history(_ world: GitWorld, seed: UInt64 = 1, commits: Int = 60) throws -> String {
    var random = GraphOracleTests.Random(state: seed)
    var script = ""
    for number in 1...commits {
      script += "commit refs/heads/c\(number % 9)\nmark :\(number)\n"
      script += "committer Ann <a@x> \(GitWorld.start + Int64(number) * 10) +0100\ndata 2\nx\n"
      let roll = Int.random(in: 0..<100, using: &random)
      let count = number == 1 || roll < 4 ? 0 : roll < 60 ? 1 : roll < 88 ? 2 : Int.random(in: 3...7, using: &random)
      var parents: [Int] = []
      for _ in 0..<count where number > 1 {
        let parent = Int.random(in: max(1, number - 12)..<number, using: &random)
        if !parents.contains(parent) { parents.append(parent) }
      }
      for (index, parent) in parents.enumerated() { script += "\(index == 0 ? "from" : "merge") :\(parent)\n" }
      script += "\n"
      // What a branch is moved away from stays reachable.
      script += "reset refs/tags/t\(number)\nfrom :\(number)\n\n"
    }
    let path = world.path("history-\(seed).git")
    try world.git("init", "-q", "--bare", path)
    // Half of them packed, half of them loose.
    try world.git(
      "-c", "fastimport.unpackLimit=\(seed % 2 == 0 ? 1 : 100_000)", "fast-import", "--quiet", "--force", in: path,
      input: script)
    return path
  }

  /// What a graph says of each commit, without its numbers.
  private struct Node: Hashable {
    var parents: [ObjectID]
    var time: Int64
    var isPresent: Bool
    var isComplete: Bool
    var clone: Int?
  }

  private func content(_ graph: CommitGraph) -> [ObjectID: Node] {
    var result: [ObjectID: Node] = [:]
    for node in 0..<CommitGraph.Node(graph.count) {
      result[graph.id(node)] = Node(
        parents: graph.parents(node).map(graph.id), time: graph.committerTime(node), isPresent: graph.isPresent(node),
        isComplete: graph.isComplete(node), clone: graph.clone(node))
    }
    return result
  }

  /// Loads clones; the second value tells which of them used a commit-graph to the end.
  private func load(_ paths: String..., ids: [ObjectID] = []) throws -> ([ObjectID: Node], [Bool], [String]) {
    let clones = try paths.map { try Clone(path: $0) }
    let graph = try GraphLoader.load(clones: clones, ids: ids, told: [])
    return (content(graph), clones.map { $0.commitGraph() != nil }, clones.flatMap(\.notes))
  }

  private func packedCommits(of path: String) throws -> Set<ObjectID> {
    let clone = try Clone(path: path)
    return Set(clone.packedCommits().map(clone.id(at:)))
  }

  private func graphFile(_ path: String) -> String { path + "/objects/info/commit-graph" }

  private func removeGraphs(_ path: String) {
    try? FileManager.default.removeItem(atPath: graphFile(path))
    try? FileManager.default.removeItem(atPath: path + "/objects/info/commit-graphs")
  }

  // MARK: - Forms

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func everyFormSaysWhatTheObjectsSay(seed: UInt64) throws {
    let world = try GitWorld()
    let path = try history(world, seed: seed)
    let (expected, isUsedAtFirst, _) = try load(path)
    #expect(!isUsedAtFirst[0] && expected.count == 60)
    let ids = try world.git("rev-list", "--all", "--topo-order", "--reverse", in: path).split(separator: "\n")
    func write(_ options: [String], configuration: [String] = [], first count: Int? = nil) throws {
      let chosen = count.map { ids.prefix($0).joined(separator: "\n") + "\n" }
      try world.git(
        configuration + ["commit-graph", "write", chosen == nil ? "--reachable" : "--stdin-commits"] + options,
        in: path, input: chosen)
    }
    func check(_ form: String) throws {
      try world.git("commit-graph", "verify", in: path)
      let (found, isUsed, notes) = try load(path)
      #expect(found == expected, "\(form)")
      #expect(isUsed == [true] && notes.isEmpty, "\(form): \(notes)")
      removeGraphs(path)
    }
    try write([])
    try check("the default, with generation numbers of version 2")
    try write([], configuration: ["-c", "commitGraph.generationVersion=1"])
    try check("generation numbers of version 1")
    try write(["--changed-paths"])
    try check("with changed paths")
    try write([], first: 25)
    try check("half of the history")
    for count in [12, 20, 33, 47] { try write(["--split=no-merge"], first: count) }
    #expect(
      try String(contentsOfFile: path + "/objects/info/commit-graphs/commit-graph-chain", encoding: .utf8)
        .split(separator: "\n").count == 4)
    try check("four layers")
    for (count, version) in [(30, 1), (47, 2), (60, 2)] {
      try write(
        ["--split=no-merge"], configuration: ["-c", "commitGraph.generationVersion=\(version)"], first: count)
    }
    try check("layers with generation numbers of both versions")
  }

  /// Enough commits that they are read ahead on several threads: packed, packed as deltas, in several packs, half of them
  /// under a commit-graph; with commits that no ref leads to, and a tip that only the trail names.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func whatIsReadAheadSaysWhatGitSays(seed: UInt64) throws {
    let world = try GitWorld()
    let path = try history(world, seed: seed * 2, commits: 700)
    let ids = try world.git("rev-list", "--all", "--topo-order", "--reverse", in: path).split(separator: "\n")
    var expected: [ObjectID: [ObjectID]] = [:]
    for line in try world.git("rev-list", "--all", "--parents", in: path).split(separator: "\n") {
      let line = line.split(separator: " ").compactMap { ObjectID(hex: $0) }
      expected[line[0]] = Array(line.dropFirst())
    }
    #expect(expected.count == 700)
    func check(_ form: String) throws {
      let (found, _, notes) = try load(path)
      #expect(found.mapValues(\.parents) == expected, "\(form)")
      #expect(found.values.allSatisfy { $0.isPresent && $0.isComplete && $0.clone == 0 } && notes.isEmpty, "\(form)")
    }
    try check("one pack")
    #expect(try Clone(path: path).packedCommits().count == 700)
    try world.git("repack", "-q", "-a", "-d", "-f", "--depth=30", "--window=30", in: path)
    try check("deltas")
    #expect(try packedCommits(of: path) == Set(expected.keys))
    try world.git(
      "commit-graph", "write", "--stdin-commits", in: path, input: ids.prefix(350).joined(separator: "\n") + "\n")
    try check("half under a commit-graph")
    removeGraphs(path)
    // Commits that no ref leads to any more stay in the pack.
    for number in 500...700 { try world.git("update-ref", "-d", "refs/tags/t\(number)", in: path) }
    for branch in 0..<9 { try world.git("update-ref", "-d", "refs/heads/c\(branch)", in: path) }
    let kept = world.ids(try world.git("rev-list", "--all", in: path))
    #expect(kept.count < 600)
    #expect(try Set(load(path).0.keys) == Set(kept))
    let tip = try #require(ObjectID(hex: ids[699]))
    let more = world.ids(try world.git("rev-list", "--all", tip.hex, in: path))
    #expect(try Set(load(path, ids: [tip]).0.keys) == Set(more))
    #expect(try Clone(path: path).packedCommits().count == 700)
  }

  /// Dates so far apart that their generation numbers overflow into a chunk of their own.
  @Test func generationNumbersThatOverflowArePassedOver() throws {
    let world = try GitWorld()
    let path = world.path("far.git")
    var script = ""
    for (number, time) in [8_589_934_592, 1, 4_000_000_000, 16_000_000_000, 2].enumerated() {
      script += "commit refs/heads/main\ncommitter A <a@x> \(time) +0000\ndata 2\n\(number)\n\n"
    }
    try world.git("init", "-q", "--bare", path)
    try world.git("fast-import", "--quiet", in: path, input: script)
    let (expected, _, _) = try load(path)
    try world.git("commit-graph", "write", "--reachable", in: path)
    let bytes = try Data(contentsOf: URL(filePath: graphFile(path)))
    #expect(bytes.range(of: Data("GDO2".utf8)) != nil)
    let (found, isUsed, _) = try load(path)
    #expect(found == expected && isUsed == [true])
    #expect(Set(found.values.map(\.time)) == [8_589_934_592, 1, 4_000_000_000, 16_000_000_000, 2])
  }

  @Test func borrowedAndSharedGraphsAreRead() throws {
    let world = try GitWorld()
    let path = try history(world)
    try world.git("clone", "-q", "--bare", "--shared", path, world.path("shared.git"))
    let (expected, _, _) = try load(world.path("shared.git"))
    for count in [20, 40] {
      let ids = try world.git("rev-list", "--all", "--topo-order", "--reverse", in: path).split(separator: "\n")
      try world.git(
        "commit-graph", "write", "--split=no-merge", "--stdin-commits", in: path,
        input: ids.prefix(count).joined(separator: "\n") + "\n")
    }
    var (found, isUsed, _) = try load(world.path("shared.git"))
    #expect(found == expected && isUsed == [true])
    // A layer of its own upon borrowed ones.
    try world.git("commit-graph", "write", "--split=no-merge", "--reachable", in: world.path("shared.git"))
    let own = world.path("shared.git/objects/info/commit-graphs")
    #expect(try FileManager.default.contentsOfDirectory(atPath: own).count { $0.hasSuffix(".graph") } == 1)
    (found, isUsed, _) = try load(world.path("shared.git"))
    #expect(found == expected && isUsed == [true])
  }

  @Test(arguments: 5...8 as ClosedRange<UInt64>)
  func severalClonesTogether(seed: UInt64) throws {
    let world = try GitWorld()
    let whole = try history(world, seed: seed)
    let part = world.path("part.git")
    try world.git(
      "clone", "-q", "--bare", "--single-branch", "--no-tags", "-b", "c\(seed % 9)", "file://" + whole, part)
    var expected: [[ObjectID: Node]] = []
    expected.append(try load(whole, part).0)
    expected.append(try load(part, whole).0)
    for written in [[whole], [part], [whole, part]] {
      for path in written { try world.git("commit-graph", "write", "--reachable", in: path) }
      #expect(try load(whole, part).0 == expected[0])
      #expect(try load(part, whole).0 == expected[1])
      for path in written { removeGraphs(path) }
    }
  }

  // MARK: - Git's own rules

  @Test func whereGitDoesNotUseItItIsNotUsed() throws {
    let world = try GitWorld()
    let path = try history(world)
    try world.git("commit-graph", "write", "--reachable", in: path)
    #expect(try Clone(path: path).commitGraph() != nil)
    for value in ["false", "off", "0", "No"] {
      try world.git("config", "core.commitGraph", value, in: path)
      #expect(try Clone(path: path).commitGraph() == nil)
    }
    for value in ["true", "1"] {
      try world.git("config", "core.commitGraph", value, in: path)
      #expect(try Clone(path: path).commitGraph() != nil)
    }
    let tip = try world.git("rev-parse", "refs/tags/t60", in: path)
    try Data("\(tip)\n".utf8).write(to: URL(filePath: path + "/info/grafts"))
    #expect(try Clone(path: path).commitGraph() == nil)
    try FileManager.default.removeItem(atPath: path + "/info/grafts")
    try world.git("replace", "refs/tags/t50", "refs/tags/t10", in: path)
    let replaced = try Clone(path: path)
    #expect(replaced.commitGraph() == nil)
    #expect(replaced.notes.contains { $0.contains("replace refs") } && replaced.notes.count == 1)
    try world.git("replace", "-d", "refs/tags/t50", in: path)
    try world.git("clone", "-q", "--bare", "--depth=3", "--branch=c3", "file://" + path, world.path("cut.git"))
    try FileManager.default.copyItem(atPath: graphFile(path), toPath: graphFile(world.path("cut.git")))
    #expect(try Clone(path: world.path("cut.git")).commitGraph() == nil)
  }

  // MARK: - Damage

  @Test func everyDamagedByteIsSeen() throws {
    let world = try GitWorld()
    let path = try history(world, commits: 14)
    let (expected, _, _) = try load(path)
    for options in [[], ["--split=no-merge"]] {
      try world.git(["commit-graph", "write", "--reachable"] + options, in: path)
      let layers = path + "/objects/info/commit-graphs"
      let name = try? FileManager.default.contentsOfDirectory(atPath: layers).first { $0.hasSuffix(".graph") }
      let file = URL(filePath: options.isEmpty ? graphFile(path) : "\(layers)/\(try #require(name))")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
      let sound = try Data(contentsOf: file)
      for offset in sound.indices {
        var damaged = sound
        damaged[offset] ^= 1 << UInt8(offset % 8)
        try damaged.write(to: file)
        #expect((try? CommitGraphFile(path: file.path))?.isSound != true)
        // What it holds may be walked before its checksum is known; nothing of that is kept.
        guard offset % 13 == 0 else { continue }
        let (found, isUsed, notes) = try load(path)
        #expect(found == expected && isUsed == [false] && notes.count == 1, "\(offset): \(notes)")
      }
      for length in stride(from: 0, to: sound.count, by: 7) {
        try sound.prefix(length).write(to: file)
        let (found, isUsed, notes) = try load(path)
        #expect(found == expected && isUsed == [false])
        // An empty file is none.
        #expect(length == 0 || notes.count == 1 && notes[0].contains("commit-graph is not used"), "\(length): \(notes)")
      }
      removeGraphs(path)
    }
    try world.git("commit-graph", "write", "--reachable", "--split", in: path)
    let list = path + "/objects/info/commit-graphs/commit-graph-chain"
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: list)
    for text in ["", "x\n", String(repeating: "a", count: 40) + "\n"] {
      try Data(text.utf8).write(to: URL(filePath: list))
      let (found, isUsed, notes) = try load(path)
      #expect(found == expected && isUsed == [false] && notes.count == 1)
    }
  }

  /// With a checksum that holds, anything may stand in it: it may be believed, as git would, or not; but nothing is read
  /// from outside it, and what the clone lacks is never said to be there.
  @Test func aForgedGraphInventsNoCommit() throws {
    let world = try GitWorld()
    let path = try history(world, commits: 30)
    let (expected, _, _) = try load(path)
    try world.git("commit-graph", "write", "--reachable", in: path)
    let file = URL(filePath: graphFile(path))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
    let sound = try Data(contentsOf: file)
    var random = GraphOracleTests.Random(state: 31)
    var believed = 0
    for _ in 0..<1500 {
      var forged = sound.dropLast(20)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        // Mostly in the tables, sometimes in the header and the table of contents.
        let range = Bool.random(using: &random) ? 0..<100 : 1100..<forged.count
        let offset = Int.random(in: range, using: &random)
        forged[offset] = [0, 0x7f, 0x80, 0xff, forged[offset] &+ 1].randomElement(using: &random) ?? 0
      }
      forged += Data(Insecure.SHA1.hash(data: forged))
      try forged.write(to: file)
      let (found, isUsed, _) = try load(path)
      #expect(found.filter(\.value.isPresent).allSatisfy { expected[$0.key] != nil })
      if isUsed[0] { believed += 1 } else { #expect(found == expected) }
    }
    #expect(believed > 100)
  }

  // MARK: - What an answer rests on

  private func check(_ path: String, _ revisions: [String], _ world: GitWorld) throws -> (checked: Int?, clone: Clone) {
    let clone = try Clone(path: path)
    let graph = try GraphLoader.load(clones: [clone], ids: [], told: [])
    #expect(clone.isReadFromCommitGraph)
    return (GraphProof.check(graph, of: [clone], at: try revisions.map { try world.id($0, in: path) }), clone)
  }

  /// Flips a byte of an object in the only pack, whose index stays as it was.
  private func rot(_ id: ObjectID, in path: String, _ world: GitWorld) throws {
    let folder = path + "/objects/pack/"
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".pack") })
    let line = try #require(
      world.git("verify-pack", "-v", folder + name, in: path).split(separator: "\n").first { $0.hasPrefix(id.hex) })
    let offset = try #require(line.split(separator: " ").dropFirst(4).first.flatMap { Int($0) })
    var bytes = try Data(contentsOf: URL(filePath: folder + name))
    bytes[offset + 20] ^= 0x55
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + name)
    try bytes.write(to: URL(filePath: folder + name))
    #expect(!world.succeeds("cat-file", "-p", id.hex, in: path))
  }

  @Test(arguments: [60, 400])
  func aTipThatRottedInItsPackIsSeen(commits: Int) throws {
    let world = try GitWorld()
    let path = try history(world, seed: 2, commits: commits)
    try world.git("repack", "-q", "-a", "-d", "-f", in: path)
    try world.git("commit-graph", "write", "--reachable", in: path)
    let all = (1...commits).map { "refs/tags/t\($0)" }
    #expect(try check(path, all, world).checked == commits)
    // A commit that another one is told as a difference to may take that along.
    let rotten = try world.id("refs/tags/t\(commits)", in: path)
    try rot(rotten, in: path, world)
    // Git itself walks over it, by the commit-graph.
    #expect(try world.git("rev-list", "--count", "--all", in: path) == "\(commits)")
    for asked in [all, ["refs/tags/t\(commits)"]] {
      let (checked, clone) = try check(path, asked, world)
      #expect(checked == nil && !clone.isReadFromCommitGraph)
      #expect(clone.notes.contains { $0.contains("commit-graph is not used: commit") }, "\(clone.notes)")
      let graph = try GraphLoader.load(clones: [clone], ids: [rotten], told: [])
      #expect(clone.incompleteReason == "damaged objects" && graph.object(rotten) == .absent)
    }
  }

  /// A commit-graph with a sound checksum that gives one commit other parents, or another date.
  @Test(arguments: [20, 28, 32])
  func aTipThatWasForgedIsSeen(field: Int) throws {
    let world = try GitWorld()
    let path = try history(world, seed: 2, commits: 80)
    let (expected, _, _) = try load(path)
    try world.git("commit-graph", "write", "--reachable", in: path)
    let file = URL(filePath: graphFile(path))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
    let sound = try Data(contentsOf: file)
    let ids = world.ids(try world.git("rev-list", "--all", in: path)).sorted()
    // A commit with one parent.
    let index = try #require(ids.firstIndex { expected[$0]?.parents.count == 1 })
    let tables = try #require(sound.range(of: Data("CDAT".utf8))?.upperBound)
    let start = sound[tables..<tables + 8].reduce(0) { $0 << 8 | Int($1) } + 36 * index
    var forged = sound.dropLast(20)
    forged[start + field + 3] ^= 1
    forged += Data(Insecure.SHA1.hash(data: forged))
    try forged.write(to: file)
    let (checked, clone) = try check(path, (1...80).map { "refs/tags/t\($0)" }, world)
    #expect(checked == nil)
    let what = field == 20 ? "other parents" : "another date"
    #expect(clone.notes.contains { $0.contains("it gives commit \(ids[index]) \(what)") }, "\(clone.notes)")
    #expect(try content(GraphLoader.load(clones: [clone], ids: [], told: [])) == expected)
  }

  // MARK: - Stale

  @Test func whatWasPrunedIsGone() throws {
    let world = try GitWorld()
    let path = try history(world)
    let kept = try load(path).0
    let parent = try world.git("rev-parse", "refs/heads/c3", in: path)
    var gone: [ObjectID] = []
    for tip in 0..<3 {
      let tree = try world.git("rev-parse", "refs/heads/c3^{tree}", in: path)
      let made = try world.git("commit-tree", "-p", gone.last?.hex ?? parent, "-m", "gone \(tip)", tree, in: path)
      gone.append(try #require(ObjectID(hex: made)))
    }
    try world.git("update-ref", "refs/heads/doomed", gone[2].hex, in: path)
    try world.git("commit-graph", "write", "--reachable", in: path)
    #expect(try load(path).0.count == kept.count + 3)
    try world.git("update-ref", "-d", "refs/heads/doomed", in: path)
    try world.git("prune", "--expire=now", in: path)
    let (found, isUsed, notes) = try load(path, ids: gone)
    #expect(found == kept)
    // They are asked about and not come to: the rest of the commit-graph still holds.
    #expect(isUsed == [true] && notes.isEmpty)
    let clone = try Clone(path: path)
    let graph = try GraphLoader.load(clones: [clone], ids: gone, told: [])
    for id in gone { #expect(graph.object(id) == .absent) }
  }

  @Test func aCommitThatIsGoneFromTheMiddleOfHistory() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let tip = try world.id("main", in: author)
    let middle = try world.id("main~1", in: author)
    try world.git("commit-graph", "write", "--reachable", in: author)
    #expect(try load(author).1 == [true])
    // libgit2 would find it in a pack.
    let file = "\(author)/.git/objects/\(middle.hex.prefix(2))/\(middle.hex.dropFirst(2))"
    let object = try Data(contentsOf: URL(filePath: file))
    for damaged in [nil, object.prefix(object.count - 4)] {
      try? FileManager.default.removeItem(atPath: file)
      if let damaged { try damaged.write(to: URL(filePath: file)) }
      let clone = try Clone(path: author)
      let graph = try GraphLoader.load(clones: [clone], ids: [], told: [])
      let node = try #require(graph.node(of: middle))
      let top = try #require(graph.node(of: tip))
      #expect(!graph.isPresent(node) && !graph.isComplete(top))
      #expect(clone.commitGraph() == nil)
      #expect(clone.notes.contains { $0.contains("commit-graph is not used: commit \(middle)") })
      #expect(clone.incompleteReason == (damaged == nil ? "objects are missing" : "damaged objects"))
    }
  }

  /// A pack that was cut short, with an index that is whole: what the index names is read before it is believed.
  @Test func aPackThatWasCutShort() throws {
    let world = try GitWorld()
    let path = try history(world, seed: 2)
    try world.git("commit-graph", "write", "--reachable", in: path)
    let folder = URL(filePath: path + "/objects/pack")
    let pack = try #require(
      FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .first { $0.pathExtension == "pack" })
    let bytes = try Data(contentsOf: pack)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: pack.path)
    try bytes.prefix(bytes.count / 2).write(to: pack)
    let expected: [ObjectID: Node]? = try {
      let graph = try Data(contentsOf: URL(filePath: graphFile(path)))
      removeGraphs(path)
      defer { try? graph.write(to: URL(filePath: graphFile(path))) }
      return try? load(path).0
    }()
    let found = try? load(path)
    #expect(found?.0 == expected)
    #expect(found?.1 != [true])
  }
}
