internal import PushModel

/// Finds a commit's node by its id: open addressing over node numbers, four bytes a slot, beside the array of ids that
/// they number.
struct NodeTable: Sendable {
  private static let empty: UInt32 = .max

  private var slots: [UInt32] = Array(repeating: NodeTable.empty, count: 1024)
  private var used = 0

  init() {}

  /// A table of ids, no two of which are one.
  init(_ ids: [ObjectID]) { rebuild(for: ids.count, ids) }

  /// Makes room for so many ids in all.
  mutating func reserve(_ count: Int, _ ids: [ObjectID]) {
    if count * 2 > slots.count { rebuild(for: count, ids) }
  }

  func node(of id: ObjectID, in ids: [ObjectID]) -> UInt32? {
    let node = slots[slot(of: id, in: ids)]
    return node == Self.empty ? nil : node
  }

  /// The number of an id, which joins `ids` at its end if it is not there yet.
  mutating func numberOrInsert(_ id: ObjectID, in ids: inout [ObjectID]) -> UInt32 {
    if used * 2 >= slots.count { rebuild(for: slots.count, ids) }
    let position = slot(of: id, in: ids)
    if slots[position] == Self.empty {
      slots[position] = UInt32(ids.count)
      ids.append(id)
      used += 1
    }
    return slots[position]
  }

  /// Where the id is, or the empty slot where it belongs.
  private func slot(of id: ObjectID, in ids: [ObjectID]) -> Int {
    let mask = slots.count - 1
    var position = Int(truncatingIfNeeded: id.evenNumber) & mask
    while slots[position] != Self.empty, ids[Int(slots[position])] != id { position = (position + 1) & mask }
    return position
  }

  /// The same ids, with room for `count`; at most half of the slots are ever used.
  private mutating func rebuild(for count: Int, _ ids: [ObjectID]) {
    var size = 1024
    while size < count * 2 { size *= 2 }
    slots = Array(repeating: Self.empty, count: size)
    used = ids.count
    let mask = size - 1
    for (node, id) in ids.enumerated() {
      var position = Int(truncatingIfNeeded: id.evenNumber) & mask
      while slots[position] != Self.empty { position = (position + 1) & mask }
      slots[position] = UInt32(node)
    }
  }
}
