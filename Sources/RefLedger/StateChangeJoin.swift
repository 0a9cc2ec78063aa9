internal import PushModel

/// Joins CodeCommit's own events to the updates that they tell of: same ref, same new tip, within minutes (DESIGN 2.7).
///
/// What remains tells of a movement without a record. A join that is not certain (one tip, pushed twice within seconds) keeps
/// an event from accusing, and adds nothing.
struct StateChangeJoin {
  /// How far the times of an event and of its record may lie apart, in seconds: both are the service's own.
  static let window: Int64 = 300
  /// The same where an entry names its ref's own tip: a deletion by that event, or a push that was sent again.
  static let deletionWindow: Int64 = 60

  struct Joined {
    var update: Int
    var change: StateChange
    /// Whether no other update, and of that update no other event, can be meant.
    var isCertain: Bool
    /// The entry named the old tip, and the event says that the ref went away.
    var isDeletion = false
    /// What it says of the tip before: for a tag only what the log says too, for it may name another object.
    var told: ToldBefore
  }

  private let updates: [Ledger.Update]
  private(set) var joined: [Joined] = []
  private(set) var unjoined: [StateChange] = []
  /// What each update's ref was at before it, by the log alone; `.notTold` for a ref's first.
  private var previous: [ToldBefore] = []
  private let befores: PossibleBefores
  private var ofRefs: [RefName: [Int]] = [:]
  /// Each update's place among its ref's.
  private var places: [Int] = []
  private var isTaken: [Bool]
  /// Taken by an event that is certainly of it.
  private var isSettled: [Bool]

  private struct Key: Hashable {
    var ref: RefName
    var after: ObjectID?
  }

  init(_ updates: [Ledger.Update], changes: [StateChange], deletionsArePlain: Bool) {
    self.updates = updates
    befores = PossibleBefores(updates, deletionsArePlain: deletionsArePlain)
    isTaken = Array(repeating: false, count: updates.count)
    isSettled = isTaken
    var last: [RefName: ToldBefore] = [:]
    var byKey: [Key: [Int]] = [:]
    for (index, update) in updates.enumerated() {
      previous.append(last[update.ref] ?? .notTold)
      last[update.ref] = update.after.map(ToldBefore.tip) ?? ToldBefore.none
      byKey[Key(ref: update.ref, after: update.after), default: []].append(index)
      places.append(ofRefs[update.ref, default: []].count)
      ofRefs[update.ref, default: []].append(index)
    }
    var left: [StateChange] = []
    let groups = Dictionary(grouping: Self.merged(changes)) { Key(ref: $0.ref, after: $0.after) }
    for (key, group) in groups.sorted(by: Self.precede) {
      left += join(group.sorted(by: Self.isEarlier), to: byKey[key] ?? [])
    }
    for change in left.sorted(by: Self.isEarlier) {
      if !joinOldTip(change, byKey, deletionsArePlain, left), !joinTag(change) { unjoined.append(change) }
    }
    joined.sort { $0.update < $1.update }
  }

  private static func precede(_ left: (key: Key, value: [StateChange]), _ right: (key: Key, value: [StateChange]))
    -> Bool
  {
    if left.key.ref != right.key.ref { return left.key.ref < right.key.ref }
    return (left.key.after ?? .zero) < (right.key.after ?? .zero)
  }

  private static func isEarlier(_ left: StateChange, _ right: StateChange) -> Bool {
    (left.time, left.id, left.ref) < (right.time, right.id, right.ref)
  }

  /// A trigger's word on what EventBridge tells too is no second movement.
  private static func merged(_ changes: [StateChange]) -> [StateChange] {
    var result = changes.filter { $0.source == .eventBridge }.sorted(by: isEarlier)
    let bridges = Dictionary(grouping: result.indices) { Key(ref: result[$0].ref, after: result[$0].after) }
    var paired: Set<Int> = []
    for change in changes.filter({ $0.source == .trigger }).sorted(by: isEarlier) {
      func distance(_ bridge: Int) -> UInt64 { (result[bridge].time - change.time).magnitude }
      let twin = (bridges[Key(ref: change.ref, after: change.after)] ?? [])
        .filter { !paired.contains($0) && distance($0) <= UInt64(window) }
        .min { distance($0) < distance($1) }
      if let twin { paired.insert(twin) } else { result.append(change) }
    }
    return result
  }

  // MARK: - By ref and new tip

  /// Both in order of time. Returns the events that are left.
  private mutating func join(_ changes: [StateChange], to candidates: [Int]) -> [StateChange] {
    var left: [StateChange] = []
    var start = 0
    var position = 0
    while start < changes.count {
      // Events whose windows touch are settled together.
      var end = start + 1
      while end < changes.count, changes[end].time - changes[end - 1].time <= 2 * Self.window { end += 1 }
      let cluster = changes[start..<end]
      let (first, last) = (cluster[start].time - Self.window, cluster[end - 1].time + Self.window)
      while position < candidates.count, updates[candidates[position]].time < first { position += 1 }
      var near: [Int] = []
      while position < candidates.count, updates[candidates[position]].time <= last {
        near.append(candidates[position])
        position += 1
      }
      left += settle(Array(cluster), near)
      start = end
    }
    return left
  }

