internal import PushModel

/// Log files that no digest file lists: put there, newer than the last digest file, or of a time that none describes.
struct UnlistedLogs {
  private(set) var problems: [Problem] = []
  private(set) var notes: [String] = []

  /// A file's name tells the minute of its delivery; the digest file that lists it may be a neighbour's.
  private static let margin: Int64 = 300

  private struct Place: Hashable, Comparable {
    var accountID: String
    var region: String
    var day: Int64

    static func < (left: Place, right: Place) -> Bool {
      (left.accountID, left.region, left.day) < (right.accountID, right.region, right.day)
    }
  }

  init(_ logs: LogShelf, digests: [DigestFile], chains: [WalkedChain]) {
    var listed: Set<Int> = []
    for digest in digests {
      for log in digest.content.logFiles { listed.formUnion(logs.copies(of: StorageName(log.s3Object))) }
    }
    var inside: [Place: [(path: String, name: LogName)]] = [:]
    var newer: [String] = []
    var undescribed: [String] = []
    for (index, entry) in logs.entries.enumerated() where !listed.contains(index) {
      guard let name = LogName(entry.place) else {
        undescribed.append(entry.path)
        continue
      }
      let described = chains.filter { $0.chain.accountID == name.accountID && $0.chain.region == name.region }
        .flatMap(\.described)
      if described.contains(where: {
        $0.lowerBound + Self.margin <= name.start && name.end <= $0.upperBound - Self.margin
      }) {
        let place = Place(accountID: name.accountID, region: name.region, day: name.start.day)
        inside[place, default: []].append((entry.path, name))
      } else if let last = described.map(\.upperBound).max(), name.end > last - Self.margin {
        newer.append(entry.path)
      } else {
        undescribed.append(entry.path)
      }
    }
    for (place, files) in inside.sorted(by: { $0.key < $1.key }) {
      let more = files.count > 1 ? " and \(files.count - 1) more" : ""
      problems.append(
        Problem(
          rule: .unlisted,
          message:
            "The log \(files.count == 1 ? "file" : "files") \(files[0].path)\(more) of account \(place.accountID), region \(place.region) \(files.count == 1 ? "is" : "are") in no digest file, though digest files describe that time: a second trail delivers to the same place, or somebody put \(files.count == 1 ? "it" : "them") there.",
          files: files.map(\.path), start: files.map(\.name.start).min(), end: files.map(\.name.end).max(),
          accountID: place.accountID, region: place.region))
    }
    Self.note(newer, "newer than the last digest file, which is normal: not proven yet", &notes)
    Self.note(undescribed, "of a time or place that no digest file here describes: unproven", &notes)
  }

  private static func note(_ files: [String], _ what: String, _ notes: inout [String]) {
    guard let first = files.first else { return }
    notes.append(
      files.count == 1
        ? "The log file \(first) is \(what)." : "\(files.count) log files are \(what); the first is \(first).")
  }
}
