internal import PushModel

/// `unlogged-pull`: a clone fetched, and no record tells.
///
/// Where nothing else that the clone did agrees with the trail its clock may be off: then all its fetches are one finding,
/// which says so.
struct UnloggedPullRule: FindingRule {
  func findings(in judgement: Judgement) -> [Finding] {
    let witnesses = judgement.witnesses
    var findings: [Finding] = []
    var doubtful: [Int: [CloneFetch]] = [:]
    for index in witnesses.unlogged {
      let fetch = witnesses.fetches[index].fetch
      guard judgement.isInScope(fetch.time) else { continue }
      if witnesses.undatedFiles.contains(index), !witnesses.isTimeDoubtful(fetch.clone) {
        findings.append(
          Finding(
            rule: .unloggedPull, severity: .note,
            message:
              "\(fetch.evidence) was written at \(fetch.time), when no pull of this repository is logged: the file was copied, or a record is missing; what it says is undated",
            commits: fetch.ids.sorted(), evidence: [fetch.evidence]))
      } else if !witnesses.confirmed.contains(fetch.clone) {
        doubtful[fetch.clone, default: []].append(fetch)
      } else {
        let verb = fetch.isClone ? "was cloned" : "fetched"
        findings.append(
          Finding(
            rule: .unloggedPull, severity: .note,
            message: "clone \(path(of: fetch, judgement)) \(verb) at \(fetch.time), and no record tells",
            commits: fetch.ids.sorted(), evidence: [fetch.evidence]))
      }
    }
    for (_, fetches) in doubtful.sorted(by: { $0.key < $1.key }) {
      guard let first = fetches.first else { continue }
      let times = fetches.count == 1 ? "at \(first.time)" : "\(fetches.count) times, first at \(first.time)"
      findings.append(
        Finding(
          rule: .unloggedPull, severity: .note,
          message:
            "by its own clock, clone \(path(of: first, judgement)) fetched \(times), when no pull of this repository is logged: the clock is off, a record is missing, or its URL led to another repository then; what it saw is undated",
          evidence: fetches.prefix(5).map(\.evidence)))
    }
    return findings
  }

  private func path(of fetch: CloneFetch, _ judgement: Judgement) -> String {
    judgement.evidence.clones[fetch.clone].path
  }
}
