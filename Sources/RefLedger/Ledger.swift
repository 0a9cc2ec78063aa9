public import PushModel

/// All updates of one repository of one epoch, from its events (DESIGN 2).
public struct Ledger: Sendable {
  /// One logged event that moved refs.
  public struct Push: Sendable {
    public var event: TrailEvent
    /// The ref advertisement that preceded it over HTTP.
    public var advertisement: TrailEvent?
    /// When the earliest advertisement was logged that may be its own: what happened since may have raced it.
    public var firstAdvertised: Timestamp?
    /// CloudTrail cut its list of references; `nil` refs mean that any ref may have moved.
    public var omitted: Omission?
    /// Indices into `updates`.
    public var updates: Range<Int>
    public let time: Timestamp
  }

  /// Which refs a cut record may have moved.
  public enum Omission: Hashable, Sendable {
    case anyRef
    case oneRef(RefName)
  }

  /// One ref moved by one push, as logged.
  public struct Update: Sendable {
    public var push: Int
    public var ref: RefName
    /// The ref's index in `Ledger.refs`.
    public internal(set) var refNumber = 0
    public var time: Timestamp
    public var told: ToldBefore
    /// `nil`: an unambiguous deletion.
    public var after: ObjectID?
    /// The API call, for anything but a GitPush.
    public var change: RefChange? {
      get { box?.change }
      set { box = newValue.map(ChangeBox.init) }
    }
    /// In memory of its own, lest every push has room for one.
    private var box: ChangeBox?

    public var isGitPush: Bool { box == nil }

    init(push: Int, ref: RefName, time: Timestamp, told: ToldBefore, after: ObjectID?, change: RefChange?) {
      self.push = push
      self.ref = ref
      self.time = time
      self.told = told
      self.after = after
      box = change.map(ChangeBox.init)
    }

    /// Never changed once made, so that it may be shared among threads.
    private final class ChangeBox: Sendable {
      let change: RefChange

      init(_ change: RefChange) { self.change = change }
    }
  }

  /// A logged push that moved nothing: refused, or one that ended with its advertisement.
  public struct Attempt: Sendable {
    public var event: TrailEvent
    public var references: [String]
  }

  public struct Pull: Sendable {
    public var event: TrailEvent
    public var advertisement: TrailEvent?
    public var dataTransferred: Bool
    public var shallow: Bool?
  }

  /// In order of time, then event id.
  public private(set) var pushes: [Push] = []
  public private(set) var updates: [Update] = []
  /// Every ref that an update moved, once, in the order of their first updates.
  public private(set) var refs: [RefName] = []
  private var refNumbers: [RefName: Int] = [:]
  private var updatesByRef = UpdatesByRef()
  public private(set) var attempts: [Attempt] = []
  public private(set) var pulls: [Pull] = []
  /// Archives of commits that CodePipeline read.
  public private(set) var archives: [TrailEvent] = []
  /// What pull requests said stood on their refs when they were created.
  public private(set) var told: [(event: TrailEvent, tip: ToldTip)] = []
  /// Branches that were the default at some time.
  public private(set) var defaultBranches: [RefName] = []
  public let created: Timestamp?
  /// CodeCommit's own events that tell of an update, by its index: it took effect.
  public private(set) var witnesses: [Int: StateChange] = [:]
  /// CodeCommit's own events that no record tells of.
  public private(set) var unjoined: [UnjoinedChange] = []

  /// CodeCommit's own event without a record of its own.
  public struct UnjoinedChange: Sendable {
    public var change: StateChange
    /// Whether a record whose refs CloudTrail cut, or the repository's end, may be its record.
    public var isExplained: Bool
  }

  /// How far CodeCommit's own event and its record may lie apart, in seconds.
  public static let stateChangeWindow = StateChangeJoin.window

  /// How long after its advertisement a push or a pull may be logged, in seconds.
  public static let pairingWindow: Int64 = 300

