internal import PushModel
internal import RefLedger

/// Which of CodeCommit's own events are of one repository: a bus or a bucket holds those of many.
struct RepositoryChanges {
  private let epoch: RepositorySelection.Epoch
  /// When the next repository of the same name begins, where there are several.
  private let end: Timestamp?
  private let isOnly: Bool
  private let names: Set<String>

  init(_ epoch: RepositorySelection.Epoch, isOnly: Bool, until end: Timestamp?, names: Set<String>) {
    self.epoch = epoch
    self.end = end
    self.isOnly = isOnly
    self.names = names
  }

  func among(_ changes: [StateChange]) -> [StateChange] { changes.filter(isMine) }

  /// By the id, where both tell it; else by the name that it had, in its account and region.
  private func isMine(_ change: StateChange) -> Bool {
    if let id = change.repository.id, let mine = epoch.identity.id { return id.lowercased() == mine.lowercased() }
    guard let name = change.repository.name, names.contains(name) else { return false }
    let places = [
      (change.repository.accountID, epoch.identity.accountID), (change.repository.region, epoch.identity.region),
    ]
    guard places.allSatisfy({ theirs, mine in mine.isEmpty || theirs == nil || theirs == mine }) else { return false }
    return isOnly || (change.time >= epoch.start && (end.map { change.time < $0 } ?? true))
  }
}
