/// The name of a git object: a SHA-1 of 20 bytes, written as 40 hexadecimal digits.
///
/// The all-zero id, which git writes where there is no object, is never the name of anything: `isZero` tells it, and
/// layers above say absence with a case of an enum instead.
public struct ObjectID: Hashable, Sendable {
  // The 20 bytes as big-endian words, so that comparing words compares ids.
  @usableFromInline let head: UInt64
  @usableFromInline let middle: UInt64
  @usableFromInline let tail: UInt32

  @inlinable init(head: UInt64, middle: UInt64, tail: UInt32) {
    self.head = head
    self.middle = middle
    self.tail = tail
  }

  /// Reads the first 20 bytes; `nil` if there are fewer.
  @inlinable public init?(rawBytes bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 20 else { return nil }
    head = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    middle = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    tail = UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
  }

  /// Reads exactly 40 hexadecimal digits of either case; `nil` for anything else.
  public init?(hex: some StringProtocol) {
    self.init(hexDigits: hex.utf8)
  }

  /// Reads exactly 40 ASCII hexadecimal digits of either case; `nil` for anything else.
  public init?(hexDigits digits: some Sequence<UInt8>) {
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var count = 0
    for digit in digits {
      guard count < 40, let value = Self.value(ofHexDigit: digit) else { return nil }
      switch count {
      case 0..<16: words.0 = words.0 << 4 | value
      case 16..<32: words.1 = words.1 << 4 | value
      default: words.2 = words.2 << 4 | value
      }
      count += 1
    }
    guard count == 40 else { return nil }
    self.init(head: words.0, middle: words.1, tail: UInt32(truncatingIfNeeded: words.2))
  }

  private static func value(ofHexDigit digit: UInt8) -> UInt64? {
    switch digit {
    case 0x30...0x39: UInt64(digit - 0x30)
    case 0x41...0x46: UInt64(digit - 0x41 + 10)
    case 0x61...0x66: UInt64(digit - 0x61 + 10)
    default: nil
    }
  }

  /// The id that git writes for "no object".
  public static let zero = ObjectID(head: 0, middle: 0, tail: 0)

  /// Whether every byte is zero.
  public var isZero: Bool { self == .zero }

  public var firstByte: Int { Int(head >> 56) }
  /// Where among the ids of one first byte it should stand, if those are spread evenly: in 2^32ths.
  public var fractionBelowFirstByte: UInt64 { head >> 24 & 0xffff_ffff }
  /// A number that ids, being hashes, spread evenly over.
  @inlinable public var evenNumber: UInt64 { head ^ middle ^ UInt64(tail) }

  /// The 20 bytes.
  public var rawBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20)
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: head >> shift)) }
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: middle >> shift)) }
    for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: tail >> shift)) }
    return bytes
  }

  /// All 40 digits, in lower case.
  public var hex: String {
    let digits = hexDigits
    return unsafe String(unsafeUninitializedCapacity: 40) { buffer in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      unsafe bytes.storeBytes(of: digits.0.littleEndian, toByteOffset: 0, as: UInt64.self)
      unsafe bytes.storeBytes(of: digits.1.littleEndian, toByteOffset: 8, as: UInt64.self)
      unsafe bytes.storeBytes(of: digits.2.littleEndian, toByteOffset: 16, as: UInt64.self)
      unsafe bytes.storeBytes(of: digits.3.littleEndian, toByteOffset: 24, as: UInt64.self)
      unsafe bytes.storeBytes(of: digits.4.littleEndian, toByteOffset: 32, as: UInt64.self)
      return 40
    }
  }

  /// All 40 digits, in lower case, as ASCII: eight a word, the first of them in its lowest byte.
  public var hexDigits: (UInt64, UInt64, UInt64, UInt64, UInt64) {
    (
      Self.hexDigits(of: UInt32(head >> 32)), Self.hexDigits(of: UInt32(truncatingIfNeeded: head)),
      Self.hexDigits(of: UInt32(middle >> 32)), Self.hexDigits(of: UInt32(truncatingIfNeeded: middle)),
      Self.hexDigits(of: tail)
    )
  }

  /// All eight at once: four bits a byte, then `0` added to each, and to those over nine what lies between `9` and `a`.
  static func hexDigits(of word: UInt32) -> UInt64 {
    var digits = UInt64(word.byteSwapped)
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
    digits = digits >> 4 & 0x000F_000F_000F_000F | (digits & 0x000F_000F_000F_000F) << 8
    let isLetter = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return digits &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27
  }

  /// The first 12 digits: what screens show.
  public var short: String { String(hex.prefix(12)) }
}

extension ObjectID {
  /// Eight bytes of a hash say enough; of ids that somebody made up, all count.
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(evenNumber) }
}

extension ObjectID: Comparable {
  @inlinable public static func < (left: Self, right: Self) -> Bool {
    if left.head != right.head { return left.head < right.head }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.tail < right.tail
  }
}

extension ObjectID: CustomStringConvertible {
  public var description: String { hex }
}
