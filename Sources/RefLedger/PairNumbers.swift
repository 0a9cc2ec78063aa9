/// What tables spread their keys by: new in each process, lest somebody choose keys that fall on one place.
let hashSeed = (UInt64(truncatingIfNeeded: 1.hashValue), UInt64(truncatingIfNeeded: 2.hashValue))

/// Numbers, from 0, for pairs of words: a table of hundreds of thousands, of which each place is looked at once.
struct PairNumbers {
  private static let none = UInt32.max
  private var pairs: [(UInt64, UInt64)] = []
  private var slots: [UInt32] = []

  mutating func number(of head: UInt64, _ tail: UInt64) -> UInt32 {
    if pairs.count * 2 >= slots.count { grow() }
    var slot = place(head, tail)
    while slots[slot] != Self.none {
      let number = slots[slot]
      if pairs[Int(number)] == (head, tail) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = UInt32(pairs.count)
    pairs.append((head, tail))
    return slots[slot]
  }

  private func place(_ head: UInt64, _ tail: UInt64) -> Int {
    let product = (head ^ hashSeed.0).multipliedFullWidth(by: tail ^ hashSeed.1)
    return Int(truncatingIfNeeded: product.high ^ product.low) & (slots.count - 1)
  }

  private mutating func grow() {
    slots = Array(repeating: Self.none, count: max(64, slots.count * 4))
    for number in pairs.indices {
      var slot = place(pairs[number].0, pairs[number].1)
      while slots[slot] != Self.none { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number)
    }
  }
}

/// Numbers for texts, most of which are short.
struct TextNumbers {
  private var short = PairNumbers()
  private var long: [String: UInt32] = [:]
  private var count: UInt32 = 0
  private var numbers: [UInt32] = []

  mutating func number(of text: String) -> UInt32 {
    guard let (head, tail) = Self.words(of: text) else {
      let number = long[text] ?? count
      if number == count {
        long[text] = number
        count += 1
      }
      return number
    }
    let place = Int(short.number(of: head, tail))
    if place == numbers.count {
      numbers.append(count)
      count += 1
    }
    return numbers[place]
  }

  /// A text of at most 15 bytes, and its length.
  private static func words(of text: String) -> (UInt64, UInt64)? {
    let bytes = text.utf8
    guard bytes.count < 16 else { return nil }
    var words: (UInt64, UInt64) = (0, UInt64(bytes.count))
    for byte in bytes { words = (words.0 << 8 | words.1 >> 56, words.1 << 8 | UInt64(byte)) }
    return words
  }
}
