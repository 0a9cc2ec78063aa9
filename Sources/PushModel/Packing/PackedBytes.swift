/// Bytes in the making: numbers in little-endian order, one after the other.
struct PackedBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: some FixedWidthInteger & BitwiseCopyable) {
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes += $0 }
  }

  mutating func append(_ id: ObjectID) {
    append(id.head)
    append(id.middle)
    append(id.tail)
  }

  static func += (left: inout PackedBytes, right: PackedBytes) { left.bytes += right.bytes }
  static func += (left: inout PackedBytes, right: [UInt8]) { left.bytes += right }
}

/// Reads off packed bytes what was appended to them.
///
/// Whatever the bytes are, nothing beyond their end is read: from there on, and where a number makes no sense, `isDamaged` is
/// set, and what was returned means nothing.
struct PackedSource: Sendable {
  private let bytes: [UInt8]
  private var position = 0
  private var end: Int
  /// Those that `text()` reads the numbers of.
  var texts: [String] = []
  private(set) var isDamaged = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count
  }

  /// Whether all was read, and made sense.
  var isFinished: Bool { position == end && !isDamaged }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type = Number.self) -> Number {
    let width = Number.bitWidth / 8
    guard end - position >= width else {
      damage()
      return 0
    }
    defer { position += width }
    return Number(littleEndian: unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: Number.self))
  }

  /// A number of things of a width each, which all follow.
  mutating func count(ofWidth width: Int) -> Int {
    let count = Int(number(UInt32.self))
    guard count <= (end - position) / width else {
      damage()
      return 0
    }
    return count
  }

  mutating func objectID() -> ObjectID {
    let (head, middle) = (number(UInt64.self), number(UInt64.self))
    return ObjectID(head: head, middle: middle, tail: number())
  }

  /// As many elements as a number says, each made of what follows, which is of that width at least.
  mutating func list<Element>(
    ofWidth width: Int, _ make: (inout PackedSource) -> Element?
  ) -> [Element] {
    var elements: [Element] = []
    let count = count(ofWidth: width)
    elements.reserveCapacity(count)
    for _ in 0..<count {
      guard let element = make(&self), !isDamaged else {
        damage()
        return []
      }
      elements.append(element)
    }
    return elements
  }

  /// The element that a number tells the place of.
  mutating func element<Element>(of elements: [Element]) -> Element? {
    let index = Int(number(UInt32.self))
    guard index < elements.count else {
      damage()
      return nil
    }
    return elements[index]
  }

  mutating func text() -> String { element(of: texts) ?? "" }

  mutating func optionalText() -> String? {
    let number = number(UInt32.self)
    guard number > 0 else { return nil }
    guard number <= texts.count else {
      damage()
      return nil
    }
    return texts[Int(number) - 1]
  }

  mutating func optionalFlag() -> Bool? {
    let number = number(UInt32.self)
    return number == 0 ? nil : number == 2
  }

  /// The next bytes.
  mutating func bytes(_ count: UInt32) -> ArraySlice<UInt8> {
    guard count <= end - position else {
      damage()
      return []
    }
    defer { position += Int(count) }
    return bytes[position..<position + Int(count)]
  }

  /// The text that the next bytes are.
  mutating func characters(_ count: UInt32) -> String {
    String(decoding: bytes(count), as: UTF8.self)
  }

  /// The next bytes, to be read apart.
  mutating func part(_ count: Int) -> PackedSource {
    guard count <= end - position else {
      damage()
      return self
    }
    var part = self
    part.end = position + count
    position += count
    return part
  }

  /// Notes that something makes no sense. Nothing more is read.
  mutating func damage() {
    isDamaged = true
    position = end
  }
}
