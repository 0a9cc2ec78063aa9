internal import PushModel

/// What each call of CodeCommit's API says of refs.
///
/// Source: the CodeCommit API Reference; CloudTrail logs request members in `requestParameters` and the response of
/// calls that change something in `responseElements`.
extension RecordFields {
  mutating func kind(of call: CallRecord) -> TrailEvent.Kind {
    // Not an object: noted once, here.
    if call.action != "GitPush", CallRecord.isJudged(call.action) {
      _ = object(call.record, "requestParameters")
      _ = object(call.record, "responseElements")
    }
    switch call.action {
    case "GitPush": return push(call)
    case "GitPull":
      return .pull(
        dataTransferred: flag(call.extra, "dataTransferred") ?? false, shallow: flag(call.extra, "shallow"))
    case "CreateBranch": return createBranch(call)
    case "DeleteBranch": return deleteBranch(call)
    case "CreateCommit", "PutFile", "DeleteFile": return commit(call)
    case "MergeBranchesByFastForward": return mergeBranches(call, .mergeFastForward)
    case "MergeBranchesBySquash": return mergeBranches(call, .mergeSquash)
    case "MergeBranchesByThreeWay": return mergeBranches(call, .mergeThreeWay)
    case "MergePullRequestByFastForward": return mergePullRequest(call, .mergeFastForward)
    case "MergePullRequestBySquash": return mergePullRequest(call, .mergeSquash)
    case "MergePullRequestByThreeWay": return mergePullRequest(call, .mergeThreeWay)
    case "CreateRepository":
      return .repositoryCreated(
        defaultBranch: text(object(call.response, "repositoryMetadata"), "defaultBranch"))
    case "DeleteRepository": return .repositoryDeleted
    case "UpdateRepositoryName":
      guard let from = text(call.request, "oldName"), let to = text(call.request, "newName") else {
        if !call.failed { note("a rename without its names") }
        return .other
      }
      return .repositoryRenamed(from: from, to: to)
    case "UpdateDefaultBranch":
      guard let branch = text(call.request, "defaultBranchName") else {
        if !call.failed { note("a change of the default branch without its name") }
        return .other
      }
      return .defaultBranchChanged(branch: branch)
    case "CreatePullRequest", "UpdatePullRequestStatus", "UpdatePullRequestTitle", "UpdatePullRequestDescription":
      return .tipsTold(toldTips(call))
    case "UploadArchive": return .archiveUploaded
    default: return .other
    }
  }

  // MARK: - Branches and commits

  private mutating func createBranch(_ call: CallRecord) -> TrailEvent.Kind {
    let ref = branch(call.request, "branchName")
    guard let ref, let tip = objectID(call.request, "commitId") else { return .refChangeOmitted(ref: ref) }
    return .refChange(RefChange(ref: ref, before: .none, after: tip, call: .createBranch))
  }

  private mutating func deleteBranch(_ call: CallRecord) -> TrailEvent.Kind {
    let deleted = object(call.response, "deletedBranch")
    guard let ref = branch(call.request, "branchName") ?? branch(deleted, "branchName") else {
      return .refChangeOmitted(ref: nil)
    }
    if deleted == nil, !call.failed {
      // Cut, or not an object: it may have deleted. Null: there was no such branch, and nothing moved.
      let isTold = call.response?["deletedBranch"].map(\.isNull) ?? true
      let isDamaged = call.record["responseElements"].map { !$0.isNull && !$0.isObject } ?? false
      return isTold && !isDamaged && !CallRecord.isCut(call.response) ? .other : .refChangeOmitted(ref: ref)
    }
    let before = objectID(deleted, "commitId").map { ToldBefore.tip($0) } ?? .notTold
    return .refChange(RefChange(ref: ref, before: before, after: nil, call: .deleteBranch))
  }

  private mutating func commit(_ call: CallRecord) -> TrailEvent.Kind {
    let ref = branch(call.request, "branchName")
    let parent = objectID(call.request, "parentCommitId")
    let parentIsDamaged = parent == nil && text(call.request, "parentCommitId") != nil
    guard let ref, let tip = objectID(call.response, "commitId") else { return .refChangeOmitted(ref: ref) }
    let before: ToldBefore =
      if let parent {
        .tip(parent)
      } else if parentIsDamaged || call.request?["parentCommitId"].map({ !$0.isNull && $0.text == nil }) == true
        || CallRecord.isCut(call.request)
      {
        .notTold
      } else {
        // Only an empty repository takes a commit without a parent.
        .none
      }
    return .refChange(RefChange(ref: ref, before: before, after: tip, call: .commit))
  }

  // MARK: - Merges

