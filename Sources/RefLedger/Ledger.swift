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

    init(
      push: Int, ref: RefName, refNumber: Int = 0, time: Timestamp, told: ToldBefore, after: ObjectID?,
      change: RefChange?
    ) {
      self.push = push
      self.ref = ref
      self.refNumber = refNumber
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
    let order = Self.order(of: events)
    var clients = Clients()
    var pushAdvertisements = Pairing()
    var pullAdvertisements = Pairing()
    var refsOfBatches = SharedNumbers { $0.refs.count }
    reserve(for: events)
    for key in order {
      let event = events[Int(key.index)]
      switch event.traffic {
      case .advertisement where !event.isRefused: pushAdvertisements.open(event, by: clients.number(of: event))
      case .advertisement: attempts.append(Attempt(event: event, references: []))
      case .push:
        let (firstAdvertised, advertisement) = pushAdvertisements.close(event, by: clients.number(of: event))
        guard !event.isRefused else {
          attempts.append(Attempt(event: event, references: event.references.map(\.ref.rawValue)))
          continue
        }
        append(event, advertisement, firstAdvertised: firstAdvertised, &refsOfBatches)
      case .pull where event.isRefused: continue
      case .pull where event.pull.dataTransferred:
        let (_, advertisement) = pullAdvertisements.close(event, by: clients.number(of: event))
        pulls.append(
          Pull(event: event, advertisement: advertisement, dataTransferred: true, shallow: event.pull.shallow))
      case .pull: pullAdvertisements.open(event, by: clients.number(of: event))
      case .other:
        appendOther(event) { pushAdvertisements.close(event, by: clients.number(of: event)).latest }
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

  /// Anything but git's plain traffic.
  private mutating func appendOther(_ event: TrailEvent, advertisement: () -> TrailEvent?) {
    switch event.kind {
    case .pushOmitted:
      let advertisement = advertisement()
      guard event.errorCode == nil else {
        attempts.append(Attempt(event: event, references: []))
        return
      }
      append(event, advertisement, [], omitted: .anyRef)
    case .refChange(let change):
      guard event.errorCode == nil else {
        attempts.append(Attempt(event: event, references: [change.ref.rawValue]))
        return
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
        return
      }
      append(event, nil, [], omitted: ref.map(Omission.oneRef) ?? .anyRef)
    case .archiveUploaded where event.errorCode == nil: archives.append(event)
    case .repositoryDeleted where event.errorCode == nil: appendEndOfAllRefs(event)
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
    var counts = (pushes: 0, updates: 0, pulls: 0)
    for event in events where !event.isRefused {
      switch event.traffic {
      case .push:
        counts.pushes += 1
        counts.updates += event.references.count
      case .pull: counts.pulls += 1
      case .other:
        counts.pushes += 1
        counts.updates += 1
      case .advertisement: break
      }
    }
    pushes.reserveCapacity(counts.pushes)
    updates.reserveCapacity(counts.updates)
    pulls.reserveCapacity(counts.pulls)
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
    _ event: TrailEvent, _ advertisement: TrailEvent?, firstAdvertised: Timestamp?,
    _ refsOfBatches: inout SharedNumbers
  ) {
    let first = updates.count
    let references = event.references
    for index in references.indices {
      let name = references.refNumber(at: index)
      let place = refsOfBatches.place(of: name, in: event.batch)
      let number = refsOfBatches[place].map(Int.init) ?? self.number(adding: event.batch.refs[name])
      refsOfBatches[place] = UInt32(number)
      let (told, after): (ToldBefore, ObjectID?) =
        switch references.target(at: index) {
        case .commit(let id): (.notTold, id)
        case .deletion(let oldTip?): (.tip(oldTip), nil)
        case .deletion: (.notTold, nil)
        }
      updates.append(
        Update(
          push: pushes.count, ref: refs[number], refNumber: number, time: event.time, told: told, after: after,
          change: nil))
    }
    pushes.append(
      Push(
        event: event, advertisement: advertisement, firstAdvertised: firstAdvertised, omitted: nil,
        updates: first..<updates.count, time: event.time))
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
    _ event: TrailEvent, _ advertisement: TrailEvent?, _ moved: [Update], omitted: Omission? = nil
  ) {
    let first = updates.count
    for var update in moved {
      update.push = pushes.count
      update.refNumber = number(adding: update.ref)
      updates.append(update)
    }
    pushes.append(
      Push(
        event: event, advertisement: advertisement, firstAdvertised: nil, omitted: omitted,
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

/// Numbers for who asks from where with what: principal, address, client and protocol.
private struct Clients {
  private struct Software: Hashable {
    var principal: Int
    var client: String
    var gitProtocol: String
  }

  private var ofOrigins = SharedNumbers { $0.origins.count }
  private var ofAddresses = SharedNumbers { $0.addresses.count }
  private var software: [Software: UInt32] = [:]
  private var addresses: [String: UInt32] = [:]
  /// Principals have long names, and there are few of them: numbers stand for them.
  private var names: [String: Int] = [:]
  private var principals: [ObjectIdentifier: Int] = [:]

  mutating func number(of event: TrailEvent) -> UInt64 {
    let place = ofOrigins.place(of: event.originNumber, in: event.batch)
    let origin = ofOrigins[place] ?? number(of: event.origin)
    ofOrigins[place] = origin
    let addressPlace = ofAddresses.place(of: event.addressNumber, in: event.batch)
    let address = ofAddresses[addressPlace] ?? Self.number(event.sourceIPAddress, &addresses)
    ofAddresses[addressPlace] = address
    return UInt64(origin) << 32 | UInt64(address)
  }

  private static func number<Value: Hashable>(_ value: Value, _ numbers: inout [Value: UInt32]) -> UInt32 {
    if let number = numbers[value] { return number }
    let number = UInt32(numbers.count)
    numbers[value] = number
    return number
  }

  private mutating func number(of origin: EventOrigin) -> UInt32 {
    Self.number(
      Software(
        principal: number(of: origin.principal), client: origin.userAgent, gitProtocol: origin.gitProtocol ?? ""),
      &software)
  }

  private mutating func number(of principal: Principal) -> Int {
    if let number = principals[principal.sharedBlock] { return number }
    let name = principal.arn ?? [principal.type, principal.name].joined(separator: "/")
    let number = names[name] ?? names.count
    names[name] = number
    principals[principal.sharedBlock] = number
    return number
  }
}

/// Joins advertisements to the data records that they announce: same principal, repository, address, client and
/// protocol, within five minutes, the latest not yet joined (DESIGN 2.3).
private struct Pairing {
  /// In order of time.
  private struct Queue {
    var events: [TrailEvent] = []
    /// Those before it are too old for whatever may still come.
    var start = 0
  }

  private var queues: [Queue] = []
  private var places: [UInt64: Int] = [:]

  mutating func open(_ advertisement: TrailEvent, by client: UInt64) {
    let place = places[client, default: queues.count]
    if place == queues.count {
      places[client] = place
      queues.append(Queue())
    }
    queues[place].events.append(advertisement)
  }

  /// The latest advertisement that belongs to the data record, and the time of the earliest that may.
  mutating func close(_ data: TrailEvent, by client: UInt64) -> (earliest: Timestamp?, latest: TrailEvent?) {
    guard let place = places[client] else { return (nil, nil) }
    var start = queues[place].start
    while start < queues[place].events.count, data.time - queues[place].events[start].time > Ledger.pairingWindow {
      start += 1
    }
    queues[place].start = start
    guard start < queues[place].events.count else { return (nil, nil) }
    return (queues[place].events[start].time, queues[place].events.removeLast())
  }

  var leftOver: [TrailEvent] { queues.flatMap(\.events) }
}

extension RefChange {
  fileprivate var isOfMerge: Bool {
    switch call {
    case .mergeFastForward, .mergeSquash, .mergeThreeWay: true
    case .createBranch, .deleteBranch, .commit, .deleteRepository: false
    }
  }
}
