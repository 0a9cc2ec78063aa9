internal import PushModel
internal import RefLedger

/// One update of a ref, with all that decides what it may have done.
struct TimelineItem {
  /// Index into the ledger's updates.
  var update: Int
  var time: Timestamp
  var told: ToldBefore
  /// `nil`: an unambiguous deletion.
  var after: ObjectID?
  /// An API call that puts a commit on top of a branch: it cannot force.
  var addsToBranch = false
  /// The API call made its commit itself.
  var makesTip = false
  /// Only a GitPush can be refused in silence, or be a deletion written as the old tip.
  var isGitPush: Bool
  /// Whether the trail leaves it possible that an entry naming the old tip is a deletion (DESIGN 2.4).
  var mayBeDeletion: Bool
  /// The same where `before` is unknown: not if the commit is younger than what the trail cannot see.
  var mayBeFirstDeletion: Bool
  /// The time of its ref advertisement, where it had one.
  var advertised: Timestamp?
  /// Who and from where: two updates of one actor do not race without advertisements.
  var actor: UInt32
  /// Other evidence shows its tip on the ref.
  var isShown = false

  /// Where the update leaves its ref.
  var target: RefValue { after.map(RefValue.tip) ?? .none }

  /// How far the order of two updates may differ from that of their records, in seconds.
  static let orderSlack = Ledger.orderSlack
  /// How long one push may take, in seconds: the jobs of one robot race within it.
  static let sessionWindow: Int64 = 60
  /// How long before a push without advertisement another may have raced it, in seconds.
  static let raceWindow = Ledger.raceWindow

  /// Whether `other`, if it moved the ref before this push took effect, may have caused its refusal in silence.
  ///
  /// Without an advertisement, only another principal or address is thought to race over minutes; but within the minute
  /// that a push may take, one robot's own jobs race as well.
  func mayBeRefused(becauseOf other: TimelineItem) -> Bool {
    guard isGitPush, !isShown, other.time <= time + Self.orderSlack else { return false }
    if let advertised { return other.time >= advertised }
    return other.time >= time - (other.actor == actor ? Self.sessionWindow : Self.raceWindow)
  }
}

/// What one update did in one possible course of events.
struct Step: Hashable {
  var item: Int
  var before: RefValue
  var outcome: Outcome

  /// The plainest first.
  enum Outcome: UInt8, Hashable {
    /// The ref was at `after` afterwards.
    case applied
    /// The ref was at `after` already.
    case repeated
    /// The entry was a deletion that named the old tip.
    case deleted
    case refused
  }
}
