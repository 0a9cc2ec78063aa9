internal import PushModel

/// The references to repositories that events hold, numbered from 0: events that share one have the same number.
///
/// Equal references may have several numbers; the reader makes few that are equal.
struct ReferenceNumbers {
  private(set) var count = 0
  private var numbers: [UInt32] = []
  private var known: [ObjectIdentifier: Int] = [:]
  /// What was asked last, for the same few come again and again.
  private var recent: [(block: ObjectIdentifier?, number: Int)] = Array(repeating: (nil, 0), count: 64)

  init(capacity: Int) { numbers.reserveCapacity(capacity) }

  /// The number of an event's reference, which stays that of the event's place in the order of the calls.
  mutating func append(_ event: TrailEvent) -> Int {
    let block = event.origin.repository.sharedBlock
    let slot = (UInt(bitPattern: block) >> 5) & 63
    var number = recent[Int(slot)].number
    if recent[Int(slot)].block != block {
      number = known[block] ?? count
      if number == count {
        known[block] = number
        count += 1
      }
      recent[Int(slot)] = (block, number)
    }
    numbers.append(UInt32(number))
    return number
  }

  /// The number of the event that was appended in this place.
  subscript(index: Int) -> Int { Int(numbers[index]) }
}
