internal import GitStore
internal import PushModel
internal import RefLedger

/// How many commits of each ref no update introduced.
///
/// 64 refs at a time: one sweep from children to parents carries a bit for each ref, so that the cost is commits × refs
/// / 64. Beyond a bound only protected refs are counted one by one.
struct UnattributedCount {
  private let judgement: Judgement
  private var counts: [Int: RefReport.Unattributed] = [:]

  /// Sweeps of more nodes than this in all are not made.
  static let budget = 4_000_000_000

  init(_ judgement: Judgement) {
    self.judgement = judgement
    let graph = judgement.history.graph
    var refs: [(ref: Int, node: CommitGraph.Node)] = []
    for (index, knowledge) in judgement.refs.enumerated() {
      guard knowledge.lastKnown.count == 1, let tip = knowledge.lastKnown[0].tip,
        let node = judgement.history.node(of: tip)
      else { continue }
      refs.append((index, node))
    }
    if refs.count / 64 * graph.count > Self.budget { refs.removeAll { !judgement.refs[$0.ref].isProtected } }
    var start = 0
    while start < refs.count {
      sweep(Array(refs[start..<min(start + 64, refs.count)]))
      start += 64
    }
  }

  func count(of ref: Int) -> RefReport.Unattributed {
    counts[ref] ?? RefReport.Unattributed(count: 0, commits: [])
  }

  private mutating func sweep(_ refs: [(ref: Int, node: CommitGraph.Node)]) {
    let graph = judgement.history.graph
    guard graph.count > 0 else { return }
    var bits: [UInt64] = Array(repeating: 0, count: graph.count)
    var totals = Array(repeating: 0, count: refs.count)
    var listed: [[ObjectID]] = Array(repeating: [], count: refs.count)
    for (bit, entry) in refs.enumerated() { bits[Int(entry.node)] |= 1 << UInt64(bit) }
    let top = refs.map(\.node).max() ?? 0
    // A parent has a smaller number than its child: going down visits every child before its parents.
    for node in stride(from: Int(top), through: 0, by: -1) where bits[node] != 0 {
      let id = CommitGraph.Node(node)
      let mask = bits[node]
      for parent in graph.parents(id) { bits[Int(parent)] |= mask }
      guard graph.isPresent(id), !judgement.attribution.isIntroduced(id) else { continue }
      let isListed = isListed(id)
      var rest = mask
      while rest != 0 {
        let bit = rest.trailingZeroBitCount
        rest &= rest - 1
        totals[bit] += 1
        if isListed { listed[bit].append(graph.id(id)) }
      }
    }
    for (bit, entry) in refs.enumerated() {
      counts[entry.ref] = RefReport.Unattributed(count: totals[bit], commits: listed[bit].reversed())
    }
  }

  /// Under `all` every commit; else those made within coverage, which a logged push should have brought.
  private func isListed(_ node: CommitGraph.Node) -> Bool {
    switch judgement.options.commits {
    case .count: return false
    case .all: return true
    case .exact:
      guard let start = judgement.coverage.start else { return false }
      return judgement.history.graph.committerTime(node) - judgement.options.clockSkew > start.seconds
    }
  }
}
