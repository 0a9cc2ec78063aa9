/// The JSON texts of one file's CodeCommit records, byte for byte as they lay in it.
///
/// Of a record that an export held as text or in columns, it is the record that was taken out of there.
public struct KeptRecords: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    /// The record's number in the file, from 1.
    public var number: Int
    /// Where its text lies in `bytes`.
    public var range: Range<Int>
  }

  /// In the order of the file.
  public private(set) var entries: [Entry] = []
  public private(set) var bytes: [UInt8] = []

  public init() {}

  mutating func append(_ text: ByteBuffer, _ range: Range<Int>, number: Int) {
    // White space around a text is none of it: a copy elsewhere may have other.
    var range = range
    while let last = range.last, text.isSpace(last) { range = range.dropLast() }
    while let first = range.first, text.isSpace(first) { range = range.dropFirst() }
    let start = bytes.count
    text.append(range, to: &bytes)
    entries.append(Entry(number: number, range: start..<bytes.count))
  }
}

extension ByteBuffer {
  fileprivate func isSpace(_ position: Int) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(self[position]) }
}

/// Records that were kept of one file, to be read again as they were read there.
public struct KeptFile: Sendable {
  /// As the file was named to the tool: part of what is known of its records, as its folders name account and region.
  public var name: String
  public var isStandardInput: Bool
  /// Each record's number in the file, ascending.
  public var numbers: [Int]
  /// The records' texts, as a JSON array.
  public var text: [UInt8]

  public init(name: String, isStandardInput: Bool, numbers: [Int], text: [UInt8]) {
    self.name = name
    self.isStandardInput = isStandardInput
    self.numbers = numbers
    self.text = text
  }
}
