public import PushModel

/// What log files tell of one account and region, in a form that can be kept and joined with others.
public struct LogExtent: Hashable, Sendable {
  public var accountID: String
  public var region: String
  /// From the first to the last record of any service; `nil` where there is none.
  public var times: ClosedRange<Timestamp>?
  /// UTC days, since 1970-01-01, of which a file is here. Sorted, unique.
  public var days: [Int64]
  public var hasReadOnlyRecords: Bool

  public init(
    accountID: String, region: String, times: ClosedRange<Timestamp>?, days: [Int64], hasReadOnlyRecords: Bool
  ) {
    self.accountID = accountID
    self.region = region
    self.times = times
    self.days = days
    self.hasReadOnlyRecords = hasReadOnlyRecords
  }

  /// One entry for each account and region.
  public static func joined(_ extents: [LogExtent]) -> [LogExtent] {
    var builder = SpanBuilder()
    for extent in extents { builder.merge(extent) }
    return builder.parts
  }

  /// What all of them together say of coverage, sorted by account and region.
  public static func spans(of extents: [LogExtent]) -> [LogSpan] {
    var builder = SpanBuilder()
    for extent in extents { builder.merge(extent) }
    return builder.spans
  }
}
