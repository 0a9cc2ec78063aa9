internal import CloudTrailLog
internal import PushModel
internal import RefLedger
public import TrailIntegrity

extension Pushtrail {
  /// What digest files prove of a trail's log files, whosever they are; and which CodeCommit records lie in it beside what
  /// is proved. Reads no clone.
  public static func integrity(_ options: Options) throws(PushtrailError) -> IntegrityReport {
    var report: IntegrityReport
    do throws(IntegrityError) {
      report = try IntegrityVerifier(publicKeys: options.publicKeys, digestMetadata: options.digestMetadata)
        .verify(paths: options.trail)
    } catch {
      throw PushtrailError(error.message, hints: error.hints)
    }
    guard !report.provedLogs.isEmpty else { return report }
    let records = ProvedRecords(report, spans: nil, lag: options.deliveryLag, begins: nil)
    let reader = TrailReader(maximumFileSize: options.maximumFileSize, deliveryLag: options.deliveryLag)
    // A folder of digest files alone holds no record.
    let files = options.trail.filter { $0 != "-" }.flatMap { path in
      (try? reader.list([path]))?.files.map(\.name) ?? []
    }
    let beside = files.filter { report.provedLogs[$0] == nil }
    guard !beside.isEmpty else { return report }
    do throws(TrailError) {
      // Most trails have but the newest log files beside what is proved: the others need not be read for that.
      guard !records.unlisted(among: try reader.read(beside).events).isEmpty else { return report }
      let reading = try reader.read(files)
      let records = ProvedRecords(report, spans: reading.spans, lag: options.deliveryLag, begins: nil)
      let trail = EventSet(reading.events, isProved: records.isProved)
      let named = Set(report.problems.filter { $0.rule == .unlisted }.flatMap(\.files))
      let unlisted = records.unlisted(among: trail.events).filter { !named.contains($0.location.file) }
      report.problems += [Problem.unlisted(records: unlisted), .setAside(records: trail.setAside)].compactMap(\.self)
    } catch {
      report.unchecked.append(
        "what lies beside the log files that digest files list could not be read: \(error.message)")
    }
    return report
  }
}
