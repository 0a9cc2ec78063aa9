internal import GitStore
internal import PushModel
internal import RefLedger

/// Makes timeline items of the ledger's updates.
struct ItemMaker {
  private let ledger: Ledger
  private let coverage: Coverage
  let history: History
  private let hasPlainDeletions: Bool

  init(evidence: Evidence, history: History) {
    ledger = evidence.ledger
    coverage = evidence.coverage
    hasPlainDeletions = evidence.hasPlainDeletions
    self.history = history
  }

  func callAsFunction(_ index: Int, told: ToldBefore) -> TimelineItem {
    let push = ledger.updates[index].push
    let after = ledger.updates[index].after
    let isGitPush = ledger.updates[index].isGitPush
    // CodeCommit's own event of the update tells what it did.
    let isWitnessed = !ledger.witnesses.isEmpty && ledger.witnesses[index] != nil
    let mayBeDeletion = !isWitnessed && isGitPush && after != nil && !hasPlainDeletions
    let change = isGitPush ? nil : ledger.updates[index].change
    return TimelineItem(
      update: index, time: ledger.pushes[push].time, told: told, after: after,
      addsToBranch: change?.addsToBranch ?? false, makesTip: change?.makesCommit ?? false, isGitPush: isGitPush,
      mayBeDeletion: mayBeDeletion,
      mayBeFirstDeletion: mayBeDeletion && mayBeOldTip(after, before: ledger.pushes[push].time),
      advertised: ledger.pushes[push].firstAdvertised, actor: ledger.pushes[push].actor,
      isShown: isWitnessed)
  }

  /// Whether the entry's commit may have been the ref's tip before anything that the trail can see: one that was made
  /// since cannot.
  private func mayBeOldTip(_ after: ObjectID?, before time: Timestamp) -> Bool {
    guard let after, let made = history.committerTime(of: after) else { return true }
    guard let blind = coverage.lastBlindMoment(before: time) else { return true }
    return made <= blind
  }
}

/// What each update's own event says stood before it; for a squash or three-way merge, the first parent of its commit.
struct ToldBefores {
  let ledger: Ledger
  let history: History

  func befores() -> [ToldBefore] {
    ledger.updates.indices.map { index in
      let told = ledger.updates[index].told
      guard told == .notTold, !ledger.updates[index].isGitPush, let change = ledger.updates[index].change,
        let after = change.after
      else { return told }
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
