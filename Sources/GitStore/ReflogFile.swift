internal import PushModel

/// A ref's log, oldest line first: `OLD NEW NAME <EMAIL> TIME ZONE[TAB MESSAGE]`.
///
/// Where every line of it is written plainly, as git does, this stands in for libgit2's reading.
struct ReflogFile {
  /// Of the lines that are written plainly.
  private(set) var entries: [ReflogEntry] = []
  /// The others, counted from 1, which are left to libgit2.
  private(set) var oddLines: [(number: Int, text: String)] = []

  init(_ bytes: [UInt8]) {
    var start = 0
    var number = 1
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let line = ReflogEntry.withoutReturn(bytes[start..<(end ?? bytes.count)])
      if end != nil, let entry = Self.entry(line, after: entries.last) {
        entries.append(entry)
      } else {
        oddLines.append((number, String(decoding: line, as: UTF8.self)))
      }
      start = (end ?? bytes.count) + 1
      number += 1
    }
  }

  private static func entry(_ line: ArraySlice<UInt8>, after last: ReflogEntry?) -> ReflogEntry? {
    let space = UInt8(ascii: " ")
    let start = line.startIndex
    guard line.count > 82, line[start + 40] == space, line[start + 81] == space,
      let old = id(line[start..<start + 40]), let new = id(line[start + 41..<start + 81])
    else { return nil }
    let tab = line[(start + 82)...].firstIndex(of: UInt8(ascii: "\t"))
    guard let time = time(line[(start + 82)..<(tab ?? line.endIndex)]) else { return nil }
    let message = tab.map { line[($0 + 1)...] } ?? []
    guard !message.contains(0) else { return nil }
    // One fetch after the other says the same.
    if let last, last.message.utf8.elementsEqual(message) {
      return ReflogEntry(old: old, new: new, time: time, message: last.message, act: last.act)
    }
    return ReflogEntry(old: old, new: new, time: time, message: String(decoding: message, as: UTF8.self))
  }

  private static func id(_ digits: ArraySlice<UInt8>) -> ObjectID? {
    unsafe digits.withUnsafeBytes { unsafe ObjectHeader.id($0) }
  }

  /// `NAME <EMAIL> SECONDS ZONE`, the zone as a sign and four digits.
  private static func time(_ signature: ArraySlice<UInt8>) -> Timestamp? {
    let zone = signature.suffix(5)
    guard signature.count > 10, let sign = zone.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      zone.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }), signature[zone.startIndex - 1] == UInt8(ascii: " ")
    else { return nil }
    var seconds: Int64 = 0
    var unit: Int64 = 1
    var position = zone.startIndex - 2
    while position > signature.startIndex + 2, (0x30...0x39).contains(signature[position]), unit < 1 << 52 {
      seconds += Int64(signature[position] - 0x30) * unit
      unit *= 10
      position -= 1
    }
    guard unit > 1, signature[position] == UInt8(ascii: " "), signature[position - 1] == UInt8(ascii: ">"),
      signature[..<position].contains(UInt8(ascii: "<"))
    else { return nil }
    return Timestamp(seconds: seconds)
  }
}
