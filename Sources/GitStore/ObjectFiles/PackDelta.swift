/// The difference between two objects as packs hold it: a list of runs to copy from the base, and of bytes to insert.
///
/// Source: git's `Documentation/gitformat-pack.txt`.
enum PackDelta {
  /// `nil` if it is damaged, does not belong to the base, or its result is larger than `limit`.
  static func applied(_ delta: [UInt8], to base: [UInt8], limit: Int) -> [UInt8]? {
    var position = 0
    func next() -> UInt8? {
      guard position < delta.count else { return nil }
      defer { position += 1 }
      return delta[position]
    }
    func size() -> Int? {
      var value = 0
      var shift = 0
      while let byte = next(), shift < 48 {
        value |= Int(byte & 0x7f) << shift
        shift += 7
        if byte & 0x80 == 0 { return value }
      }
      return nil
    }
    /// A little-endian number of which only the bytes that are not zero are there.
    func number(_ present: UInt8, bytes: Int) -> Int? {
      var value = 0
      for index in 0..<bytes where present & 1 << UInt8(index) != 0 {
        guard let byte = next() else { return nil }
        value |= Int(byte) << (8 * index)
      }
      return value
    }
    guard let baseSize = size(), baseSize == base.count, let resultSize = size(), resultSize <= limit else {
      return nil
    }
    var result: [UInt8] = []
    result.reserveCapacity(resultSize)
    while let command = next() {
      if command & 0x80 != 0 {
        guard let start = number(command, bytes: 4), let told = number(command >> 4 & 7, bytes: 3) else { return nil }
        let length = told == 0 ? 0x10000 : told
        guard start + length <= base.count, result.count + length <= resultSize else { return nil }
        result += base[start..<start + length]
      } else {
        let length = Int(command)
        guard length > 0, position + length <= delta.count, result.count + length <= resultSize else { return nil }
        result += delta[position..<position + length]
        position += length
      }
    }
    return result.count == resultSize ? result : nil
  }
}
