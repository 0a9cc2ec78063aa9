internal import GitStore
internal import PushModel
internal import RefLedger

/// Makes timeline items of the ledger's updates.
struct ItemMaker {
  let evidence: Evidence
  let history: History

  /// Who pushed, and from where.
  struct Actor: Hashable {
    var name: String
    var address: String
  }

  /// `actors`: a number for each.
  func callAsFunction(_ index: Int, told: ToldBefore, actors: inout [Actor: Int]) -> TimelineItem {
    let update = evidence.ledger.updates[index]
    let push = evidence.ledger.pushes[update.push]
    let event = push.event
    let who = Actor(
      name: event.principal.arn
        ?? [event.principal.type, event.principal.name, event.principal.accountID ?? ""].joined(separator: "\n"),
      address: event.sourceIPAddress)
    let actor = actors[who, default: actors.count]
    actors[who] = actor
    // CodeCommit's own event of the update tells what it did.
    let isWitnessed = evidence.ledger.witnesses[index] != nil
    let mayBeDeletion = !isWitnessed && update.isGitPush && update.after != nil && !evidence.hasPlainDeletions
    return TimelineItem(
      update: index, time: update.time, told: told, after: update.after,
      addsToBranch: update.change?.addsToBranch ?? false, isGitPush: update.isGitPush, mayBeDeletion: mayBeDeletion,
      mayBeFirstDeletion: mayBeDeletion && mayBeOldTip(update), advertised: push.firstAdvertised, actor: actor,
      isShown: isWitnessed)
  }

  /// Whether the entry's commit may have been the ref's tip before anything that the trail can see: one that was made
  /// since cannot.
  private func mayBeOldTip(_ update: Ledger.Update) -> Bool {
    guard let after = update.after, let made = history.committerTime(of: after) else { return true }
    guard let blind = evidence.coverage.lastBlindMoment(before: update.time) else { return true }
    return made <= blind
  }
}

/// What each update's own event says stood before it; for a squash or three-way merge, the first parent of its commit.
struct ToldBefores {
  let ledger: Ledger
  let history: History

  func befores() -> [ToldBefore] {
    ledger.updates.map { update in
      guard update.told == .notTold, let change = update.change, let after = change.after else { return update.told }
      switch change.call {
      case .mergeSquash, .mergeThreeWay:
        guard let node = history.node(of: after), history.graph.isPresent(node),
          let parent = history.graph.parents(node).first
        else { return .notTold }
        return .tip(history.graph.id(parent))
      default: return .notTold
      }
    }
  }
}

/// When pushes whose refs CloudTrail cut may have moved a ref.
struct Omissions {
  /// Of any ref, sorted.
  let all: [Timestamp]
  private let anyRef: [Timestamp]
  private var oneRef: [RefName: [Timestamp]] = [:]

  init(_ ledger: Ledger) {
    var anyRef: [Timestamp] = []
    var all: [Timestamp] = []
    for push in ledger.pushes {
      switch push.omitted {
      case nil: continue
      case .anyRef: anyRef.append(push.time)
      case .oneRef(let ref): oneRef[ref, default: []].append(push.time)
      }
      all.append(push.time)
    }
    self.all = all.sorted()
    self.anyRef = anyRef.sorted()
  }

  /// Sorted.
  func times(for ref: RefName) -> [Timestamp] {
    guard let own = oneRef[ref] else { return anyRef }
    return (anyRef + own).sorted()
  }
}

extension RefChange {
  /// Whether the call puts something on top of a branch, so that it cannot force.
  var addsToBranch: Bool {
    switch call {
    case .commit, .mergeFastForward, .mergeSquash, .mergeThreeWay: true
    case .createBranch, .deleteBranch, .deleteRepository: false
    }
  }

  var isMerge: Bool {
    switch call {
    case .mergeFastForward, .mergeSquash, .mergeThreeWay: true
    default: false
    }
  }

  /// Whether the call made the commit that it put there.
  var makesCommit: Bool {
    switch call {
    case .commit, .mergeSquash, .mergeThreeWay: true
    default: false
    }
  }
}