  /// - Parameters:
  ///   - stateChanges: CodeCommit's own events of this repository, beside the trail.
  ///   - deletionsArePlain: Whether the trail shows that deletions are not written as the old tip (DESIGN 2.4).
  public init(
    _ events: [TrailEvent], created: Timestamp?, stateChanges: [StateChange] = [], deletionsArePlain: Bool = true
  ) {
    self.created = created
    let ordered = Self.ordered(events)
    var pushAdvertisements = Pairing()
    var pullAdvertisements = Pairing()
    reserve(for: ordered)
    for event in ordered {
      switch event.kind {
      case .pushAdvertisement where event.errorCode == nil: pushAdvertisements.open(event)
      case .pushAdvertisement: attempts.append(Attempt(event: event, references: []))
      case .push(let references):
        let (firstAdvertised, advertisement) = pushAdvertisements.closeWithEarliest(event)
        guard event.errorCode == nil else {
          attempts.append(Attempt(event: event, references: references.map(\.ref.rawValue)))
          continue
        }
        append(
          event, advertisement, references.lazy.map { Self.update($0, at: event.time) },
          firstAdvertised: firstAdvertised)
      case .pushOmitted:
        let advertisement = pushAdvertisements.close(event)
        guard event.errorCode == nil else {
          attempts.append(Attempt(event: event, references: []))
          continue
        }
        append(event, advertisement, [], omitted: .anyRef)
      case .refChange(let change):
        guard event.errorCode == nil else {
          attempts.append(Attempt(event: event, references: [change.ref.rawValue]))
          continue
        }
        append(
          event, nil,
          [
            Update(
              push: 0, ref: change.ref, time: event.time, told: change.before, after: change.after, change: change)
          ])
      case .refChangeOmitted(let ref):
        guard event.errorCode == nil else {
          attempts.append(Attempt(event: event, references: ref.map { [$0.rawValue] } ?? []))
          continue
        }
        append(event, nil, [], omitted: ref.map(Omission.oneRef) ?? .anyRef)
      case .pull(let dataTransferred, let shallow):
        guard event.errorCode == nil else { continue }
        if dataTransferred {
          pulls.append(
            Pull(
              event: event, advertisement: pullAdvertisements.close(event), dataTransferred: true, shallow: shallow))
        } else {
          pullAdvertisements.open(event)
        }
      case .archiveUploaded where event.errorCode == nil: archives.append(event)
      case .repositoryDeleted where event.errorCode == nil: appendEndOfAllRefs(event)
      case .tipsTold(let tips) where event.errorCode == nil && event.action == "CreatePullRequest":
        told += tips.map { (event, $0) }
      case .repositoryCreated(let branch?) where event.errorCode == nil: addDefault(branch)
      case .defaultBranchChanged(let branch) where event.errorCode == nil: addDefault(branch)
      default: break
      }
    }
    attempts += pushAdvertisements.leftOver.map { Attempt(event: $0, references: []) }
    attempts.sort { Self.precedes($0.event, $1.event) }
    pulls += pullAdvertisements.leftOver.map {
      Pull(event: $0, advertisement: nil, dataTransferred: false, shallow: nil)
    }
    pulls.sort { Self.precedes($0.event, $1.event) }
    updatesByRef = UpdatesByRef(updates, refs: refs.count)
    if !stateChanges.isEmpty { join(stateChanges, deletionsArePlain) }
  }

  /// The ref's index in `refs`; `nil` where no update moved it.
  public func number(of ref: RefName) -> Int? { refNumbers[ref] }

  /// The indices of the updates of a ref, by its number, in order.
  public func updates(ofRef number: Int) -> ArraySlice<Int> { updatesByRef[number] }

  /// Room for what they will make, for growing an array of so many moves all of it.
  private mutating func reserve(for events: [TrailEvent]) {
    var counts = (pushes: 0, updates: 0, pulls: 0)
    for event in events where event.errorCode == nil {
      switch event.kind {
      case .push(let references):
        counts.pushes += 1
        counts.updates += references.count
      case .refChange:
        counts.pushes += 1
        counts.updates += 1
      case .pull: counts.pulls += 1
      default: break
      }
    }
    pushes.reserveCapacity(counts.pushes)
    updates.reserveCapacity(counts.updates)
    pulls.reserveCapacity(counts.pulls)
  }

  /// By time, then id; ids are only looked at where times tie.
  private static func precedes(_ left: TrailEvent, _ right: TrailEvent) -> Bool {
    left.time != right.time ? left.time < right.time : left.eventID < right.eventID
  }

  /// By time, then rank, then id; numbers are sorted, and ids only looked at where those tie.
  private static func ordered(_ events: [TrailEvent]) -> [TrailEvent] {
    var keys = events.enumerated().map { (time: $1.time, rank: rank($1), index: $0) }
    keys.sort { left, right in
      if left.time != right.time { return left.time < right.time }
      if left.rank != right.rank { return left.rank < right.rank }
      return events[left.index].eventID < events[right.index].eventID
    }
    return keys.map { events[$0.index] }
  }

  /// Of one second, an advertisement comes before the data that it announces.
  private static func rank(_ event: TrailEvent) -> Int {
    switch event.kind {
    case .pushAdvertisement, .pull(dataTransferred: false, _): 0
    default: 1
    }
  }

  private static func update(_ entry: ReferenceEntry, at time: Timestamp) -> Update {
    switch entry.target {
    case .commit(let id): Update(push: 0, ref: entry.ref, time: time, told: .notTold, after: id, change: nil)
    case .deletion(let oldTip):
      Update(
        push: 0, ref: entry.ref, time: time, told: oldTip.map(ToldBefore.tip) ?? .notTold, after: nil, change: nil)
    }
  }

