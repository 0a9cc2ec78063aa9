internal import PushModel

/// A sorted table of object ids, with a count for each first byte, as commit-graphs and pack indexes both hold one.
///
/// Only as long as the file that it lies in stays mapped.
@safe struct SortedIDs: Sendable {
  /// 256 numbers of four bytes: how many ids begin with that byte or a smaller one.
  nonisolated(unsafe) private let fanout: UnsafeRawBufferPointer
  nonisolated(unsafe) private let ids: UnsafeRawBufferPointer
  let count: Int

  static let fanoutSize = 1024
  static let idSize = 20

  /// `nil` if the counts do not ascend, or do not fit the ids.
  init?(fanout: UnsafeRawBufferPointer, ids: UnsafeRawBufferPointer) {
    guard fanout.count == Self.fanoutSize else { return nil }
    var last: UInt32 = 0
    for byte in 0..<256 {
      let next = unsafe fanout.bigEndian(at: 4 * byte, as: UInt32.self)
      guard next >= last else { return nil }
      last = next
    }
    guard ids.count == Int(last) * Self.idSize else { return nil }
    unsafe self.fanout = fanout
    unsafe self.ids = ids
    count = Int(last)
  }

  subscript(index: Int) -> ObjectID {
    precondition(index >= 0 && index < count)
    return unsafe ObjectID(rawBytes: UnsafeRawBufferPointer(rebasing: ids[(index * Self.idSize)...])) ?? .zero
  }

  /// Where an id is. Ids are evenly spread: where it should be is nearly where it is.
  func index(of id: ObjectID) -> Int? {
    let index = firstIndex(notBelow: id)
    return index < count && self[index] == id ? index : nil
  }

  private func firstIndex(notBelow id: ObjectID) -> Int {
    let first = id.firstByte
    var low = first == 0 ? 0 : unsafe Int(fanout.bigEndian(at: 4 * (first - 1), as: UInt32.self))
    var high = unsafe Int(fanout.bigEndian(at: 4 * first, as: UInt32.self))
    guard low < high else { return low }
    // Close in on it from the guess in doubling steps, then halve what is left.
    let guess = low + Int((id.fractionBelowFirstByte * UInt64(high - low)) >> 32)
    var step = 4
    if self[guess] < id {
      low = guess + 1
      while low + step < high, self[low + step] < id {
        low += step + 1
        step *= 2
      }
      high = min(high, low + step)
    } else {
      high = guess
      while high - step >= low, self[high - step] >= id {
        high -= step
        step *= 2
      }
      low = max(low, high - step)
    }
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Keeps of some positions in another table, which ascend, those whose ids are not in this one: both are passed through
  /// once, in steps that double where nothing matches.
  func removeOwn(from positions: inout [UInt32], of other: SortedIDs) {
    var next = 0
    positions.removeAll { position in
      let id = other[Int(position)]
      var step = 1
      while next + step < count, self[next + step] < id {
        next += step
        step *= 2
      }
      var high = min(count, next + step + 1)
      while next < high {
        let middle = (next + high) / 2
        if self[middle] < id { next = middle + 1 } else { high = middle }
      }
      return next < count && self[next] == id
    }
  }
}
