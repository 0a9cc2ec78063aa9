internal import PushModel
internal import RefLedger
internal import TrailIntegrity

/// Tells the records that digest files prove from those that merely lie beside them (DESIGN 6).
struct ProvedRecords: Sendable {
  /// Log files that are as checked digest files list them, as the reading names them.
  private let files: Set<String>
  private let whole: [Stretch]
  private let newer: Set<String>
  private let isSigned: Bool

  /// Time of which every record is in a proved log file.
  private struct Stretch: Sendable {
    var accountID: String
    var region: String
    var start: Timestamp
    var end: Timestamp
    var keepsReads: Bool
  }

  /// - Parameters:
  ///   - spans: What the log files hold; a trail without any read-only record was told to keep none.
  ///   - files: Proved log files, where they are not named as in the report.
  ///   - lag: How late a record may be delivered: digest files speak of delivery.
  ///   - begins: Log files of earlier days were left unread.
  init(_ report: IntegrityReport, spans: [LogSpan]?, files: Set<String>? = nil, lag: Int64, begins: Timestamp?) {
    self.files = files ?? Set(report.provedLogs.keys)
    newer = report.newerLogs
    isSigned = report.hasPublicKeys
    whole = report.chains.flatMap { chain in
      chain.checked.compactMap { range in
        let start = max(range.lowerBound, begins ?? range.lowerBound)
        guard start <= range.upperBound - lag else { return nil }
        return Stretch(
          accountID: chain.accountID, region: chain.region, start: start, end: range.upperBound - lag,
          keepsReads: spans?.contains {
            $0.accountID == chain.accountID && $0.region == chain.region && $0.hasReadOnlyRecords
          } ?? true)
      }
    }
  }

  /// Whether an event lies in a proved log file.
  func isProved(_ event: TrailEvent) -> Bool { files.contains(event.batch.file) }

  /// The events that lie in no proved log file though every one of their time does.
  func unlisted(among events: [TrailEvent]) -> [TrailEvent] {
    guard !whole.isEmpty else { return [] }
    var result: [TrailEvent] = []
    // Events come file by file.
    var file: (batch: ObjectIdentifier, isProved: Bool)?
    for event in events {
      let batch = ObjectIdentifier(event.batch)
      if file?.batch != batch { file = (batch, isProved(event)) }
      if file?.isProved == false, isOfProvedTime(event) { result.append(event) }
    }
    return result
  }

  /// Whether an event that is unlisted counts for nothing: CloudTrail signed all that it delivered of that time, unless the
  /// record was late.
  func isVoid(_ event: TrailEvent) -> Bool { isSigned && !newer.contains(event.batch.file) }

  private func isOfProvedTime(_ event: TrailEvent) -> Bool {
    let place = event.repository
    return whole.contains { stretch in
      stretch.start <= event.time && event.time <= stretch.end && (stretch.keepsReads || event.readOnly != true)
        && (place.accountID.map { $0 == stretch.accountID } ?? true)
        && (place.region.map { $0 == stretch.region } ?? true)
    }
  }
}

extension Problem {
  /// Records that lie beside what is proved; `nil` where there are none.
  static func unlisted(records: [TrailEvent], areVoid: Bool = false) -> Problem? {
    about(
      records,
      records.count == 1
        ? "1 record is in no log file that digest files prove, though they prove every log file of its time\(areVoid ? ", and counts for nothing" : "")"
        : "\(records.count) records are in no log file that digest files prove, though they prove every log file of their time\(areVoid ? ", and count for nothing" : "")"
    )
  }

  static func setAside(records: [TrailEvent]) -> Problem? {
    about(
      records,
      records.count == 1
        ? "1 record that digest files do not prove says that it replaces one that they do: it replaces nothing"
        : "\(records.count) records that digest files do not prove say that they replace some that they do: they replace nothing"
    )
  }

  private static func about(_ records: [TrailEvent], _ what: String) -> Problem? {
    guard let first = records.first else { return nil }
    return Problem(
      rule: .unlisted, message: "\(what): \(first.action) of \(first.time) in \(first.location).",
      files: records.map(\.location.description), start: records.map(\.time).min(), end: records.map(\.time).max(),
      accountID: first.repository.accountID ?? "", region: first.repository.region ?? "")
  }
}
