internal import AllCores
public import PushModel

/// All updates of one repository of one epoch, from its events (DESIGN 2).
public struct Ledger: Sendable {
  /// One logged event that moved refs.
  public struct Push: Sendable {
    public let event: TrailEvent
    /// The ref advertisement that preceded it over HTTP.
    public let advertisement: TrailEvent?
    /// A number for who pushed, and from where.
    public let actor: UInt32
    /// Seconds; the least number where there was none.
    private let advertised: Int64
    /// In memory of its own, for few are cut.
    private let omission: [Omission]
    private let first: UInt32
    private let count: UInt32

    public var time: Timestamp { event.time }
    /// When the earliest advertisement was logged that may be its own: what happened since may have raced it.
    public var firstAdvertised: Timestamp? { advertised == .min ? nil : Timestamp(seconds: advertised) }
    /// CloudTrail cut its list of references; `nil` refs mean that any ref may have moved.
    public var omitted: Omission? { omission.first }
    /// Indices into `updates`.
    public var updates: Range<Int> { Int(first)..<Int(first) + Int(count) }

    init(
      event: TrailEvent, advertisement: TrailEvent?, actor: UInt32, firstAdvertised: Timestamp?, omitted: Omission?,
      updates: Range<Int>
    ) {
      self.event = event
      self.advertisement = advertisement
      self.actor = actor
      advertised = firstAdvertised?.seconds ?? .min
      omission = omitted.map { [$0] } ?? []
      first = UInt32(updates.lowerBound)
      count = UInt32(updates.count)
    }
  }

  /// Which refs a cut record may have moved.
  public enum Omission: Hashable, Sendable {
    case anyRef
    case oneRef(RefName)
  }

  /// One ref moved by one push, as logged.
  public struct Update: Sendable {
    private var pushNumber: UInt32
    private var number: UInt32
    public var ref: RefName
    public var time: Timestamp
    /// `nil`: an unambiguous deletion.
    public var after: ObjectID?
    private var box: Box?

    /// Index into `Ledger.pushes`.
    public internal(set) var push: Int {
      get { Int(pushNumber) }
      set { pushNumber = UInt32(newValue) }
    }
    /// The ref's index in `Ledger.refs`.
    public internal(set) var refNumber: Int {
      get { Int(number) }
      set { number = UInt32(newValue) }
    }
    public var told: ToldBefore {
      get { box?.told ?? .notTold }
      set { box = Box(box?.change, newValue) }
    }
    /// The API call, for anything but a GitPush.
    public var change: RefChange? {
      get { box?.change }
      set { box = Box(newValue, told) }
    }
    public var isGitPush: Bool { box?.isOfCall != true }
    /// A GitPush of which nothing is told but what it left: as nearly all are.
    public var isPlain: Bool { box == nil }

    init(
      push: Int, ref: RefName, refNumber: Int = 0, time: Timestamp, told: ToldBefore, after: ObjectID?,
      change: RefChange?
    ) {
      pushNumber = UInt32(push)
      number = UInt32(refNumber)
      self.ref = ref
      self.time = time
      self.after = after
      if told != .notTold || change != nil { box = Box(change, told) }
    }

    /// One of a GitPush that says nothing of what was there before.
    init(push: Int, ref: RefName, refNumber: Int, time: Timestamp, after: ObjectID?) {
      pushNumber = UInt32(push)
      number = UInt32(refNumber)
      self.ref = ref
      self.time = time
      self.after = after
    }

    /// What few have. Never changed once made, so that it may be shared among threads.
    private final class Box: Sendable {
      let change: RefChange?
      let told: ToldBefore
      let isOfCall: Bool

      init(_ change: RefChange?, _ told: ToldBefore) {
        self.change = change
        self.told = told
        isOfCall = change != nil
      }
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
  /// How far the order of two updates may differ from that of their records, in seconds.
  public static let orderSlack: Int64 = 5
  /// How long before a push another may have raced it, so that the server refused it in silence, in seconds.
  public static let raceWindow: Int64 = 900