  private mutating func settle(_ changes: [StateChange], _ candidates: [Int]) -> [StateChange] {
    if changes.count == candidates.count, zip(changes, candidates).allSatisfy({ isNear($1, $0) }) {
      takeAll(candidates, by: changes)
      return []
    }
    var pairs: [(change: Int, update: Int, rank: Rank, distance: UInt64)] = []
    for (index, change) in changes.enumerated() {
      for update in candidates where isNear(update, change) {
        pairs.append((index, update, rank(update, change), (updates[update].time - change.time).magnitude))
      }
    }
    pairs.sort { ($0.rank, $0.distance, $0.change, $0.update) < ($1.rank, $1.distance, $1.change, $1.update) }
    var taken: Set<Int> = []
    for pair in pairs where !taken.contains(pair.change) && !isTaken[pair.update] {
      taken.insert(pair.change)
      let hasRival = pairs.contains { other in
        other.rank <= max(pair.rank, .possible) && (other.change == pair.change) != (other.update == pair.update)
      }
      take(pair.update, changes[pair.change], isCertain: !hasRival)
    }
    return changes.indices.filter { !taken.contains($0) }.map { changes[$0] }
  }

  /// As many updates as events: each moved the ref. Where they may have done so in another order than their records or their
  /// events tell, what each found is told only if all found the same.
  private mutating func takeAll(_ candidates: [Int], by changes: [StateChange]) {
    var start = 0
    while start < candidates.count {
      var end = start + 1
      while end < candidates.count, mayBeSwapped(candidates, changes, end - 1, end) { end += 1 }
      let tellsBefore = changes[start..<end].allSatisfy { $0.before == changes[start].before }
      for place in start..<end {
        take(candidates[place], changes[place], isCertain: true, tellsBefore: tellsBefore)
      }
      start = end
    }
  }

  private func mayBeSwapped(_ candidates: [Int], _ changes: [StateChange], _ first: Int, _ second: Int) -> Bool {
    min(updates[candidates[second]].time - updates[candidates[first]].time, changes[second].time - changes[first].time)
      <= Ledger.orderSlack
  }

  private func isNear(_ update: Int, _ change: StateChange) -> Bool {
    (updates[update].time - change.time).magnitude <= UInt64(Self.window)
  }

  /// How well the log agrees with what an event says of the tip before an update.
  private enum Rank: Comparable {
    /// By the record's own word, or in the log's own order.
    case plain
    case untold
    /// Only in another order, or if something was refused.
    case possible
    case impossible
  }

  private func rank(_ update: Int, _ change: StateChange) -> Rank {
    let told = updates[update].told
    if change.before != .notTold, told != .notTold { return told == change.before ? .plain : .impossible }
    if change.before == .notTold || previous[update] == .notTold { return .untold }
    if previous[update] == change.before { return .plain }
    let moves = ofRefs[change.ref] ?? []
    return befores.allow(change.before, before: places[update], of: moves) ? .possible : .impossible
  }

  private mutating func take(
    _ update: Int, _ change: StateChange, isCertain: Bool, tellsBefore: Bool = true, isDeletion: Bool = false
  ) {
    isTaken[update] = true
    isSettled[update] = isCertain
    var told = change.before
    if !tellsBefore {
      told = .notTold
    } else if isDeletion {
      told = updates[update].after.map(ToldBefore.tip) ?? .notTold
    } else if updates[update].ref.isTag, case .tip = told, told != previous[update] {
      told = .notTold
    }
    joined.append(
      Joined(update: update, change: change, isCertain: isCertain, isDeletion: isDeletion, told: told))
  }

  // MARK: - In other words

  /// A deletion whose record names the old tip (DESIGN 2.4).
  ///
  /// Where the log does not show that the ref was there, the entry may be a push to that tip instead, unless another event
  /// without a record (`left`) tells how the ref came there.
  private mutating func joinOldTip(
    _ change: StateChange, _ byKey: [Key: [Int]], _ deletionsArePlain: Bool, _ left: [StateChange]
  ) -> Bool {
    guard !deletionsArePlain, change.after == nil, case .tip(let old) = change.before else { return false }
    // Of a tag, the event may name the commit where the log names the tag object.
    let named = change.ref.isTag ? ofRefs[change.ref] : byKey[Key(ref: change.ref, after: old)]
    let entries = (named ?? []).filter { index in
      updates[index].after != nil && updates[index].isGitPush && !isSettled[index]
        && distance(index, change) <= UInt64(Self.deletionWindow)
    }
    guard let nearest = entries.filter({ !isTaken[$0] }).min(by: { distance($0, change) < distance($1, change) }) else {
      // One that another event took may be this one's as well.
      return !entries.isEmpty
    }
    let wasThere =
      previous[nearest] == .notTold || previous[nearest] == updates[nearest].after.map(ToldBefore.tip)
      || left.contains { $0.ref == change.ref && $0.after == old && $0.time < change.time }
    take(nearest, change, isCertain: entries.count == 1 && wasThere, isDeletion: true)
    return true
  }

  /// Whether the record and the event name the tag object or the commit that it leads to is not known to be the same: an
  /// update of the same tag at that time is what the event tells of.
  private mutating func joinTag(_ change: StateChange) -> Bool {
    guard change.ref.isTag else { return false }
    let entries = (ofRefs[change.ref] ?? []).filter { index in
      !isTaken[index] && isNear(index, change)
        && (updates[index].after == nil) == (change.after == nil)
    }
    guard let nearest = entries.min(by: { distance($0, change) < distance($1, change) }) else { return false }
    take(nearest, change, isCertain: entries.count == 1)
    return true
  }

  private func distance(_ update: Int, _ change: StateChange) -> UInt64 {
    (updates[update].time - change.time).magnitude
  }
}