  private mutating func append(
    _ event: TrailEvent, _ advertisement: TrailEvent?, _ moved: some Sequence<Update>, omitted: Omission? = nil,
    firstAdvertised: Timestamp? = nil
  ) {
    let first = updates.count
    for var update in moved {
      update.push = pushes.count
      update.refNumber = refNumbers[update.ref, default: refs.count]
      if update.refNumber == refs.count {
        refNumbers[update.ref] = refs.count
        refs.append(update.ref)
      }
      updates.append(update)
    }
    pushes.append(
      Push(
        event: event, advertisement: advertisement, firstAdvertised: firstAdvertised, omitted: omitted,
        updates: first..<updates.count, time: event.time))
  }

  /// A repository that is deleted takes every ref along that the ledger knows of.
  private mutating func appendEndOfAllRefs(_ event: TrailEvent) {
    append(
      event, nil,
      refs.sorted().map { ref in
        Update(
          push: 0, ref: ref, time: event.time, told: .notTold, after: nil,
          change: RefChange(ref: ref, after: nil, call: .deleteRepository))
      })
  }

  /// Adds what CodeCommit's own events say of the updates, and keeps those that say more.
  private mutating func join(_ changes: [StateChange], _ deletionsArePlain: Bool) {
    let join = StateChangeJoin(updates, changes: changes, deletionsArePlain: deletionsArePlain)
    for joined in join.joined where joined.isCertain {
      let index = joined.update
      witnesses[index] = joined.change
      if joined.isDeletion { updates[index].after = nil }
      if updates[index].change?.isOfMerge == true, updates[index].change?.mergeSource == nil {
        updates[index].change?.mergeSource = joined.change.mergeSource
      }
      if updates[index].told == .notTold { updates[index].told = joined.told }
    }
    unjoined = join.unjoined.map { UnjoinedChange(change: $0, isExplained: mayHoldRecord(of: $0)) }
  }

  private func mayHoldRecord(of change: StateChange) -> Bool {
    pushes.contains { push in
      guard (push.time - change.time).magnitude <= UInt64(StateChangeJoin.window) else { return false }
      if case .repositoryDeleted = push.event.kind { return change.after == nil }
      switch push.omitted {
      case nil: return false
      case .anyRef: return true
      case .oneRef(let ref): return ref == change.ref
      }
    }
  }

  private mutating func addDefault(_ branch: String) {
    let ref = branch.hasPrefix("refs/") ? RefName(branch) : .branch(branch)
    if !defaultBranches.contains(ref) { defaultBranches.append(ref) }
  }
}

/// Joins advertisements to the data records that they announce: same principal, repository, address, client and
/// protocol, within five minutes, the latest not yet joined (DESIGN 2.3).
private struct Pairing {
  private struct Key: Hashable {
    var principal: Int
    var address: String
    var client: String
    var gitProtocol: String
  }

  /// In order of time.
  private struct Queue {
    var events: [TrailEvent] = []
    /// Those before it are too old for whatever may still come.
    var start = 0
  }

  private var waiting: [Key: Queue] = [:]
  /// Principals have long names, and there are few of them: numbers stand for them.
  private var numbers: [String: Int] = [:]
  private var known: [ObjectIdentifier: Int] = [:]
  /// Keeps what `known` tells by, so that nothing else takes its place.
  private var principals: [Principal] = []

  private mutating func key(_ event: TrailEvent) -> Key {
    Key(
      principal: number(event.principal), address: event.sourceIPAddress, client: event.userAgent,
      gitProtocol: event.gitProtocol ?? "")
  }

  private mutating func number(_ principal: Principal) -> Int {
    if let number = known[principal.sharedBlock] { return number }
    let name = principal.arn ?? [principal.type, principal.name].joined(separator: "/")
    let number: Int
    if let known = numbers[name] {
      number = known
    } else {
      number = numbers.count
      numbers[name] = number
    }
    known[principal.sharedBlock] = number
    principals.append(principal)
    return number
  }

  mutating func open(_ advertisement: TrailEvent) {
    waiting[key(advertisement), default: Queue()].events.append(advertisement)
  }

  mutating func close(_ data: TrailEvent) -> TrailEvent? { closeWithEarliest(data).latest }

  /// The same, with the time of the earliest advertisement that may belong to the data record.
  mutating func closeWithEarliest(_ data: TrailEvent) -> (earliest: Timestamp?, latest: TrailEvent?) {
    guard let place = waiting.index(forKey: key(data)) else { return (nil, nil) }
    var start = waiting.values[place].start
    while start < waiting.values[place].events.count,
      data.time - waiting.values[place].events[start].time > Ledger.pairingWindow
    {
      start += 1
    }
    waiting.values[place].start = start
    guard start < waiting.values[place].events.count else { return (nil, nil) }
    return (waiting.values[place].events[start].time, waiting.values[place].events.removeLast())
  }

  var leftOver: [TrailEvent] { waiting.values.flatMap(\.events) }
}

extension RefChange {
  fileprivate var isOfMerge: Bool {
    switch call {
    case .mergeFastForward, .mergeSquash, .mergeThreeWay: true
    case .createBranch, .deleteBranch, .commit, .deleteRepository: false
    }
  }
}
