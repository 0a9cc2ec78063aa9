public import PushModel

/// What CloudTrail's digest files prove of the log files of the repository's account and region.
public struct IntegritySummary: Equatable, Sendable {
  /// Whether CloudTrail's public keys were given: without them nothing is authentic.
  public var publicKeys: Bool
  public var chains: [Chain]

  public init(publicKeys: Bool, chains: [Chain]) {
    self.publicKeys = publicKeys
    self.chains = chains
  }

  /// The digest files of one trail.
  public struct Chain: Equatable, Sendable {
    public var trail: String
    /// Digest files that CloudTrail made later for what it delivered late; they give no coverage.
    public var backfill: Bool
    /// Digest files by what stands behind them; those that do not hold are `changed`.
    public var authentic: Int
    public var consistent: Int
    public var unproven: Int
    public var changed: Int
    /// Log files that are as the digest files list them.
    public var logs: Int
    public var intervals: [Interval]

    public init(
      trail: String, backfill: Bool, authentic: Int, consistent: Int, unproven: Int, changed: Int, logs: Int,
      intervals: [Interval]
    ) {
      self.trail = trail
      self.backfill = backfill
      self.authentic = authentic
      self.consistent = consistent
      self.unproven = unproven
      self.changed = changed
      self.logs = logs
      self.intervals = intervals
    }
  }

  /// Time of delivery that unbroken digest files describe, with every log file that they list here and unchanged.
  public struct Interval: Equatable, Sendable {
    public var start: Timestamp
    public var end: Timestamp
    /// The weakest of its digest files.
    public var proof: Proof

    public init(start: Timestamp, end: Timestamp, proof: Proof) {
      self.start = start
      self.end = end
      self.proof = proof
    }
  }

  /// How much stands behind a digest file: nothing here, the hash in its successor, CloudTrail's signature.
  public enum Proof: String, Sendable, CaseIterable {
    case unproven, consistent, authentic
  }
}
