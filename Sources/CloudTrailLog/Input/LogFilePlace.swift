internal import PushModel

/// What the path of a log file says of it: account, region, day, and when CloudTrail delivered it.
///
/// Source: CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail log file examples".
struct LogFilePlace: Hashable, Sendable {
  var accountID: String?
  var region: String?
  /// The UTC day of the folder `YYYY/MM/DD`, in days since 1970-01-01.
  var folderDay: Int64?
  /// The minute in the file's name. It is the delivery's, so that the events within are earlier.
  var delivery: Timestamp?

  /// Reads `[prefix/]AWSLogs/[O-ID/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/FILE`, or as much of it as is there.
  init(path: String) {
    let parts = path.split(separator: "/")
    if let file = parts.last { readName(file) }
    // Folders win over the name: a copied file keeps its name, a renamed one its folder.
    guard let folder = parts.dropLast().lastIndex(of: "CloudTrail") else { return }
    if folder > parts.startIndex, Self.isAccount(parts[folder - 1]) { accountID = String(parts[folder - 1]) }
    let below = parts[(folder + 1)...].dropLast()
    guard let region = below.first, Self.isRegion(region) else { return }
    self.region = String(region)
    let date = below.dropFirst().prefix(3).map { Self.number($0) }
    guard date.count == 3, let year = date[0], let month = date[1], let day = date[2] else { return }
    folderDay = Timestamp(year: year, month: month, day: day)?.day
  }

  /// Reads `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE...`; old files lack the last underscore.
  private mutating func readName(_ name: Substring) {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[1] == "CloudTrail", Self.isAccount(parts[0]), Self.isRegion(parts[2]) else { return }
    accountID = String(parts[0])
    region = String(parts[2])
    let digits = Array(parts[3].utf8)
    guard digits.count >= 14, digits[8] == UInt8(ascii: "T"), digits[13] == UInt8(ascii: "Z") else { return }
    func text(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
    delivery = Timestamp(
      iso8601: "\(text(0..<4))-\(text(4..<6))-\(text(6..<8))T\(text(9..<11)):\(text(11..<13)):00Z")
  }

  static func isAccount(_ text: Substring) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// `us-east-2`, `us-gov-west-1`: letters, digits and hyphens, ending in a digit.
  private static func isRegion(_ text: Substring) -> Bool {
    guard let last = text.utf8.last, (0x30...0x39).contains(last), text.utf8.contains(UInt8(ascii: "-")) else {
      return false
    }
    return text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
  }

  private static func number(_ text: Substring) -> Int64? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
  }

  /// The time that a file may describe of which nothing could be read.
  func extent(deliveryLag: Int64) -> (start: Timestamp?, end: Timestamp?) {
    // CloudTrail's slowest observed delivery took ten minutes; an hour is ample.
    if let delivery { return (delivery - 3600, delivery + 60) }
    if let folderDay {
      let midnight = Timestamp(seconds: folderDay * 86_400)
      return (midnight - deliveryLag, midnight + 86_399)
    }
    return (nil, nil)
  }

  /// Whether a record of this file can have happened then: not before CloudTrail existed, not after its own delivery.
  func allows(_ time: Timestamp) -> Bool {
    let (earliest, latest) = allowedTimes
    return time >= earliest && time <= latest
  }

  var allowedTimes: (earliest: Timestamp, latest: Timestamp) {
    (Self.earliest, min(Self.latest, delivery.map { $0 + 86_400 } ?? Self.latest))
  }

  /// 2013-01-01, the year of CloudTrail's first records.
  private static let earliest = Timestamp(seconds: 1_356_998_400)
  /// The last second before 2100-01-01.
  private static let latest = Timestamp(seconds: 4_102_444_799)
}
