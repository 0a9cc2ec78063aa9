public import PushModel

/// The time that a trail is known to describe, for one account and region (DESIGN 6).
///
/// A *proven* gap is a file that could not be read: nothing is known across it. Time that merely no file describes, and
/// the delivery lag at the end of each stretch, are *soft*: what they hide may be nothing at all.
public struct Coverage: Sendable {
  /// A stretch of known time, without the delivery lag taken off.
  public struct Interval: Hashable, Sendable {
    public var start: Timestamp
    public var end: Timestamp
    public var basis: Basis

    public init(start: Timestamp, end: Timestamp, basis: Basis) {
      self.start = start
      self.end = end
      self.basis = basis
    }
  }

  /// What makes a stretch known. `assumed` is the weakest: a file that was never copied would leave no trace.
  public enum Basis: String, Hashable, Sendable {
    case digest, stated, assumed
  }

  /// What lies between two moments.
  public enum Separation: Hashable, Sendable {
    /// Unbroken coverage.
    case none
    /// Nothing more than the delivery lag at the end of the trail.
    case lag
    /// Days without files, or time outside coverage.
    case soft
    /// A file that could not be read.
    case proven
  }

  /// Sorted by start; stretches of different basis may overlap.
  public let intervals: [Interval]
  /// Proven gaps, sorted by start.
  public let gaps: [ClosedRange<Timestamp>]
  /// Seconds at the end of a stretch that prove no absence.
  public let lag: Int64
  /// `intervals` joined, whatever their basis.
  private let union: [ClosedRange<Timestamp>]
  private let strongUnion: [ClosedRange<Timestamp>]

  public init(intervals: [Interval], gaps: [ClosedRange<Timestamp>], lag: Int64) {
    self.intervals = intervals.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    self.gaps = gaps.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    self.lag = lag
    union = Self.joined(self.intervals)
    strongUnion = Self.joined(self.intervals.compactMap { Self.vouched($0, lag: lag) })
  }

  /// Coverage of the repository's account and region, from what was read, what the user states, and what digest files
  /// prove.
  ///
  /// - Parameter delivery: Times of delivery that digest files prove, and those that they prove to be lacking.
  public init(
    spans: [LogSpan], unreadable: [UnreadablePlace], stated: [Interval], accountID: String?, region: String?,
    lag: Int64,
    delivery: DeliveryProof = DeliveryProof()
  ) {
    var assumed: [Interval] = []
    for span in spans
    where (accountID == nil || span.accountID == accountID) && (region == nil || span.region == region) {
      assumed += Self.assumedIntervals(span)
    }
    // What is proved need not be assumed.
    for proved in delivery.whole { assumed = assumed.flatMap { Self.outside(proved, $0) } }
    let proved = delivery.whole.map { Interval(start: $0.lowerBound, end: $0.upperBound, basis: .digest) }
    let gaps = unreadable.compactMap { place -> ClosedRange<Timestamp>? in
      if let account = place.accountID, let accountID, account != accountID { return nil }
      if let place = place.region, let region, place != region { return nil }
      let start = place.start ?? Timestamp(seconds: .min)
      let end = place.end ?? Timestamp(seconds: .max)
      return start <= end ? start...end : end...start
    }
    self.init(
      intervals: stated + assumed + proved, gaps: gaps + delivery.lacking.map { Self.blinded(by: $0, lag: lag) },
      lag: lag)
  }

  /// When events may have happened whose delivery falls into a time: then, or up to the delivery lag before.
  public static func blinded(by delivery: ClosedRange<Timestamp>, lag: Int64) -> ClosedRange<Timestamp> {
    (delivery.lowerBound - lag)...delivery.upperBound
  }

  /// The part of a stretch for which something stronger vouches than that log files are here.
  ///
  /// Digest files speak of delivery. Nothing is delivered before it happened, so that an event at the start of such a
  /// stretch was delivered within it; but one of 09:58 may be delivered at 10:03, and a stretch until 10:00 proves nothing
  /// of it. Who states a stretch speaks of the events themselves.
  private static func vouched(_ interval: Interval, lag: Int64) -> Interval? {
    switch interval.basis {
    case .assumed: return nil
    case .stated: return interval
    case .digest:
      guard interval.start <= interval.end - lag else { return nil }
      return Interval(start: interval.start, end: interval.end - lag, basis: .digest)
    }
  }

