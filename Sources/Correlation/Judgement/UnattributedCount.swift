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
    var totals = Tally(refs: refs.count)
    var listed: [[ObjectID]] = Array(repeating: [], count: refs.count)
    for (bit, entry) in refs.enumerated() { bits[Int(entry.node)] |= 1 << UInt64(bit) }
    let top = refs.map(\.node).max() ?? 0
    // A parent has a smaller number than its child: going down visits every child before its parents.
    for node in stride(from: Int(top), through: 0, by: -1) where bits[node] != 0 {
      let id = CommitGraph.Node(node)
      let mask = bits[node]
      for parent in graph.parents(id) { bits[Int(parent)] |= mask }
      guard graph.isPresent(id), !judgement.attribution.isIntroduced(id) else { continue }
      totals.count(mask)
      guard isListed(id) else { continue }
      for bit in Bits(mask) { listed[bit].append(graph.id(id)) }
    }
    let counted = totals.finish()
    for (bit, entry) in refs.enumerated() {
      counts[entry.ref] = RefReport.Unattributed(count: counted[bit], commits: listed[bit].reversed())
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

/// The numbers of the bits that are set.
private struct Bits: Sequence, IteratorProtocol {
  private var rest: UInt64

  init(_ mask: UInt64) { rest = mask }

  mutating func next() -> Int? {
    guard rest != 0 else { return nil }
    defer { rest &= rest - 1 }
    return rest.trailingZeroBitCount
  }
}

/// Counts commits for each of the refs that have them. Neighbours in a history are mostly on the same refs: those are
/// counted together.
private struct Tally {
  private var totals: [Int]
  /// Sets of refs that came lately, with how many commits they have that are not in `totals` yet.
  private var open: [(mask: UInt64, count: Int)] = Array(repeating: (0, 0), count: 64)

  init(refs: Int) { totals = Array(repeating: 0, count: refs) }

  mutating func count(_ mask: UInt64) {
    let place = Int(truncatingIfNeeded: (mask &* 0x9e37_79b9_7f4a_7c15) >> 58)
    if open[place].mask != mask {
      close(place)
      open[place].mask = mask
    }
    open[place].count += 1
  }

  private mutating func close(_ place: Int) {
    guard open[place].count > 0 else { return }
    for bit in Bits(open[place].mask) { totals[bit] += open[place].count }
    open[place].count = 0
  }

  /// How many commits each ref has.
  mutating func finish() -> [Int] {
    for place in open.indices { close(place) }
    return totals
  }
}
