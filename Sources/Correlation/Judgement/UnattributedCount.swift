internal import GitStore
internal import PushModel
internal import RefLedger

/// How many commits of each ref no update introduced.
///
/// 64 refs at a time: one sweep from children to parents carries a bit for each ref, so that the cost is commits × refs
/// / 64. Beyond a bound only protected refs are counted one by one.
struct UnattributedCount {
  private var counts: [Int: RefReport.Unattributed] = [:]

  /// Sweeps of more nodes than this in all are not made.
  static let budget = 4_000_000_000

  init(_ judgement: Judgement) {
    let graph = judgement.history.graph
    var refs: [(ref: Int, node: CommitGraph.Node)] = []
    for (index, knowledge) in judgement.refs.enumerated() {
      guard knowledge.lastKnown.count == 1, let tip = knowledge.lastKnown[0].tip,
        let node = judgement.history.node(of: tip)
      else { continue }
      refs.append((index, node))
    }
    if refs.count / 64 * graph.count > Self.budget { refs.removeAll { !judgement.refs[$0.ref].isProtected } }
    // Refs with old tips are swept together, from where they begin.
    refs.sort { $0.node < $1.node }
    guard let top = refs.last?.node else { return }
    let history = Sweep(upTo: top, judgement)
    for start in stride(from: 0, to: refs.count, by: 64) {
      let some = refs[start..<min(start + 64, refs.count)]
      for (entry, found) in zip(some, history.counts(below: some.map(\.node))) {
        counts[entry.ref] = RefReport.Unattributed(count: found.count, commits: found.listed.map(graph.id))
      }
    }
  }

  func count(of ref: Int) -> RefReport.Unattributed {
    counts[ref] ?? RefReport.Unattributed(count: 0, commits: [])
  }
}

/// What the sweeps look at of every commit: they look at all of them again and again.
private struct Sweep {
  private let graph: CommitGraph
  private var roles: [Role] = []

  private enum Role: UInt8 {
    case none, counted
    /// And listed.
    case listed
  }

  init(upTo top: CommitGraph.Node, _ judgement: Judgement) {
    graph = judgement.history.graph
    let isAllListed = judgement.options.commits == .all
    let listedSince = Self.listedSince(judgement)
    roles = (0...top).map { node in
      guard graph.isPresent(node), !judgement.attribution.isIntroduced(node) else { return .none }
      return isAllListed || listedSince.map { graph.committerTime(node) > $0 } ?? false ? .listed : .counted
    }
  }

  /// Commits made after this moment, within coverage, are listed: a logged push should have brought them.
  private static func listedSince(_ judgement: Judgement) -> Int64? {
    guard judgement.options.commits == .exact else { return nil }
    return judgement.coverage.start.map { $0.seconds + judgement.options.clockSkew }
  }

  /// Of each tip, of which there are 64 at most, how many of the commits below it count, and those that are listed,
  /// parents first.
  func counts(below tips: [CommitGraph.Node]) -> [(count: Int, listed: [CommitGraph.Node])] {
    let top = Int(tips.max() ?? 0)
    var bits: [UInt64] = Array(repeating: 0, count: top + 1)
    for (bit, tip) in tips.enumerated() { bits[Int(tip)] |= 1 << UInt64(bit) }
    var totals = Tally(refs: tips.count)
    var listed: [[CommitGraph.Node]] = Array(repeating: [], count: tips.count)
    // A parent has a smaller number than its child: going down visits every child before its parents.
    for node in stride(from: top, through: 0, by: -1) where bits[node] != 0 {
      let mask = bits[node]
      graph.forEachParent(of: CommitGraph.Node(node)) { bits[Int($0)] |= mask }
      guard roles[node] != .none else { continue }
      totals.count(mask)
      guard roles[node] == .listed else { continue }
      for bit in Bits(mask) { listed[bit].append(CommitGraph.Node(node)) }
    }
    return zip(totals.finish(), listed).map { ($0, $1.reversed()) }
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