  private static func outside(_ range: ClosedRange<Timestamp>, _ interval: Interval) -> [Interval] {
    guard range.lowerBound <= interval.end, interval.start <= range.upperBound else { return [interval] }
    var rest: [Interval] = []
    if interval.start < range.lowerBound {
      rest.append(Interval(start: interval.start, end: range.lowerBound - 1, basis: interval.basis))
    }
    if range.upperBound < interval.end {
      rest.append(Interval(start: range.upperBound + 1, end: interval.end, basis: interval.basis))
    }
    return rest
  }

  /// From the first to the last record, broken at each UTC day without a file.
  private static func assumedIntervals(_ span: LogSpan) -> [Interval] {
    var intervals: [Interval] = []
    var start = span.first
    var previousDay = span.first.day
    for day in span.days where day > span.first.day && day <= span.last.day {
      if day > previousDay + 1 {
        let end = Timestamp(seconds: (previousDay + 1) * 86_400 - 1)
        intervals.append(Interval(start: start, end: end, basis: .assumed))
        start = Timestamp(seconds: day * 86_400)
      }
      previousDay = day
    }
    intervals.append(Interval(start: start, end: max(start, span.last), basis: .assumed))
    return intervals
  }

  private static func joined(_ intervals: [Interval]) -> [ClosedRange<Timestamp>] {
    var result: [ClosedRange<Timestamp>] = []
    for interval in intervals where interval.start <= interval.end {
      if let last = result.last, interval.start <= last.upperBound + 1 {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, interval.end)
      } else {
        result.append(interval.start...interval.end)
      }
    }
    return result
  }
}

/// What digest files tell of the delivery of log files to one account's and region's place. Times are those of delivery.
public struct DeliveryProof: Equatable, Sendable {
  /// Every log file that was delivered then is here and unchanged.
  public var whole: [ClosedRange<Timestamp>]
  /// A file that was delivered then is not here or was changed, or nothing proves what was delivered.
  public var lacking: [ClosedRange<Timestamp>]

  public init(whole: [ClosedRange<Timestamp>] = [], lacking: [ClosedRange<Timestamp>] = []) {
    self.whole = whole
    self.lacking = lacking
  }
}

// MARK: - Questions

extension Coverage {
  public var isEmpty: Bool { union.isEmpty }
  public var start: Timestamp? { union.first?.lowerBound }
  public var end: Timestamp? { union.last?.upperBound }

  /// The last moment of which the trail proves what is absent.
  public var effectiveEnd: Timestamp? { union.last.map { max($0.lowerBound, $0.upperBound - lag) } }

  /// What lies between two moments: whether an event in between would be in the trail.
  public func separation(from start: Timestamp, to end: Timestamp) -> Separation {
    guard start < end else { return .none }
    if hasProvenGap(from: start, to: end) { return .proven }
    guard let stretch = union.first(where: { $0.contains(start) && $0.contains(end) }) else {
      return .soft
    }
    return end <= stretch.upperBound - lag ? .none : .lag
  }

  /// Whether a file that could not be read may describe a moment of the interval.
  public func hasProvenGap(from start: Timestamp, to end: Timestamp) -> Bool {
    gaps.contains { $0.lowerBound <= end && start <= $0.upperBound }
  }

  /// Whether every event of the interval would be in the trail by now.
  public func isUnbroken(from start: Timestamp, to end: Timestamp) -> Bool {
    separation(from: start, to: end) == .none && contains(end)
  }

  public func contains(_ time: Timestamp) -> Bool {
    union.contains { $0.contains(time) }
  }

  /// Whether it describes any moment of an interval.
  public func touches(from start: Timestamp, to end: Timestamp) -> Bool {
    union.contains { $0.lowerBound <= end && start <= $0.upperBound }
  }

  /// The stretch that holds a moment.
  public func stretch(at time: Timestamp) -> ClosedRange<Timestamp>? {
    union.first { $0.contains(time) }
  }

  /// Whether something stronger than the mere presence of log files vouches for the whole interval.
  public func isVouchedFor(from start: Timestamp, to end: Timestamp) -> Bool {
    strongUnion.contains { $0.contains(start) && $0.contains(end) }
  }

  /// The latest end of a gap (of either kind) that lies before `time`, or the start of coverage: what nothing in the
  /// trail describes ends there.
  public func lastBlindMoment(before time: Timestamp) -> Timestamp? {
    var blind = stretch(at: time)?.lowerBound
    for gap in gaps where gap.lowerBound <= time {
      blind = max(blind ?? gap.upperBound, min(gap.upperBound, time))
    }
    return blind
  }

  /// UTC days between the first and the last stretch that no file describes.
  public var missingDays: [ClosedRange<Timestamp>] {
    zip(union, union.dropFirst()).map { ($0.upperBound + 1)...($1.lowerBound - 1) }
  }
}
