internal import GitStore
internal import PushModel
internal import Synchronization

/// The commit graph, asked by object id, with annotated tags peeled.
///
/// Any thread may ask; those that ask much at the same time should each have one of their own.
final class History: Sendable {
  enum Kind: Hashable {
    case commit
    /// A tag, a tree or a blob that leads to no commit.
    case notACommit
    case absent
  }

  let graph: CommitGraph
  private let queries: Mutex<GraphQueries>

  /// What was found of ids that were asked for lately: an update's tips are asked for again and again, and looking one up
  /// in a graph of a million commits waits for memory twice.
  private let memory: Mutex<[Found]>
  private static let remembered = 2048

  private struct Found {
    var id: ObjectID
    var kind: Kind
    var node: CommitGraph.Node?
  }

  init(_ graph: CommitGraph) {
    self.graph = graph
    queries = Mutex(GraphQueries(graph))
    // The all-zero id is the name of nothing.
    memory = Mutex(Array(repeating: Found(id: .zero, kind: .absent, node: nil), count: Self.remembered))
  }

  private func look(_ id: ObjectID) -> Found {
    let place = Int(truncatingIfNeeded: id.evenNumber) & (Self.remembered - 1)
    return memory.withLock { memory in
      if memory[place].id != id { memory[place] = find(id) }
      return memory[place]
    }
  }

  private func find(_ id: ObjectID) -> Found {
    switch graph.object(id) {
    case .commit(let node), .tag(let node?): Found(id: id, kind: graph.isPresent(node) ? .commit : .absent, node: node)
    case .tag(nil), .other: Found(id: id, kind: .notACommit, node: nil)
    case .tagOfAbsent, .absent: Found(id: id, kind: .absent, node: nil)
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
    return contains(source, in: target)
  }

  /// The same of two commits of the graph.
  func contains(_ ancestor: CommitGraph.Node, in tip: CommitGraph.Node) -> CommitGraph.Containment {
    queries.withLock { $0.contains(ancestor, in: tip) }
  }

  /// Commits in the history of `tip` and of none of `excluded`, parents first.
  func difference(_ tip: ObjectID, excluding excluded: [ObjectID]) -> [CommitGraph.Node] {
    guard let node = look(tip).node else { return [] }
    let others = excluded.compactMap { look($0).node }
    return queries.withLock { $0.difference([node], excluding: others) }
  }

  /// For each node, one more than the number of the first of some that has it in the history of its tip; 0 for none.
  func owners(_ tips: [(number: Int, tip: CommitGraph.Node)]) -> [UInt32] {
    var owners = graph.firstReaching(tips.map(\.tip))
    let numbers = [0] + tips.map { UInt32($0.number + 1) }
    for node in owners.indices { owners[node] = numbers[Int(owners[node])] }
    return owners
  }
}
