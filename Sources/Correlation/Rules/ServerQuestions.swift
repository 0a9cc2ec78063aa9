internal import GitStore
internal import PushModel
internal import RefLedger

/// The commits to ask the server about, in as few calls as the service allows: tips that are in no clone, and parents that
/// its answers so far name and do not tell.
struct ServerQuestions {
  /// As many ids as one call of BatchGetCommits takes.
  static let batchSize = 100

  private var commands: [String] = []
  private var batchOfID: [ObjectID: Int] = [:]
  /// Parents that the server named and was not asked about.
  private(set) var absentParents: [ObjectID] = []

  init() {}

  init(_ judgement: Judgement) {
    let evidence = judgement.evidence
    let history = judgement.history
    if evidence.server.commits > 0 {
      absentParents = history.graph.parentsUnknownToServer.filter { !evidence.server.gone.contains($0) }.sorted()
    }
    var ids = Set(absentParents)
    for timeline in judgement.refs.lazy.map(\.timeline) where !timeline.isTag {
      for (item, update) in timeline.items.enumerated() {
        let outcome = judgement.outcomes[update.update]
        if outcome.reason == .tipAbsent || outcome.verdict == .unverifiable, !timeline.isDeletion(item),
          let after = update.after, !history.isKnown(after)
        {
          ids.insert(after)
        }
        if outcome.transition == .forced || outcome.transition == .deleted,
          judgement.removed[update.update] == nil,
          let before = Befores(timeline: timeline).report(item).tip, !history.isKnown(before)
        {
          ids.insert(before)
        }
      }
    }
    let asked = ids.subtracting(evidence.server.gone).sorted()
    batchOfID.reserveCapacity(asked.count)
    for (index, id) in asked.enumerated() { batchOfID[id] = index / Self.batchSize }
    for start in stride(from: 0, to: asked.count, by: Self.batchSize) {
      commands.append(Self.command(asked[start..<min(start + Self.batchSize, asked.count)], evidence))
    }
  }

  private static func command(_ ids: ArraySlice<ObjectID>, _ evidence: Evidence) -> String {
    // Named after what it asks, so that a later answer overwrites no earlier one.
    let file = "server-commits-\(ids.first.map { String($0.hex.prefix(8)) } ?? "").json"
    let name = evidence.server.repositoryName.flatMap { $0.isEmpty ? nil : $0 } ?? "REPOSITORY"
    let region = evidence.region.map { " " + ShellWord.option("--region", $0) } ?? ""
    return "aws codecommit batch-get-commits \(ShellWord.option("--repository-name", name))\(region) --output json"
      + " --commit-ids \(ids.map(\.hex).joined(separator: " ")) > \(file)  # then add: --server-commits \(file)"
  }

  /// How many findings carry the same call: each is some kilobytes long, and thousands of findings may share one.
  static let mostOfOneCall = 20

  /// Leaves each call to the first findings that it would settle.
  func thinOut(_ findings: inout [Finding]) {
    let calls = Set(commands)
    var counts: [String: Int] = [:]
    for index in findings.indices where !findings[index].settle.isEmpty {
      findings[index].settle.removeAll { command in
        guard calls.contains(command) else { return false }
        counts[command, default: 0] += 1
        return counts[command, default: 0] > Self.mostOfOneCall
      }
    }
  }

  /// The calls that ask about any of these.
  func calls(for ids: [ObjectID]) -> [String] {
    Set(ids.compactMap { batchOfID[$0] }).sorted().map { commands[$0] }
  }
}
