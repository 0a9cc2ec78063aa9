internal import PushModel

/// Finds a commit's node by its id: open addressing over node numbers, four bytes a slot, beside the array of ids that
/// they number.
struct NodeTable: Sendable {
  private static let empty: UInt32 = .max

  private var slots: [UInt32] = Array(repeating: NodeTable.empty, count: 1024)
  private var used = 0

  init() {}

  /// A table of ids, no two of which are one.
  init(_ ids: [ObjectID]) {
    grow(to: ids.count, [])
    for (node, id) in ids.enumerated() { put(UInt32(node), of: id) }
  }

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
    put(node, of: id)
  }

  /// Where the id is, or the empty slot where it belongs.
  private func slot(of id: ObjectID, in ids: [ObjectID]) -> Int {
    let mask = slots.count - 1
    var position = Int(truncatingIfNeeded: id.evenNumber) & mask
    while slots[position] != Self.empty, ids[Int(slots[position])] != id { position = (position + 1) & mask }
    return position
  }

  private mutating func put(_ node: UInt32, of id: ObjectID) {
    let mask = slots.count - 1
    var position = Int(truncatingIfNeeded: id.evenNumber) & mask
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
    for node in old where node != Self.empty { put(node, of: ids[Int(node)]) }
  }
}