  /// - Parameters:
  ///   - stateChanges: CodeCommit's own events of this repository, beside the trail.
  ///   - deletionsArePlain: Whether the trail shows that deletions are not written as the old tip (DESIGN 2.4).
  public init(
    _ events: [TrailEvent], created: Timestamp?, stateChanges: [StateChange] = [], deletionsArePlain: Bool = true
  ) {
    self.created = created
    let order = Self.order(of: events)
    // Who pulls changes nothing of what was pushed.
    (pulls, _) = AllCores.both {
      Self.pulls(of: events, order)
    } and: {
      appendMoves(of: events, order)
    }
    updatesByRef = UpdatesByRef(updates, refs: refs.count)
    if !stateChanges.isEmpty { join(stateChanges, deletionsArePlain) }
  }

  /// Everything but pulls.
  private mutating func appendMoves(of events: [TrailEvent], _ order: [EventOrder.Key]) {
    var clients = Clients()
    var pushAdvertisements = Pairing()
    var refsOfBatches = SharedNumbers { $0.refs.count }
    reserve(for: events)
    let all = events.span
    for key in order where all[Int(key.index)].traffic != .pull {
      let event = events[Int(key.index)]
      switch event.traffic {
      case .advertisement where !event.isRefused: pushAdvertisements.open(event, by: clients.number(of: event))
      case .advertisement: attempts.append(Attempt(event: event, references: []))
      case .push:
        let client = clients.number(of: event)
        let (firstAdvertised, advertisement) = pushAdvertisements.close(event, by: client)
        guard !event.isRefused else {
          attempts.append(Attempt(event: event, references: event.references.map(\.ref.rawValue)))
          continue
        }
        append(
          event, advertisement, by: clients.actors[client], firstAdvertised: firstAdvertised, &refsOfBatches)
      case .pull: continue
      case .other:
        let client = clients.number(of: event)
        appendOther(event, by: clients.actors[client]) { pushAdvertisements.close(event, by: client).latest }
      }
    }
    attempts += pushAdvertisements.leftOver.map { Attempt(event: $0, references: []) }
    attempts.sort { Self.precedes($0.event, $1.event) }
  }

  private static func pulls(of events: [TrailEvent], _ order: [EventOrder.Key]) -> [Pull] {
    var clients = Clients()
    var advertisements = Pairing()
    var pulls: [Pull] = []
    let all = events.span
    pulls.reserveCapacity(all.indices.reduce(0) { $0 + (all[$1].traffic == .pull ? 1 : 0) })
    for key in order where all[Int(key.index)].traffic == .pull && !all[Int(key.index)].isRefused {
      let event = events[Int(key.index)]
      if event.pull.dataTransferred {
        let (_, advertisement) = advertisements.close(event, by: clients.number(of: event))
        pulls.append(
          Pull(event: event, advertisement: advertisement, dataTransferred: true, shallow: event.pull.shallow))
      } else {
        advertisements.open(event, by: clients.number(of: event))
      }
    }
    pulls += advertisements.leftOver.map {
      Pull(event: $0, advertisement: nil, dataTransferred: false, shallow: nil)
    }
    pulls.sort { precedes($0.event, $1.event) }
    return pulls
  }

  /// Anything but git's plain traffic.
  private mutating func appendOther(_ event: TrailEvent, by actor: UInt32, advertisement: () -> TrailEvent?) {
    switch event.kind {
    case .pushOmitted:
      let advertisement = advertisement()
      guard event.errorCode == nil else {
        attempts.append(Attempt(event: event, references: []))
        return
      }
      append(event, advertisement, by: actor, [], omitted: .anyRef)
    case .refChange(let change):
      guard event.errorCode == nil else {
        attempts.append(Attempt(event: event, references: [change.ref.rawValue]))
        return
      }
      append(
        event, nil, by: actor,
        [
          Update(
            push: 0, ref: change.ref, time: event.time, told: change.before, after: change.after, change: change)
        ])
    case .refChangeOmitted(let ref):
      guard event.errorCode == nil else {
        attempts.append(Attempt(event: event, references: ref.map { [$0.rawValue] } ?? []))
        return
      }
      append(event, nil, by: actor, [], omitted: ref.map(Omission.oneRef) ?? .anyRef)
    case .archiveUploaded where event.errorCode == nil: archives.append(event)
    case .repositoryDeleted where event.errorCode == nil: appendEndOfAllRefs(event, by: actor)
    case .tipsTold(let tips) where event.errorCode == nil && event.action == "CreatePullRequest":
      told += tips.map { (event, $0) }
    case .repositoryCreated(let branch?) where event.errorCode == nil: addDefault(branch)
    case .defaultBranchChanged(let branch) where event.errorCode == nil: addDefault(branch)
    default: break
    }
  }

