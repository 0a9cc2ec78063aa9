internal import PushModel

/// What a log file's path says: account, region, and when it was delivered.
struct LogName: Sendable {
  var accountID: String
  var region: String
  /// The minute in its name, or the whole day of its folder where the name is another.
  var start: Timestamp
  var end: Timestamp

  /// `nil` where the path tells too little.
  init?(_ place: StorageName) {
    let name = place.base.split(separator: "_", omittingEmptySubsequences: false)
    if name.count >= 4, name[1] == "CloudTrail", let minute = Self.minute(name[3]) {
      accountID = String(name[0])
      region = String(name[2])
      start = minute
      end = minute + 59
      return
    }
    let folder = place.folder
    guard let index = folder.lastIndex(of: "CloudTrail"), index > 0, folder.count >= index + 5,
      let year = Int64(folder[index + 2]), let month = Int64(folder[index + 3]), let day = Int64(folder[index + 4]),
      let midnight = Timestamp(year: year, month: month, day: day)
    else { return nil }
    accountID = folder[index - 1]
    region = folder[index + 1]
    start = midnight
    end = midnight + 86_399
  }

  /// `YYYYMMDDTHHmmZ...`
  private static func minute(_ text: Substring) -> Timestamp? {
    let digits = Array(text.utf8)
    guard digits.count >= 14, digits[8] == UInt8(ascii: "T"), digits[13] == UInt8(ascii: "Z") else { return nil }
    func cut(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
    return Timestamp(
      iso8601: "\(cut(0..<4))-\(cut(4..<6))-\(cut(6..<8))T\(cut(9..<11)):\(cut(11..<13)):00Z")
  }
}
