internal import Correlation
internal import PushModel

extension Rule {
  /// What to do, where no command would settle it.
  var advice: String {
    switch self {
    case .commitsMissing:
      "ask the server for the commit by its id before anything is cleaned up; recover it from a clone"
    case .unloggedUpdate, .unloggedPush:
      "find the missing record: look for log files that were not copied, and ask who moved the ref then"
    case .trailTampered: "compare the file with a copy kept elsewhere, and find out who could write to the bucket"
    case .trailFileAbsent: "copy the file from the bucket again; if it is not there, find out who deleted it"
    case .trailConflict: "fetch the log file from the bucket again and see which copy is the true one"
    case .forcePush: "ask whether it was meant; git branch NAME ID keeps what was replaced"
    case .refDeleted: "ask whether it was meant; git branch NAME ID keeps what was removed"
    case .tagMoved: "ask who moved it; whoever built from the tag may have another commit"
    case .deniedPush: "nothing, if the refusal was meant"
    case .rootPush: "push as a user or role; keep the root user for what nothing else can do"
    case .longLivedKey: "push with temporary credentials"
    case .noMFA: "require MFA for this principal"
    case .principalNotAllowed: "ask who pushed why, and see who else may push there"
    case .authorNotPusher: "nothing, if this principal pushes for others"
    case .unattributedCommits: "find the push that brought them: look for log files that were not copied"
    case .unloggedPull: "look for log files that were not copied"
    case .exposure: "treat what was removed as read by those named"
    case .evidenceIncomplete: "give a clone that has the history, fetched after the trail's last push"
    case .referencesOmitted: "give the output of git ls-remote with --refs-seen"
    case .trailGap: "copy the missing days of the trail, or vouch for them with --coverage"
    case .trailBehind: "run again when the trail has caught up"
    case .trailUnlisted: "find out which trail wrote the file, and whether it belongs here"
    }
  }

  /// One line for all findings of the rule on one ref.
  func phrase(findings: Int, commits: Int, isUpperBound: Bool) -> String {
    let number = "\(isUpperBound ? "up to " : "")\(Wording.count(commits, "commit"))"
    // Where the old tip is in no clone, nobody knows how many they were.
    let replaced = commits > 0 ? ", \(number) replaced" : ""
    let removed = commits > 0 ? ", \(number) removed" : ""
    switch self {
    case .commitsMissing: return Wording.count(findings, "missing push", "missing pushes")
    case .unloggedUpdate: return Wording.count(findings, "update that no record tells", "updates that no record tells")
    case .unloggedPush: return Wording.count(findings, "push that no record tells", "pushes that no record tells")
    case .forcePush: return Wording.count(findings, "force push", "force pushes") + replaced
    case .refDeleted: return Wording.count(findings, "deletion") + removed
    case .tagMoved: return Wording.count(findings, "move")
    case .deniedPush: return Wording.count(findings, "refused push", "refused pushes")
    case .rootPush: return Wording.count(findings, "push", "pushes") + " by the root user"
    case .longLivedKey: return Wording.count(findings, "push", "pushes") + " with a long-lived key"
    case .noMFA: return Wording.count(findings, "push", "pushes") + " without MFA"
    case .principalNotAllowed: return Wording.count(findings, "push", "pushes") + " by somebody who may not"
    case .authorNotPusher: return Wording.count(findings, "push", "pushes") + " of commits by others"
    case .unattributedCommits: return "\(commits > 0 ? number : "commits") that no logged push brought"
    case .unloggedPull: return Wording.count(findings, "fetch that no record tells", "fetches that no record tells")
    case .exposure:
      return Wording.count(findings, "removed tip that others may have", "removed tips that others may have")
    case .evidenceIncomplete:
      return Wording.count(findings, "update that could not be checked", "updates that could not be checked")
    case .referencesOmitted:
      return Wording.count(findings, "record without its references", "records without their references")
    case .trailGap: return Wording.count(findings, "gap in the trail", "gaps in the trail")
    case .trailBehind: return Wording.count(findings, "update later than the trail", "updates later than the trail")
    case .trailTampered, .trailFileAbsent, .trailConflict, .trailUnlisted: return Wording.count(findings, "file")
    }
  }
}
