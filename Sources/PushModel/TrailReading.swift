/// All that reading a trail gave: events in path order, what could not be read, and what the files say of coverage.
public struct TrailReading: Sendable {
  public var events: [TrailEvent] = []
  /// Files that hold records (digest, insight and Lake result files are not among them).
  public var files = 0
  /// Bytes of those files as they lie on disk.
  public var bytes: Int64 = 0
  /// Records of every service.
  public var records = 0
  public var codecommitRecords = 0
  public var unreadable: [UnreadablePlace] = []
  /// What CloudTrail's own log files cover, one entry for each account and region.
  public var spans: [LogSpan] = []
  /// Whether digest files lie beside the log files.
  public var hasDigests = false
  /// Files of days that were not asked for.
  public var leftUnread = 0
  /// Set where such were left unread: nothing before it was read whole.
  public var begins: Timestamp?
  /// Files of regions that were not asked for.
  public var leftUnreadElsewhere = 0
  /// Log files of CloudTrail's that were kept in a ledger and are not what they were.
  public var changed: [ChangedFile] = []

  public init() {}
}

/// A log file that CloudTrail delivered, and delivers once, whose CodeCommit records are not those that a ledger kept of it.
public struct ChangedFile: Hashable, Sendable {
  public var path: String
  /// When the ledger kept what the file was then.
  public var kept: Timestamp
  /// When it was found to differ.
  public var found: Timestamp
  /// Records that it held then and does not hold now, and the reverse.
  public var lost: Int
  public var added: Int

  public init(path: String, kept: Timestamp, found: Timestamp, lost: Int, added: Int) {
    self.path = path
    self.kept = kept
    self.found = found
    self.lost = lost
    self.added = added
  }
}

/// A file, or one record of it, that could not be read, and what that leaves unknown.
public struct UnreadablePlace: Hashable, Sendable {
  public var path: String
  /// Record number from 1, where one record is at fault and the rest of the file was read.
  public var record: Int?
  /// Byte offset in the (inflated) file, where known.
  public var offset: Int64?
  /// One sentence without the path.
  public var reason: String
  /// The time that the unread part may have described; `nil` at either end where unknown.
  public var start: Timestamp?
  public var end: Timestamp?
  /// Account and region of the path, where it has them.
  public var accountID: String?
  public var region: String?

  public init(
    path: String, record: Int? = nil, offset: Int64? = nil, reason: String, start: Timestamp? = nil,
    end: Timestamp? = nil, accountID: String? = nil, region: String? = nil
  ) {
    self.path = path
    self.record = record
    self.offset = offset
    self.reason = reason
    self.start = start
    self.end = end
    self.accountID = accountID
    self.region = region
  }
}

/// What CloudTrail's own log files of one account and region hold, whatever the service.
public struct LogSpan: Hashable, Sendable {
  public var accountID: String
  public var region: String
  /// `eventTime` of the first and of the last record of any service.
  public var first: Timestamp
  public var last: Timestamp
  /// UTC days (since 1970-01-01) of which a file is here, by its path, its name or its records. Sorted, unique.
  public var days: [Int64]
  /// Whether any record is read-only: a trail without one judges no pulls.
  public var hasReadOnlyRecords: Bool

  public init(
    accountID: String, region: String, first: Timestamp, last: Timestamp, days: [Int64], hasReadOnlyRecords: Bool
  ) {
    self.accountID = accountID
    self.region = region
    self.first = first
    self.last = last
    self.days = days
    self.hasReadOnlyRecords = hasReadOnlyRecords
  }

  /// What lies at or after a midnight; `nil` where nothing does.
  public func trimmed(from midnight: Timestamp) -> LogSpan? {
    guard last >= midnight else { return nil }
    var result = self
    result.first = max(first, midnight)
    result.days = days.filter { $0 >= midnight.day }
    return result
  }
}
