internal import PushModel

/// A sighting of a ref, placed among the groups of its updates.
///
/// It was made after `low` groups for certain, and before those from `high` on. Where the two are equal, its place is
/// certain.
struct PlacedSighting {
  var sighting: Sighting
  var value: RefValue
  /// The interval, with the clock allowance added on both sides.
  var start: Timestamp?
  var end: Timestamp
  var low = 0
  var high = 0
  /// The clock that dates it is wrong: it saw a tip before that was pushed, or made. It shows the tip, and no time.
  var isMisdated = false
  /// No pull is logged near the time that its clone recorded, and nothing bears the clone's clock out.
  var isTimeDoubtful = false
  /// Nothing but its content tells its earliest time.
  var isOpen = false
  /// A reflog line that accuses nobody, and that nothing explains.
  var isContradiction = false
  /// A reflog line that the log's own order proves.
  var proof: LogOrder.Proof?

  var isCertain: Bool { low == high }

  /// Whether nothing but its content and the run, or somebody's word, says when it was.
  var isUndated: Bool { [.content, .stated].contains(sighting.dating) }

  /// Where it stands among others. One of which nothing but its content tells the earliest time may be as late as it can be:
  /// what it disagrees with is then before it.
  var orderTime: Timestamp { isUndated || isOpen ? end : start ?? end }

  /// Whether a contradiction accuses: a lone reflog line does not (DESIGN 7, "Reflogs against the ledger").
  var canAccuse: Bool {
    if isMisdated || isTimeDoubtful { return false }
    return switch sighting.source {
    case .reflogFetch, .reflogPush: proof.map { !$0.isHeld } ?? false
    default: true
    }
  }

  /// Whether it is a reflog line, or one whose clock is off.
  var isLoneLine: Bool {
    if isTimeDoubtful { return false }
    return isMisdated || [.reflogFetch, .reflogPush].contains(sighting.source)
  }

  /// Whether it proves that something moved the ref that no record tells of, at a place among updates that is not certain.
  var hidesMove: Bool { canAccuse && proof != nil && !isCertain }

  /// Whether it is a reflog line that accuses nobody, but that may be right. A log's order holds whatever its clock says.
  var isUnproven: Bool {
    [.reflogFetch, .reflogPush].contains(sighting.source) && !canAccuse && !isMisdated
      && (!isTimeDoubtful || proof != nil)
  }
}