  private mutating func mergeBranches(_ call: CallRecord, _ kind: RefChange.Call) -> TrailEvent.Kind {
    let source = text(call.request, "sourceCommitSpecifier")
    let destination = text(call.request, "destinationCommitSpecifier")
    let ref = branch(call.request, "targetBranch") ?? destination.flatMap(Self.branchOfSpecifier)
    guard let ref, let tip = objectID(call.response, "commitId") else { return .refChangeOmitted(ref: ref) }
    return .refChange(
      RefChange(
        ref: ref, after: tip, call: kind, mergeSource: source.flatMap { ObjectID(hex: $0) },
        mergeSourceRef: source.flatMap(Self.branchOfSpecifier),
        mergeDestination: destination.flatMap { ObjectID(hex: $0) }))
  }

  /// A specifier may be a branch, a tag, HEAD or a whole id; only a branch names what moved.
  private static func branchOfSpecifier(_ specifier: String) -> RefName? {
    specifier == "HEAD" || ObjectID(hex: specifier) != nil ? nil : branch(specifier)
  }

  private mutating func mergePullRequest(_ call: CallRecord, _ kind: RefChange.Call) -> TrailEvent.Kind {
    let targets = pullRequestTargets(call)
    let wanted = text(call.request, "repositoryName")
    let target =
      targets.first { wanted != nil && $0["repositoryName"]?.text == wanted } ?? (targets.count == 1 ? targets[0] : nil)
    let ref = branch(target, "destinationReference")
    let source = objectID(target, "sourceCommit")
    let metadata = object(target, "mergeMetadata")
    var tip = objectID(metadata, "mergeCommitId")
    // A fast-forward makes no commit: the branch is where its source was.
    if tip == nil, kind == .mergeFastForward, metadata?["mergeCommitId"].map(\.isNull) ?? true { tip = source }
    guard let ref, let tip else { return .refChangeOmitted(ref: ref) }
    return .refChange(
      RefChange(
        ref: ref, after: tip, call: kind, mergeSource: source, mergeSourceRef: branch(target, "sourceReference"),
        mergeDestination: objectID(target, "destinationCommit")))
  }

  private mutating func pullRequestTargets(_ call: CallRecord) -> [JSONValue] {
    array(object(call.response, "pullRequest"), "pullRequestTargets").filter(\.isObject)
  }

  private mutating func toldTips(_ call: CallRecord) -> [ToldTip] {
    var tips: [ToldTip] = []
    guard !call.failed else { return tips }
    let targets = pullRequestTargets(call)
    // One event is about one repository: that of its first target.
    let repository = targets.first?["repositoryName"]?.text
    for target in targets where target["repositoryName"]?.text == repository {
      if let ref = branch(target, "sourceReference"), let tip = objectID(target, "sourceCommit") {
        tips.append(ToldTip(ref: ref, tip: tip))
      }
      if let ref = branch(target, "destinationReference"), let tip = objectID(target, "destinationCommit") {
        tips.append(ToldTip(ref: ref, tip: tip))
      }
    }
    return tips
  }

  // MARK: - The repository

  mutating func repository(of call: CallRecord, region: String?, place: LogFilePlace) -> RepositoryReference {
    var repository = RepositoryReference()
    let metadata = object(call.response, "repositoryMetadata")
    repository.name =
      text(call.extra, "repositoryName") ?? text(call.request, "repositoryName")
      ?? text(metadata, "repositoryName")
    repository.id =
      text(call.extra, "repositoryId") ?? text(metadata, "repositoryId") ?? text(call.response, "repositoryId")
    if call.action == "UpdateRepositoryName" { repository.name = repository.name ?? text(call.request, "oldName") }
    if repository.name == nil, call.action.contains("PullRequest") {
      let requested = call.request?["targets"]?.elements.first?["repositoryName"]?.text
      repository.name = requested ?? pullRequestTargets(call).first?["repositoryName"]?.text
    }

    var arns = array(call.record, "resources").compactMap { resource in
      RepositoryARN(resource["ARN"]?.text ?? resource["arn"]?.text)
    }
    if let arn = RepositoryARN(text(metadata, "arn")) { arns.append(arn) }
    let arn = arns.first { $0.name == repository.name } ?? (repository.name == nil ? arns.first : nil)
    repository.name = repository.name ?? arn?.name
    // An ARN of another name (a rename's new one) still tells partition, account and region.
    let origin = arn ?? arns.first
    repository.partition = origin?.partition
    repository.accountID = origin?.accountID ?? text(call.record, "recipientAccountId") ?? place.accountID
    repository.region = origin?.region ?? (region?.isEmpty == false ? region : nil) ?? place.region
    return repository
  }
}

/// `arn:PARTITION:codecommit:REGION:ACCOUNT:NAME`, in parts.
private struct RepositoryARN {
  var partition: String
  var region: String
  var accountID: String
  var name: String

  init?(_ text: String?) {
    guard let text, text.hasPrefix("arn:") else { return nil }
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 6, parts[2] == "codecommit", !parts.contains("") else { return nil }
    (partition, region, accountID, name) = (parts[1], parts[3], parts[4], parts[5])
  }
}
