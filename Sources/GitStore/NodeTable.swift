internal import PushModel

/// Finds a commit's node by its id: open addressing over node numbers, four bytes a slot, beside the array of ids that
/// they number.
struct NodeTable: Sendable {
  private static let empty: UInt32 = .max

  private var slots: [UInt32] = Array(repeating: NodeTable.empty, count: 1024)
  private var used = 0

  func node(of id: ObjectID, in ids: [ObjectID]) -> UInt32? {
    let node = slots[slot(of: id, in: ids)]
    return node == Self.empty ? nil : node
  }

  /// The number of an id, which joins `ids` at its end if it is not there yet.
  mutating func numberOrInsert(_ id: ObjectID, in ids: inout [ObjectID]) -> UInt32 {
    if used * 2 >= slots.count { grow(ids) }
    let position = slot(of: id, in: ids)
    if slots[position] == Self.empty {
      slots[position] = UInt32(ids.count)
      ids.append(id)
      used += 1
    }
    return slots[position]
  }

  /// The table of the same ids once they are numbered anew.
  func renumbered(_ numbers: [UInt32]) -> NodeTable {
    var result = self
    for index in slots.indices where slots[index] != Self.empty { result.slots[index] = numbers[Int(slots[index])] }
    return result
  }

  /// Where the id is, or the empty slot where it belongs.
  private func slot(of id: ObjectID, in ids: [ObjectID]) -> Int {
    let mask = slots.count - 1
    var position = Int(truncatingIfNeeded: id.evenNumber) & mask
    while slots[position] != Self.empty, ids[Int(slots[position])] != id { position = (position + 1) & mask }
    return position
  }

  private mutating func grow(_ ids: [ObjectID]) {
    let old = slots
    slots = Array(repeating: Self.empty, count: old.count * 2)
    for node in old where node != Self.empty { slots[slot(of: ids[Int(node)], in: ids)] = node }
  }
}
