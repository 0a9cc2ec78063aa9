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

    mutating func extend(to time: Timestamp) {
      if let times {
        if time < times.lowerBound { self.times = time...times.upperBound }
        if time > times.upperBound { self.times = times.lowerBound...time }
      } else {
        times = time...time
      }
    }

    mutating func note(day: Int64) {
      if day != lastDay {
        days.insert(day)
        lastDay = day
      }
    }
  }

  private var keys: [Key] = []
  private var extents: [Extent] = []
  private var indexes: [Key: Int] = [:]
  /// The entry noted last: nearly all records of a file belong to the same.
  private var last: Int?

  private mutating func index(_ place: LogFilePlace, _ accountID: String?, _ region: String?) -> Int? {
    guard let account = place.accountID ?? accountID, let region = place.region ?? region else { return nil }
    if let last, keys[last].accountID == account, keys[last].region == region { return last }
    last = index(of: Key(accountID: account, region: region))
    return last
  }

  private mutating func index(of key: Key) -> Int {
    if let index = indexes[key] { return index }
    indexes[key] = keys.count
    keys.append(key)
    extents.append(Extent())
    return keys.count - 1
  }

  /// A log file whose path tells its account and region: its day counts even if it holds no record.
  mutating func note(file place: LogFilePlace) {
    guard let index = index(place, nil, nil) else { return }
    if let day = place.folderDay ?? place.delivery?.day { extents[index].days.insert(day) }
  }

  /// One record of a log file; the path's account and region win over the record's.
  mutating func note(_ head: RecordHead, in place: LogFilePlace) {
    guard let time = head.time, place.allows(time), let index = index(place, head.accountID, head.region) else {
      return
    }
    extents[index].extend(to: time)
    // A file of one day may hold the last records of the day before: that does not make that day's own files present.
    if place.folderDay == nil, place.delivery == nil { extents[index].note(day: time.day) }
    if head.readOnly == true { extents[index].hasReadOnlyRecords = true }
  }

  /// Records of a log file that a scan has summed up.
  mutating func note(_ span: ScannedSpan, in place: LogFilePlace) {
    guard let index = index(place, span.accountID, span.region) else { return }
    extents[index].extend(to: span.first)
    extents[index].extend(to: span.last)
    if place.folderDay == nil, place.delivery == nil { extents[index].days.formUnion(span.days) }
    if span.hasReadOnlyRecords { extents[index].hasReadOnlyRecords = true }
  }

  mutating func merge(_ other: SpanBuilder) {
    for (key, extent) in zip(other.keys, other.extents) {
      let index = index(of: key)
      if let times = extent.times {
        extents[index].extend(to: times.lowerBound)
        extents[index].extend(to: times.upperBound)
      }
      extents[index].days.formUnion(extent.days)
      if extent.hasReadOnlyRecords { extents[index].hasReadOnlyRecords = true }
    }
  }

  mutating func merge(_ extent: LogExtent) {
    let index = index(of: Key(accountID: extent.accountID, region: extent.region))
    if let times = extent.times {
      extents[index].extend(to: times.lowerBound)
      extents[index].extend(to: times.upperBound)
    }
    extents[index].days.formUnion(extent.days)
    if extent.hasReadOnlyRecords { extents[index].hasReadOnlyRecords = true }
  }

  /// What it has gathered so far, sorted by account and region.
  var parts: [LogExtent] {
    zip(keys, extents).sorted { $0.0 < $1.0 }.map { key, extent in
      LogExtent(
        accountID: key.accountID, region: key.region, times: extent.times, days: extent.days.sorted(),
        hasReadOnlyRecords: extent.hasReadOnlyRecords)
    }
  }

  /// Sorted by account and region.
  var spans: [LogSpan] {
    zip(keys, extents).sorted { $0.0 < $1.0 }.compactMap { key, extent in
      extent.times.map { times in
        LogSpan(
          accountID: key.accountID, region: key.region, first: times.lowerBound, last: times.upperBound,
          days: extent.days.sorted(), hasReadOnlyRecords: extent.hasReadOnlyRecords)
      }
    }
  }
}
