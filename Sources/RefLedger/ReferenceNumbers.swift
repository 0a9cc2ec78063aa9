internal import PushModel

/// The references to repositories that events hold, numbered from 0: events that share one have the same number.
///
/// Equal references may have several numbers; the reader makes few that are equal.
struct ReferenceNumbers {
  private(set) var count = 0
  private var numbers: [UInt32] = []
  private var ofOrigins = SharedNumbers { $0.origins.count }
  private var known: [ObjectIdentifier: UInt32] = [:]

  init(capacity: Int) { numbers.reserveCapacity(capacity) }

  /// The number of an event's reference, which stays that of the event's place in the order of the calls.
  mutating func append(_ event: TrailEvent) -> Int {
    let place = ofOrigins.place(of: event.originNumber, in: event.batch)
    let number = ofOrigins[place] ?? self.number(of: event.origin.repository)
    ofOrigins[place] = number
    numbers.append(number)
    return Int(number)
  }

  private mutating func number(of repository: RepositoryReference) -> UInt32 {
    if let number = known[repository.sharedBlock] { return number }
    let number = UInt32(count)
    known[repository.sharedBlock] = number
    count += 1
    return number
  }

  /// The number of the event that was appended in this place.
  subscript(index: Int) -> Int { Int(numbers[index]) }
}
