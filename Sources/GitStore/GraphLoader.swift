public import PushModel

/// An edge of the graph from an event's word, for a commit that no clone may have. A clone's own object always wins.
public struct ToldCommit: Hashable, Sendable {
  public var id: ObjectID
  public var parents: [ObjectID]
  /// Whether these are all its parents; otherwise its history stays incomplete.
  public var allParents: Bool
  /// The committer's time, where it is told.
  public var time: Int64?
  /// The server's own word: it has the commit.
  public var isOnServer: Bool

  public init(id: ObjectID, parents: [ObjectID], allParents: Bool, time: Int64? = nil, isOnServer: Bool = false) {
    self.id = id
    self.parents = parents
    self.allParents = allParents
    self.time = time
    self.isOnServer = isOnServer
  }
}

/// Loads the commit graph from clones: everything that their refs, FETCH_HEADs and reflogs lead to, and the ids asked for.
public enum GraphLoader {
  public static func load(
    clones: [Clone], ids: [ObjectID], told: [ToldCommit]
  ) throws(GitStoreError) -> CommitGraph {
    // A commit is called the first clone's that has it: one that has what belongs to it comes before one that may not.
    let order =
      clones.indices.filter { !clones[$0].mayLackObjects } + clones.indices.filter { clones[$0].mayLackObjects }
    let clones = order.map { clones[$0] }
    for clone in clones { try clone.proveReadable() }
    var tips: [ObjectID] = []
    for clone in clones { tips += try clone.allTips() }
    tips += ids
    var discovery = discovered(clones, told, from: tips)
    // What a commit-graph told is of no use unless all of it is still there.
    while let (clone, reason) = discovery.falseGraph() {
      clones[clone].distrustCommitGraph(reason)
      discovery = discovered(clones, told, from: tips)
    }
    for (index, clone) in clones.enumerated() {
      let missing = clone.refs.compactMap { ref in
        discovery.missingEnd(of: ref.target).map { Clone.LocalRef(name: ref.name, target: $0) }
      }
      clone.noteHistory(isCut: discovery.found.isCut[index], missing: missing, damage: discovery.damage[index])
    }
    let graph = discovery.graph()
    return order == Array(order.indices) ? graph : CommitGraph(graph, owned: order)
  }

  private static func discovered(_ clones: [Clone], _ told: [ToldCommit], from tips: [ObjectID]) -> GraphDiscovery {
    var discovery = GraphDiscovery(clones: clones, told: told)
    discovery.read(from: tips)
    return discovery
  }
}
