public import PushModel

/// Commits of all clones together, in flat arrays.
///
/// Nodes are numbered so that a parent has a smaller number than each of its children: going up in number is a
/// topological order, and a search for an ancestor never needs to look below its number.
public final class CommitGraph: Sendable {
  public typealias Node = UInt32

  /// What an id is.
  public enum Object: Hashable, Sendable {
    /// A commit; also one that only an event tells of (`isPresent` is false then).
    case commit(Node)
    /// An annotated tag, peeled to the end; `nil` if it leads to no commit.
    case tag(peeled: Node?)
    /// An annotated tag at whose end lies an object that no clone has: it may well be a commit.
    case tagOfAbsent
    /// A tree or a blob.
    case other
    case absent
  }

  /// Whether a commit is in a history: `no` is proven only by a complete one.
  public enum Containment: Hashable, Sendable {
    case yes, no, unknown
  }

  struct Flags: OptionSet {
    let rawValue: UInt8
    static let present = Flags(rawValue: 1)
    static let complete = Flags(rawValue: 2)
    static let onServer = Flags(rawValue: 4)
  }

  let ids: [ObjectID]
  let times: [Int64]
  /// `parents[offsets[n]..<offsets[n + 1]]` are the known parents of `n`.
  @usableFromInline let offsets: [UInt32]
  @usableFromInline let parentNodes: [Node]
  let generations: [UInt32]
  /// Every node from `firstBelow[n]` to `n` is in the history of `n`.
  let firstBelow: [Node]
  let flags: [Flags]
  let owners: [UInt16]
  let table: NodeTable
  /// Objects that are no commits, and what they lead to.
  let others: [ObjectID: Object]

  init(
    names: CommitNames, table: NodeTable, offsets: [UInt32], parentNodes: [Node], generations: [UInt32],
    firstBelow: [Node],
    flags: [Flags], owners: [UInt16], others: [ObjectID: Object]
  ) {
    ids = names.ids
    times = names.times
    self.table = table
    self.offsets = offsets
    self.parentNodes = parentNodes
    self.generations = generations
    self.firstBelow = firstBelow
    self.flags = flags
    self.owners = owners
    self.others = others
  }

  /// The same with other numbers for the clones: the one at each index of `numbers` is called by what stands there.
  init(_ graph: CommitGraph, owned numbers: [Int]) {
    ids = graph.ids
    times = graph.times
    table = graph.table
    offsets = graph.offsets
    parentNodes = graph.parentNodes
    generations = graph.generations
    firstBelow = graph.firstBelow
    flags = graph.flags
    owners = graph.owners.map { $0 == GraphDiscovery.nobody ? $0 : UInt16(numbers[Int($0)]) }
    others = graph.others
  }

  public var count: Int { ids.count }
  public func id(_ node: Node) -> ObjectID { ids[Int(node)] }
  /// The committer's time, in seconds since 1970; `Int64.min` where neither a clone nor the server tells.
  public func committerTime(_ node: Node) -> Int64 { times[Int(node)] }
  public func parents(_ node: Node) -> ArraySlice<Node> {
    parentNodes[Int(offsets[Int(node)])..<Int(offsets[Int(node) + 1])]
  }
  /// The same, for walks over much of the graph.
  @inlinable public func forEachParent(of node: Node, _ body: (Node) -> Void) {
    for edge in Int(offsets[Int(node)])..<Int(offsets[Int(node) + 1]) { body(parentNodes[edge]) }
  }
  /// Whether a clone has the commit.
  public func isPresent(_ node: Node) -> Bool { flags[Int(node)].contains(.present) }
  /// Whether no clone has the commit, and the server's own word tells its parents and date.
  public func isOnServer(_ node: Node) -> Bool { flags[Int(node)].contains(.onServer) }
  /// Commits that the server names as parents, and of which nothing more is known.
  public var parentsUnknownToServer: [ObjectID] {
    var found: Set<Node> = []
    for node in 0..<Node(count) where isOnServer(node) {
      for parent in parents(node) where !isPresent(parent) && !isOnServer(parent) { found.insert(parent) }
    }
    return found.sorted().map(id)
  }
  /// Whether every ancestor is known.
  public func isComplete(_ node: Node) -> Bool { flags[Int(node)].contains(.complete) }
  /// The index of the first clone that has the commit.
  public func clone(_ node: Node) -> Int? { isPresent(node) ? Int(owners[Int(node)]) : nil }

  /// Every id, of commits and of other objects, that begins with some hexadecimal digits.
  public func ids(withPrefix digits: String) -> [ObjectID] {
    ids.filter { $0.hex.hasPrefix(digits) } + others.keys.filter { $0.hex.hasPrefix(digits) }
  }

  public func node(of id: ObjectID) -> Node? { table.node(of: id, in: ids) }

  public func object(_ id: ObjectID) -> Object {
    if let node = node(of: id) { return .commit(node) }
    return others[id] ?? .absent
  }

  /// For each commit, one more than the index of the first of some tips that has it in its history; 0 where none has: one
  /// pass over the graph, however many tips there are.
  public func firstReaching(_ tips: [Node]) -> [UInt32] {
    var first: [UInt32] = Array(repeating: 0, count: count)
    // None comes after all others.
    func isEarlier(_ tip: UInt32, than other: UInt32) -> Bool { tip &- 1 < other &- 1 }
    for (index, tip) in tips.enumerated() where first[Int(tip)] == 0 { first[Int(tip)] = UInt32(index + 1) }
    guard let top = tips.max() else { return first }
    // A parent has a smaller number than each of its children.
    for node in stride(from: Int(top), through: 0, by: -1) where first[node] != 0 {
      let own = first[node]
      forEachParent(of: Node(node)) { parent in
        if isEarlier(own, than: first[Int(parent)]) { first[Int(parent)] = own }
      }
    }
    return first
  }
}
