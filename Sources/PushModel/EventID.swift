/// A record's `eventID`, in the 16 bytes of a UUID where it is one, written as CloudTrail writes it.
///
/// Of any other text it has a hash, which tells it from most: the text itself is with the event.
public struct EventID: Hashable, Sendable {
  // Big-endian words, so that comparing words compares texts.
  @usableFromInline let head: UInt64
  @usableFromInline let tail: UInt64
  public let isUUID: Bool

  /// A UUID's two words, the first digits in the upper half of the first.
  @inlinable public init(uuid head: UInt64, _ tail: UInt64) {
    self.head = head
    self.tail = tail
    isUUID = true
  }

  public init(_ text: String) {
    if let uuid = Self.uuid(text) {
      self = uuid
    } else {
      head = UInt64(bitPattern: Int64(text.hashValue))
      tail = 0
      isUUID = false
    }
  }

  /// A number that ids are spread over by, as well as nobody can foresee.
  @inlinable public func hash(seed: (UInt64, UInt64)) -> UInt64 {
    let product = (head ^ seed.0).multipliedFullWidth(by: tail ^ seed.1)
    return product.high ^ product.low
  }

  /// The text of a UUID.
  var text: String {
    let (first, second) = (
      ObjectID.hexDigits(of: UInt32(head >> 32)), ObjectID.hexDigits(of: UInt32(truncatingIfNeeded: head))
    )
    let (third, fourth) = (
      ObjectID.hexDigits(of: UInt32(tail >> 32)), ObjectID.hexDigits(of: UInt32(truncatingIfNeeded: tail))
    )
    return unsafe String(unsafeUninitializedCapacity: 36) { buffer in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      unsafe bytes.storeBytes(of: first.littleEndian, toByteOffset: 0, as: UInt64.self)
      unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: second).littleEndian, toByteOffset: 9, as: UInt32.self)
      unsafe bytes.storeBytes(of: UInt32(second >> 32).littleEndian, toByteOffset: 14, as: UInt32.self)
      unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: third).littleEndian, toByteOffset: 19, as: UInt32.self)
      unsafe bytes.storeBytes(of: UInt32(third >> 32).littleEndian, toByteOffset: 24, as: UInt32.self)
      unsafe bytes.storeBytes(of: fourth.littleEndian, toByteOffset: 28, as: UInt64.self)
      for hyphen in [8, 13, 18, 23] { unsafe bytes[hyphen] = UInt8(ascii: "-") }
      return 36
    }
  }

  /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in small letters, and nothing else.
  private static func uuid(_ text: String) -> EventID? {
    let digits = text.utf8
    guard digits.count == 36 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (position, byte) in digits.enumerated() {
      if position == 8 || position == 13 || position == 18 || position == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let value: UInt8
      switch byte {
      case 0x30...0x39: value = byte - 0x30
      case 0x61...0x66: value = byte - 0x57
      default: return nil
      }
      if position < 18 {
        words.0 = words.0 << 4 | UInt64(value)
      } else {
        words.1 = words.1 << 4 | UInt64(value)
      }
    }
    return EventID(uuid: words.0, words.1)
  }
}
