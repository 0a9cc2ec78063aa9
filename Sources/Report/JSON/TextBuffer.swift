/// Text in UTF-8 on its way out, in memory that is used again for each piece.
///
/// An array of bytes would check at every append whether it is shared and where it ends, which for the many short pieces of
/// a JSON document costs more than the bytes do.
@safe struct TextBuffer: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    unsafe start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { unsafe start.deallocate() }

  /// Gives all that is held, and holds nothing then.
  mutating func empty<Failure: Error>(into sink: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    let held = unsafe UnsafeBufferPointer(start: start, count: count)
    count = 0
    try sink(unsafe held.span)
  }

  /// Makes room for so many bytes more.
  @inline(__always) private mutating func reserve(_ room: Int) {
    if capacity - count < room { grow(room) }
  }

  private mutating func grow(_ room: Int) {
    let larger = max(count + room, 2 * capacity)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe memory.update(from: start, count: count)
    unsafe start.deallocate()
    unsafe start = memory
    capacity = larger
  }

  @inline(__always) mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe start[count] = byte
    count += 1
  }

  /// Appends eight bytes, the first of them the lowest.
  @inline(__always) mutating func append(eight word: UInt64) {
    reserve(8)
    unsafe UnsafeMutableRawPointer(start + count).storeBytes(of: word.littleEndian, as: UInt64.self)
    count += 8
  }

  @inline(__always) mutating func append(_ text: StaticString) {
    unsafe append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ text: String) {
    unsafe text.utf8.span.withUnsafeBufferPointer { unsafe append($0) }
  }

  /// Appends spaces, eight at a time: there are few.
  mutating func append(spaces number: Int) {
    reserve(number + 8)
    let end = count + number
    while count < end { append(eight: 0x2020_2020_2020_2020) }
    count = end
  }

  /// Appends text of printable ASCII without `"` and `\`, as nearly all is; of any other it appends nothing and returns
  /// `false`.
  mutating func appendPlain(_ text: String) -> Bool {
    unsafe text.utf8.span.withUnsafeBufferPointer { bytes in
      guard unsafe Self.isPlain(UnsafeRawBufferPointer(bytes)) else { return false }
      unsafe append(bytes)
      return true
    }
  }

  @inline(__always) private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    unsafe (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  /// Eight bytes at a time; the last eight overlap those before.
  private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 8 else { return unsafe bytes.allSatisfy { isPlain($0) } }
    var position = 0
    while position < bytes.count {
      position = min(position, bytes.count - 8)
      if !isPlain(eight: unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) { return false }
      position += 8
    }
    return true
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
  }

  /// Source: Sean Eron Anderson, "Bit Twiddling Hacks": "Determine if a word has a zero byte", "... a byte less than n".
  private static func isPlain(eight word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    func hasZero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
    let isLow = (word &- ones &* 0x20) & ~word
    let isNamed = hasZero(word ^ ones &* 0x22) | hasZero(word ^ ones &* 0x5C) | hasZero(word ^ ones &* 0x7F)
    return (word | isLow | isNamed) & (ones << 7) == 0
  }
}
