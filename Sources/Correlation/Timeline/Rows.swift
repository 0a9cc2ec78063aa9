/// An array of short arrays, without an allocation for each: the elements of all rows one after the other, and where each
/// row ends.
struct Rows<Element> {
  private var elements: [Element] = []
  private var ends: [UInt32] = []

  var count: Int { ends.count }

  subscript(row: Int) -> ArraySlice<Element> { elements[start(of: row)..<Int(ends[row])] }

  func isEmpty(_ row: Int) -> Bool { start(of: row) == Int(ends[row]) }

  /// The row's element, if it has but one.
  func only(_ row: Int) -> Element? {
    let start = start(of: row)
    return Int(ends[row]) - start == 1 ? elements[start] : nil
  }

  private func start(of row: Int) -> Int { row == 0 ? 0 : Int(ends[row - 1]) }

  mutating func reserveCapacity(_ count: Int) {
    elements.reserveCapacity(count)
    ends.reserveCapacity(count)
  }

  mutating func append(_ row: some Sequence<Element>) {
    elements += row
    ends.append(UInt32(elements.count))
  }

  mutating func appendEmptyRow() { ends.append(UInt32(elements.count)) }

  /// Adds a row of one element.
  mutating func append(row element: Element) {
    elements.append(element)
    ends.append(UInt32(elements.count))
  }
}

extension Rows: Sendable where Element: Sendable {}
