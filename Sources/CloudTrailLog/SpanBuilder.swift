internal import PushModel

/// Gathers what CloudTrail's own log files cover, one entry for each account and region.
struct SpanBuilder: Sendable {
  private struct Key: Hashable, Comparable {
    var accountID: String
    var region: String

    static func < (left: Self, right: Self) -> Bool {
      (left.accountID, left.region) < (right.accountID, right.region)
    }
  }

  private struct Extent {
    var times: ClosedRange<Timestamp>?
    var days: Set<Int64> = []
    var hasReadOnlyRecords = false
    var lastDay: Int64?

    mutating func note(_ time: Timestamp) {
      if let times {
        if time < times.lowerBound { self.times = time...times.upperBound }
        if time > times.upperBound { self.times = times.lowerBound...time }
      } else {
        times = time...time
      }
      let day = time.day
      if day != lastDay {
        days.insert(day)
        lastDay = day
      }
    }
  }

  private var extents: [Key: Extent] = [:]

  /// A log file whose path tells its account and region: its day counts even if it holds no record.
  mutating func note(file place: LogFilePlace) {
    guard let key = Self.key(place, nil, nil) else { return }
    if let day = place.folderDay { extents[key, default: Extent()].days.insert(day) }
    if let delivery = place.delivery { extents[key, default: Extent()].days.insert(delivery.day) }
  }

  /// One record of a log file; the path's account and region win over the record's.
  mutating func note(_ head: RecordHead, in place: LogFilePlace) {
    guard let time = head.time, place.allows(time), let key = Self.key(place, head.accountID, head.region) else {
      return
    }
    extents[key, default: Extent()].note(time)
    if head.readOnly == true { extents[key, default: Extent()].hasReadOnlyRecords = true }
  }

  private static func key(_ place: LogFilePlace, _ accountID: String?, _ region: String?) -> Key? {
    guard let account = place.accountID ?? accountID, let region = place.region ?? region else { return nil }
    return Key(accountID: account, region: region)
  }

  mutating func merge(_ other: SpanBuilder) {
    for (key, extent) in other.extents {
      var merged = extents[key, default: Extent()]
      if let times = extent.times {
        merged.note(times.lowerBound)
        merged.note(times.upperBound)
      }
      merged.days.formUnion(extent.days)
      merged.hasReadOnlyRecords = merged.hasReadOnlyRecords || extent.hasReadOnlyRecords
      extents[key] = merged
    }
  }

  /// Sorted by account and region.
  var spans: [LogSpan] {
    extents.sorted { $0.key < $1.key }.compactMap { key, extent in
      extent.times.map { times in
        LogSpan(
          accountID: key.accountID, region: key.region, first: times.lowerBound, last: times.upperBound,
          days: extent.days.sorted(), hasReadOnlyRecords: extent.hasReadOnlyRecords)
      }
    }
  }
}
