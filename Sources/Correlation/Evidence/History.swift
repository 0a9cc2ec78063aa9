internal import GitStore
internal import PushModel

/// The commit graph, asked by object id, with annotated tags peeled.
final class History {
  enum Kind: Hashable {
    case commit
    /// A tag, a tree or a blob that leads to no commit.
    case notACommit
    case absent
  }

  let graph: CommitGraph
  private let queries: GraphQueries

  /// What was found of ids that were asked for lately: an update's tips are asked for again and again, and looking one up
  /// in a graph of a million commits waits for memory twice.
  private var memory: [Memory]
  private static let remembered = 2048

  private struct Memory {
    var id: ObjectID
    var kind: Kind
    var node: CommitGraph.Node?
  }

  init(_ graph: CommitGraph) {
    self.graph = graph
    queries = GraphQueries(graph)
    // The all-zero id is the name of nothing.
    memory = Array(repeating: Memory(id: .zero, kind: .absent, node: nil), count: Self.remembered)
  }

  private func look(_ id: ObjectID) -> (kind: Kind, node: CommitGraph.Node?) {
    let place = Int(truncatingIfNeeded: id.evenNumber) & (Self.remembered - 1)
    if memory[place].id == id { return (memory[place].kind, memory[place].node) }
    let found = find(id)
    memory[place] = Memory(id: id, kind: found.kind, node: found.node)
    return found
  }

  private func find(_ id: ObjectID) -> (kind: Kind, node: CommitGraph.Node?) {
    switch graph.object(id) {
    case .commit(let node), .tag(let node?): (graph.isPresent(node) ? .commit : .absent, node)
    case .tag(nil), .other: (.notACommit, nil)
    case .tagOfAbsent, .absent: (.absent, nil)
    }
  }

  /// What a clone has under an id. A commit that only an event tells of is `absent`, and so is a tag of a commit that no
  /// clone has.
  func kind(of id: ObjectID) -> Kind { look(id).kind }

  /// The commit that an id leads to; also one that only an event tells of.
  func node(of id: ObjectID) -> CommitGraph.Node? { look(id).node }

  func isPresent(_ id: ObjectID) -> Bool { look(id).kind != .absent }

  /// Whether a clone has the very object; of a tag, its commit may be in none.
  func hasObject(_ id: ObjectID) -> Bool {
    if isPresent(id) { return true }
    switch graph.object(id) {
    case .tag, .tagOfAbsent, .other: return true
    case .commit, .absent: return false
    }
  }

  /// Whether a clone has it, or the server's own word tells its parents and date.
  func isKnown(_ id: ObjectID) -> Bool {
    isPresent(id) || (look(id).node.map(graph.isOnServer) ?? false)
  }

  /// Whether every ancestor is known.
  func isComplete(_ id: ObjectID) -> Bool { look(id).node.map(graph.isComplete) ?? false }

  func committerTime(of id: ObjectID) -> Timestamp? {
    guard let node = look(id).node, graph.isPresent(node) || graph.isOnServer(node) else { return nil }
    return Timestamp(seconds: graph.committerTime(node))
  }

  /// Whether `ancestor` is in the history of `tip`: `no` is proven only by a complete history.
  func contains(_ ancestor: ObjectID, in tip: ObjectID) -> CommitGraph.Containment {
    if ancestor == tip { return .yes }
    guard let target = look(tip).node else {
      return look(tip).kind == .notACommit ? .no : .unknown
    }
    guard let source = look(ancestor).node else {
      return graph.isComplete(target) ? .no : .unknown
    }
    return queries.contains(source, in: target)
  }

  /// The same of two commits of the graph.
  func contains(_ ancestor: CommitGraph.Node, in tip: CommitGraph.Node) -> CommitGraph.Containment {
    queries.contains(ancestor, in: tip)
  }

  /// Commits in the history of `tip` and of none of `excluded`, parents first.
  func difference(_ tip: ObjectID, excluding excluded: [ObjectID]) -> [CommitGraph.Node] {
    guard let node = look(tip).node else { return [] }
    return queries.difference([node], excluding: excluded.compactMap { look($0).node })
  }
}
