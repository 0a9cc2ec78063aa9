internal import PushModel

/// Finds a commit's node by its id: open addressing over node numbers, four bytes a slot, beside the array of ids that
/// they number.
struct NodeTable: Sendable {
  private static let empty: UInt32 = .max

  private var slots: [UInt32] = Array(repeating: NodeTable.empty, count: 1024)
  private var used = 0

  init() {}

  /// Makes room for so many ids in all.
  mutating func reserve(_ count: Int, _ ids: [ObjectID]) {
    if count * 2 > slots.count { grow(to: count, ids) }
  }

  func node(of id: ObjectID, in ids: [ObjectID]) -> UInt32? {
    let node = slots[slot(of: id, in: ids)]
    return node == Self.empty ? nil : node
  }

  /// Adds an id that is not in it; `ids` are those that are.
  mutating func insert(_ node: UInt32, of id: ObjectID, _ ids: [ObjectID]) {
    if used * 2 >= slots.count { grow(to: slots.count, ids) }
    add(node, of: id)
  }

  /// Where the search for an id begins: ids that follow each other begin in slots that do, so that a sorted file's ids are
  /// put in place from one end to the other.
  private func start(of id: ObjectID) -> Int {
    let prefix = UInt64(id.firstByte) << 32 | id.fractionBelowFirstByte
    return Int(prefix >> UInt64(40 - slots.count.trailingZeroBitCount))
  }

  /// Where the id is, or the empty slot where it belongs.
  private func slot(of id: ObjectID, in ids: [ObjectID]) -> Int {
    let mask = slots.count - 1
    var position = start(of: id)
    while slots[position] != Self.empty, ids[Int(slots[position])] != id { position = (position + 1) & mask }
    return position
  }

  /// The same of an id that there is room for.
  mutating func add(_ node: UInt32, of id: ObjectID) {
    let mask = slots.count - 1
    var position = start(of: id)
    while slots[position] != Self.empty { position = (position + 1) & mask }
    slots[position] = node
    used += 1
  }

  /// The same ids, with room for `count`; at most half of the slots are ever used.
  private mutating func grow(to count: Int, _ ids: [ObjectID]) {
    let old = slots
    var size = 1024
    while size < count * 2 { size *= 2 }
    slots = Array(repeating: Self.empty, count: size)
    used = 0
    for node in old where node != Self.empty { add(node, of: ids[Int(node)]) }
  }
}
