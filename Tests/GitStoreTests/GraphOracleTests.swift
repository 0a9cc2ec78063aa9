import Foundation
import PushModel
import Testing

@testable import GitStore

/// Random histories, and git asked the same questions.
@Suite struct GraphOracleTests {
  /// splitmix64: the same history for the same seed, everywhere.
  struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  /// A bare repository with several roots, merges, octopus merges, criss-crosses, and committer dates out of order.
  ///
  /// Where dates run backwards, `git rev-list A --not B` lists commits of B too (it looks five commits beyond the last
  /// date that matters, and then stops): there only whole histories, listed one by one, are git's true word.
  private func history(
    _ world: GitWorld, commits: Int, seed: UInt64, isSkewed: Bool = false
  ) throws -> String {
    var random = Random(state: seed)
    var script = ""
    for number in 1...commits {
      let time = GitWorld.start + (isSkewed ? Int64.random(in: -5000...5000, using: &random) : Int64(number))
      script += "commit refs/heads/c\(number)\nmark :\(number)\nauthor A <a@x> \(time) +0000\n"
      script += "committer Ann 99 B <a@x> \(time) +0100\ndata 2\nx\n"
      let roll = Int.random(in: 0..<100, using: &random)
      let parentCount =
        number == 1 || roll < 4 ? 0 : roll < 65 ? 1 : roll < 93 ? 2 : Int.random(in: 3...6, using: &random)
      // Near parents make long lines and criss-crosses, far ones long jumps.
      let recent = max(1, number - (roll % 3 == 0 ? number : 6))
      var parents: [Int] = []
      for _ in 0..<parentCount where number > 1 {
        let parent = Int.random(in: recent..<number, using: &random)
        if !parents.contains(parent) { parents.append(parent) }
      }
      for (index, parent) in parents.enumerated() { script += "\(index == 0 ? "from" : "merge") :\(parent)\n" }
      script += parents.isEmpty ? "deleteall\n\n" : "\n"
    }
    let path = world.path("history-\(seed).git")
    try world.git("init", "-q", "--bare", path)
    try world.git("fast-import", "--quiet", "--force", in: path, input: script)
    return path
  }

