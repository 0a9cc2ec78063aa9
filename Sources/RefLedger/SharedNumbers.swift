internal import PushModel

/// Numbers for what events share, the same in every batch: a batch's tables know what is equal among their own events only.
///
/// What a thing is gets asked once for each such set of tables; from then on its number there leads to the one here.
struct SharedNumbers {
  private static let none = UInt32.max

  /// How many things of its kind a batch has.
  private let size: (EventBatch) -> Int
  private var places: [ObjectIdentifier: Int] = [:]
  private var last: (tables: ObjectIdentifier?, place: Int) = (nil, 0)
  private var numbers: [UInt32] = []

  init(_ size: @escaping (EventBatch) -> Int) { self.size = size }

  /// The number of the thing in a place; `nil` until it is set.
  subscript(place: Int) -> UInt32? {
    get { numbers[place] == Self.none ? nil : numbers[place] }
    set { numbers[place] = newValue ?? Self.none }
  }

  /// Where the number of a batch's thing stands. The batch must be kept alive meanwhile.
  mutating func place(of index: Int, in batch: EventBatch) -> Int {
    let identifier = ObjectIdentifier(batch.tables)
    if last.tables != identifier { last = (identifier, place(of: batch, identifier)) }
    return last.place + index
  }

  private mutating func place(of batch: EventBatch, _ identifier: ObjectIdentifier) -> Int {
    if let place = places[identifier] { return place }
    let place = numbers.count
    places[identifier] = place
    numbers += repeatElement(Self.none, count: size(batch))
    return place
  }
}