  /// The ref's index in `refs`; `nil` where no update moved it.
  public func number(of ref: RefName) -> Int? { refNumbers[ref] }

  /// The indices of the updates of a ref, by its number, in order.
  public func updates(ofRef number: Int) -> ArraySlice<Int> { updatesByRef[number] }

  /// Room for what they will make, for growing an array of so many moves all of it.
  private mutating func reserve(for events: [TrailEvent]) {
    var counts = (pushes: 0, updates: 0)
    let all = events.span
    for index in all.indices where !all[index].isRefused {
      switch all[index].traffic {
      case .push:
        counts.pushes += 1
        counts.updates += all[index].referenceCount
      case .other:
        counts.pushes += 1
        counts.updates += 1
      case .advertisement, .pull: break
      }
    }
    pushes.reserveCapacity(counts.pushes)
    updates.reserveCapacity(counts.updates)
  }

  private static func precedes(_ left: TrailEvent, _ right: TrailEvent) -> Bool {
    left.time != right.time ? left.time < right.time : left.hasSmallerID(than: right)
  }

  /// By time, then rank, then id.
  private static func order(of events: [TrailEvent]) -> [EventOrder.Key] {
    var keys = events.indices.map { EventOrder.Key(time: events[$0].time, index: UInt32($0)) }
    EventOrder.sort(&keys, of: events, rank: rank)
    return keys
  }

  /// Of one second, an advertisement comes before the data that it announces.
  private static func rank(_ event: TrailEvent) -> Int {
    switch event.traffic {
    case .advertisement: 0
    case .pull: event.pull.dataTransferred ? 1 : 0
    case .push, .other: 1
    }
  }

  /// A push, whose refs the batch knows by numbers of its own.
  private mutating func append(
    _ event: TrailEvent, _ advertisement: TrailEvent?, by actor: UInt32, firstAdvertised: Timestamp?,
    _ refsOfBatches: inout SharedNumbers
  ) {
    let first = updates.count
    let references = event.references
    for index in references.indices {
      let name = references.refNumber(at: index)
      let place = refsOfBatches.place(of: name, in: event.batch)
      let number = refsOfBatches[place].map(Int.init) ?? self.number(adding: event.batch.refs[name])
      refsOfBatches[place] = UInt32(number)
      let target = references.target(at: index)
      let after: ObjectID? = if case .commit(let id) = target { id } else { nil }
      updates.append(
        Update(push: pushes.count, ref: refs[number], refNumber: number, time: event.time, after: after))
      if case .deletion(let oldTip?) = target { updates[updates.count - 1].told = .tip(oldTip) }
    }
    pushes.append(
      Push(
        event: event, advertisement: advertisement, actor: actor, firstAdvertised: firstAdvertised, omitted: nil,
        updates: first..<updates.count))
  }

  private mutating func number(adding ref: RefName) -> Int {
    let number = refNumbers[ref, default: refs.count]
    if number == refs.count {
      refNumbers[ref] = number
      refs.append(ref)
    }
    return number
  }

  private mutating func append(
    _ event: TrailEvent, _ advertisement: TrailEvent?, by actor: UInt32, _ moved: [Update], omitted: Omission? = nil
  ) {
    let first = updates.count
    for var update in moved {
      update.push = pushes.count
      update.refNumber = number(adding: update.ref)
      updates.append(update)
    }
    pushes.append(
      Push(
        event: event, advertisement: advertisement, actor: actor, firstAdvertised: nil, omitted: omitted,
        updates: first..<updates.count))
  }

  /// A repository that is deleted takes every ref along that the ledger knows of.
  private mutating func appendEndOfAllRefs(_ event: TrailEvent, by actor: UInt32) {
    append(
      event, nil, by: actor,
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

extension RefChange {
  fileprivate var isOfMerge: Bool {
    switch call {
    case .mergeFastForward, .mergeSquash, .mergeThreeWay: true
    case .createBranch, .deleteBranch, .commit, .deleteRepository: false
    }
  }
}