  private func nodes(_ ids: [ObjectID], _ graph: CommitGraph) throws -> [CommitGraph.Node] {
    try ids.map { id in
      guard case .commit(let node) = graph.object(id) else { throw GitWorld.Failure(message: "\(id) is no commit") }
      return node
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func everyAnswerIsGits(seed: UInt64) throws {
    let world = try GitWorld()
    let isSkewed = seed > 4
    let path = try history(world, commits: 70, seed: seed, isSkewed: isSkewed)
    let graph = try GraphLoader.load(clones: [Clone(path: path)], ids: [], told: [])
    var queries = GraphQueries(graph)
    let all = world.ids(try world.git("rev-list", "--all", in: path))
    #expect(graph.count == all.count)
    // Parents in their order, and committer times.
    for line in try world.git("log", "--all", "--format=%H %ct %P", in: path).split(separator: "\n") {
      let fields = line.split(separator: " ")
      let node = try #require(ObjectID(hex: fields[0]).flatMap(graph.node(of:)))
      #expect(graph.committerTime(node) == Int64(fields[1]))
      #expect(graph.parents(node).map { graph.id($0).hex } == fields.dropFirst(2).map(String.init))
      #expect(graph.parents(node).allSatisfy { $0 < node })
      #expect(graph.isPresent(node) && graph.isComplete(node) && graph.clone(node) == 0)
    }
    // Every pair.
    var histories: [ObjectID: Set<ObjectID>] = [:]
    for id in all {
      let tip = try #require(graph.node(of: id))
      let ancestors = Set(world.ids(try world.git("rev-list", id.hex, in: path)))
      histories[id] = ancestors
      for other in 0..<CommitGraph.Node(graph.count) {
        #expect((queries.contains(other, in: tip) == .yes) == ancestors.contains(graph.id(other)))
      }
    }
    var random = Random(state: seed &* 977)
    for _ in 0..<40 {
      let tips = (0..<Int.random(in: 1...3, using: &random)).map { _ in all.randomElement(using: &random) ?? all[0] }
      let excluded = (0..<Int.random(in: 0...3, using: &random)).map { _ in all.randomElement(using: &random) ?? all[0]
      }
      let answer = try queries.difference(nodes(tips, graph), excluding: nodes(excluded, graph))
      func union(_ ids: [ObjectID]) -> Set<ObjectID> { ids.reduce(into: []) { $0.formUnion(histories[$1] ?? []) } }
      #expect(Set(answer.map(graph.id)) == union(tips).subtracting(union(excluded)))
      if !isSkewed {
        let expected = try world.git(["rev-list"] + tips.map(\.hex) + ["--not"] + excluded.map(\.hex), in: path)
        #expect(Set(answer.map(graph.id)) == Set(world.ids(expected)))
      }
      #expect(answer == answer.sorted())
      #expect(Set(answer).count == answer.count)
      let (a, b) = (tips[0], excluded.first ?? all[0])
      let isAncestor = world.succeeds("merge-base", "--is-ancestor", a.hex, b.hex, in: path)
      let pair = try nodes([a, b], graph)
      #expect((queries.contains(pair[0], in: pair[1]) == .yes) == isAncestor)
    }
  }

  @Test func eachCommitIsTheFirstTipsThatHasIt() throws {
    let world = try GitWorld()
    let path = try history(world, commits: 120, seed: 99)
    let graph = try GraphLoader.load(clones: [Clone(path: path)], ids: [], told: [])
    var random = Random(state: 5)
    let tips = (0..<25).map { _ in CommitGraph.Node.random(in: 0..<CommitGraph.Node(graph.count), using: &random) }
    let first = graph.firstReaching(tips)
    for (index, tip) in tips.enumerated() {
      let own = first.indices.filter { first[$0] == UInt32(index + 1) }.map { graph.id(CommitGraph.Node($0)) }
      let earlier = tips[..<index].map { graph.id($0).hex }
      let expected = try world.git(["rev-list", graph.id(tip).hex, "--not"] + earlier, in: path)
      #expect(Set(own) == Set(world.ids(expected)))
    }
    let reached = Set(world.ids(try world.git(["rev-list"] + tips.map { graph.id($0).hex }, in: path)))
    #expect(Set(first.indices.filter { first[$0] != 0 }.map { graph.id(CommitGraph.Node($0)) }) == reached)
    #expect(graph.firstReaching([]).allSatisfy { $0 == 0 })
  }

  /// A shallow clone, alone and beside another: completeness and every answer against the whole history.
  @Test(arguments: 11...16 as ClosedRange<UInt64>)
  func aCutHistoryNeverAnswersWrongly(seed: UInt64) throws {
    let world = try GitWorld()
    let whole = try history(world, commits: 60, seed: seed)
    var ancestors: [ObjectID: Set<ObjectID>] = [:]
    for id in world.ids(try world.git("rev-list", "--all", in: whole)) {
      ancestors[id] = Set(world.ids(try world.git("rev-list", id.hex, in: whole)))
    }
    let tip = Int(20 + seed % 37)
    for (name, arguments) in [("cut", ["--depth=4", "--branch=c60"]), ("other", ["--depth=9", "--branch=c\(tip)"])] {
      try world.git(["clone", "-q", "--no-tags"] + arguments + ["file://" + whole, world.path(name)], in: nil)
    }
    for paths in [["cut"], ["other"], ["cut", "other"], ["other", "cut"]] {
      let clones = try paths.map { try Clone(path: world.path($0)) }
      let graph = try GraphLoader.load(clones: clones, ids: [], told: [])
      var queries = GraphQueries(graph)
      let here = Set((0..<CommitGraph.Node(graph.count)).filter(graph.isPresent).map(graph.id))
      for node in 0..<CommitGraph.Node(graph.count) {
        let truth = try #require(ancestors[graph.id(node)])
        #expect(graph.isComplete(node) == truth.isSubset(of: here), "\(paths)")
        for other in 0..<CommitGraph.Node(graph.count) {
          let isAncestor = truth.contains(graph.id(other))
          switch queries.contains(other, in: node) {
          case .yes: #expect(isAncestor)
          case .no: #expect(!isAncestor)
          case .unknown: #expect(!graph.isComplete(node))
          }
          if graph.isComplete(node) { #expect((queries.contains(other, in: node) == .yes) == isAncestor) }
        }
      }
    }
  }

  @Test func anEventsWordJoinsTheGraphAndAClonesObjectWins() throws {
    let world = try GitWorld()
    let author = try world.makeServer()
    let tip = try world.id("main", in: author)
    let clone = try Clone(path: author)
    let merged = try #require(ObjectID(hex: String(repeating: "a", count: 40)))
    let partly = try #require(ObjectID(hex: String(repeating: "b", count: 40)))
    let unknown = try #require(ObjectID(hex: String(repeating: "c", count: 40)))
    let graph = try GraphLoader.load(
      clones: [clone], ids: [merged, unknown],
      told: [
        ToldCommit(id: merged, parents: [tip], allParents: true),
        ToldCommit(id: partly, parents: [merged], allParents: false),
        ToldCommit(id: tip, parents: [], allParents: true),
      ])
    #expect(graph.object(unknown) == .absent)
    #expect(graph.object(partly) == .absent)
    let node = try #require(graph.node(of: merged))
    let tipNode = try #require(graph.node(of: tip))
    #expect(!graph.isPresent(node) && graph.isComplete(node) && graph.clone(node) == nil)
    #expect(graph.committerTime(node) == .min)
    #expect(graph.parents(tipNode).count == 1)
    let root = try #require(graph.node(of: try world.id("main~2", in: author)))
    #expect(graph.contains(root, in: node) == .yes)
    #expect(clone.incompleteReason == nil)

    let second = try GraphLoader.load(
      clones: [clone], ids: [partly],
      told: [
        ToldCommit(id: merged, parents: [tip], allParents: true),
        ToldCommit(id: partly, parents: [merged], allParents: false),
      ])
    let cut = try #require(second.node(of: partly))
    #expect(!second.isComplete(cut))
    let bottom = try #require(second.node(of: try world.id("main~2", in: author)))
    #expect(second.contains(bottom, in: cut) == .yes)
    let other = try GraphLoader.load(
      clones: [clone], ids: [merged, partly],
      told: [
        ToldCommit(id: merged, parents: [], allParents: true),
        ToldCommit(id: partly, parents: [tip], allParents: false),
      ])
    let pair = (try #require(other.node(of: merged)), try #require(other.node(of: partly)))
    #expect(other.contains(pair.0, in: pair.1) == .unknown)
    #expect(other.contains(pair.1, in: pair.0) == .no)
  }
}

extension CommitGraph {
  fileprivate func contains(_ ancestor: Node, in tip: Node) -> Containment {
    var queries = GraphQueries(self)
    return queries.contains(ancestor, in: tip)
  }
}
