internal import PushModel

/// Log files that no digest file lists: put there, newer than the last digest file, or of a time that none describes.
struct UnlistedLogs {
  private(set) var problems: [Problem] = []
  private(set) var notes: [String] = []
  /// Newer than the last digest file, by their names.
  private(set) var newer: [String] = []

  /// A file's name tells the minute of its delivery; the digest file that lists it may be a neighbour's.
  static let margin: Int64 = 300

  private struct Place: Hashable, Comparable {
    var accountID: String
    var region: String
    var day: Int64
    /// Whether some digest file lists it, which nothing here checks.
    var isClaimed: Bool

    static func < (left: Place, right: Place) -> Bool {
      (left.accountID, left.region, left.day, left.isClaimed ? 1 : 0)
        < (right.accountID, right.region, right.day, right.isClaimed ? 1 : 0)
    }
  }

  init(_ logs: LogShelf, chains: [WalkedChain]) {
    let listed = chains.reduce(into: Set<Int>()) { $0.formUnion($1.logs.listed) }
    let claimed = chains.reduce(into: [Int: String]()) { $0.merge($1.logs.claimed) { first, _ in first } }
    var inside: [Place: [(path: String, name: LogName, digest: String?)]] = [:]
    var unchecked: [String] = []
    var undescribed: [String] = []
    for (index, entry) in logs.entries.enumerated() where !listed.contains(index) {
      let digest = claimed[index]
      guard let name = LogName(entry.place) else {
        undescribed.append(entry.path)
        continue
      }
      // A digest file that nothing checks is no reason to doubt what it lists, nor to believe it against those that were.
      let described = chains.filter { $0.chain.accountID == name.accountID && $0.chain.region == name.region }
        .flatMap { digest == nil ? $0.described : $0.proved }
      if described.contains(where: {
        $0.lowerBound + Self.margin <= name.start && name.end <= $0.upperBound - Self.margin
      }) {
        let place = Place(
          accountID: name.accountID, region: name.region, day: name.start.day, isClaimed: digest != nil)
        inside[place, default: []].append((entry.path, name, digest))
      } else if digest != nil {
        unchecked.append(entry.path)
      } else if let last = described.map(\.upperBound).max(), name.end > last - Self.margin {
        newer.append(entry.path)
      } else {
        undescribed.append(entry.path)
      }
    }
    for (place, files) in inside.sorted(by: { $0.key < $1.key }) {
      let more = files.count > 1 ? " and \(files.count - 1) more" : ""
      let (noun, verb, them) = files.count == 1 ? ("file", "is", "it") : ("files", "are", "them")
      let what =
        files[0].digest.map {
          "listed by no digest file that can be checked (\($0) cannot), though others that were checked describe that time"
        } ?? "in no digest file, though digest files describe that time"
      problems.append(
        Problem(
          rule: .unlisted,
          message:
            "The log \(noun) \(files[0].path)\(more) of account \(place.accountID), region \(place.region) \(verb) \(what): a second trail delivers to the same place, or somebody put \(them) there.",
          files: files.map(\.path), start: files.map(\.name.start).min(), end: files.map(\.name.end).max(),
          accountID: place.accountID, region: place.region))
    }
    Self.note(newer, "newer than the last digest file, which is normal: not proven yet", &notes)
    Self.note(unchecked, "listed by digest files alone that nothing here checks: unproven", &notes)
    Self.note(undescribed, "of a time or place that no digest file here describes: unproven", &notes)
  }

  private static func note(_ files: [String], _ what: String, _ notes: inout [String]) {
    guard let first = files.first else { return }
    notes.append(
      files.count == 1
        ? "The log file \(first) is \(what)." : "\(files.count) log files are \(what); the first is \(first).")
  }
}
