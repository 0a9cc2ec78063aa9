/// What a commit-graph says of the parents of its commits, by position and out of the file's own byte order, beside where
/// a walk left each commit.
///
/// A walk comes to commits in no order of the file's: the twelve bytes of a commit are one access to memory where the
/// file's 36 and an array of places are three. Parents are as the file has them: whoever takes one for a position compares
/// it with `count` first.
struct ParentTable: Sendable {
  static let none: UInt32 = 0x7000_0000
  private static let mark: UInt32 = 0x8000_0000

  struct Commit {
    /// Parents; `none` where it has fewer. Of an octopus, `second` is marked, and tells where the others begin.
    let first: UInt32
    let second: UInt32
    /// For the walk to use.
    var place: UInt32 = .max

    @inline(__always) var isOctopus: Bool { second & ParentTable.mark != 0 }
  }

  private(set) var commits: [Commit] = []
  /// An octopus's parents but the first: runs that each end with a marked one.
  private var others: [UInt32] = []

  var count: Int { commits.count }

  mutating func reserve(_ count: Int) { commits.reserveCapacity(count) }

  /// Takes in the next commit of a layer whose octopuses' parents begin at `base` here.
  mutating func append(first: UInt32, second: UInt32, base: Int) {
    let isOctopus = second & Self.mark != 0
    commits.append(
      Commit(
        first: first,
        second: isOctopus ? Self.mark | UInt32(clamping: Int(second & ~Self.mark) + base) : second))
  }

  mutating func append(other: UInt32) { others.append(other) }

  /// How many others there are so far.
  var otherCount: Int { others.count }

  @inline(__always)
  mutating func put(_ position: Int, at place: UInt32) { commits[position].place = place }

  /// All parents of a commit; `nil` where the file contradicts itself.
  func parents(of position: Int) -> [UInt32]? {
    let commit = commits[position]
    guard commit.isOctopus else { return [commit.first, commit.second].filter { $0 != Self.none } }
    var parents: [UInt32] = commit.first == Self.none ? [] : [commit.first]
    var index = Int(commit.second & ~Self.mark)
    while index < others.count {
      parents.append(others[index] & ~Self.mark)
      if others[index] & Self.mark != 0 { return parents }
      index += 1
    }
    return nil
  }
}
