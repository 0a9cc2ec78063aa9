internal import PushModel
internal import RefLedger

/// The logged reads that transferred data, in order of time.
struct Reads {
  struct Read {
    var event: TrailEvent
    /// When the server's refs were told at the earliest.
    var start: Timestamp
    /// Index into the ledger's pulls; `nil` for an archive.
    var pull: Int?
  }

  private let all: [Read]
  private let isExcluded: (Principal) -> Bool

  init(_ ledger: Ledger, excluding excluded: Set<String>) {
    var reads = ledger.pulls.enumerated().filter(\.element.dataTransferred).map { index, pull in
      Read(
        event: pull.event, start: pull.advertisement?.time ?? pull.event.time - Ledger.pairingWindow, pull: index)
    }
    reads += ledger.archives.map { Read(event: $0, start: $0.time, pull: nil) }
    all = reads.sorted { ($0.event.time, $0.event.eventID) < ($1.event.time, $1.event.eventID) }
    isExcluded = { principal in
      [principal.name, principal.session, principal.role, principal.arn, principal.sourceIdentity]
        .contains { $0.map(excluded.contains) ?? false }
    }
  }

  var isEmpty: Bool { all.isEmpty }

  /// Reads that may have seen what a ref had from `start` to `end`: whole seconds tie, and a push may take effect a few
  /// seconds before or after its record.
  func during(_ start: Timestamp?, _ end: Timestamp?) -> (shown: [Read], excluded: Int) {
    let slack = TimelineItem.orderSlack
    let first = start.map { start in all.partitioningIndex { $0.event.time >= start - slack } } ?? 0
    let found = all[first...].prefix { read in
      // A transfer may have begun before the end and been logged after it.
      end.map { read.event.time <= $0 + slack + Ledger.pairingWindow } ?? true
    }.filter { read in end.map { read.start <= $0 + slack } ?? true }
    let shown = found.filter { !isExcluded($0.event.principal) }
    return (shown, found.count - shown.count)
  }
}
