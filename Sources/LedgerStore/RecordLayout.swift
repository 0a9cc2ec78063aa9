internal import FoundationEssentials

/// Where the texts of a file's own records lie in its chunk, one after the other, each followed by a line feed.
struct RecordLayout {
  struct Entry {
    /// The record's number in the file.
    var number: Int
    /// Bytes of its text.
    var length: Int
  }

  var entries: [Entry] = []

  init() {}

  /// Numbers as differences, then lengths: pairs of LEB128.
  var encoded: Data {
    var data = Data()
    var last = 0
    for entry in entries {
      Self.append(entry.number - last, to: &data)
      Self.append(entry.length, to: &data)
      last = entry.number
    }
    return data
  }

  /// `nil` where it is damaged.
  init?(_ data: Data) {
    var rest = data[...]
    var number = 0
    while !rest.isEmpty {
      guard let step = Self.next(&rest), let length = Self.next(&rest) else { return nil }
      number += step
      entries.append(Entry(number: number, length: length))
    }
  }

  /// Where each text lies in the chunk, from the file's first on.
  func ranges(from offset: Int) -> [(number: Int, range: Range<Int>)] {
    var start = offset
    return entries.map { entry in
      defer { start += entry.length + 1 }
      return (entry.number, start..<start + entry.length)
    }
  }

  private static func append(_ number: Int, to data: inout Data) {
    var rest = UInt64(number)
    while rest >= 0x80 {
      data.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    data.append(UInt8(rest))
  }

  private static func next(_ data: inout Data) -> Int? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = data.popFirst() {
      result |= UInt64(byte & 0x7f) << shift
      // No size here comes near it.
      if byte < 0x80 { return result < 1 << 48 ? Int(result) : nil }
      shift += 7
      if shift > 49 { return nil }
    }
    return nil
  }
}
