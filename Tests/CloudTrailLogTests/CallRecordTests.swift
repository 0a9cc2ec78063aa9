import CloudTrailLog
import PushModel
import Testing

/// The API calls that move refs, name repositories, or tell where refs are.
@Suite struct CallRecordTests {
  static let a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  static let b = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  static let c = "cccccccccccccccccccccccccccccccccccccccc"
  static let idA = ObjectID(hex: a) ?? .zero
  static let idB = ObjectID(hex: b) ?? .zero
  static let idC = ObjectID(hex: c) ?? .zero
  static let main = RefName.branch("main")
  static let cut = #"{"reason":"requestParameters too large","omitted":"true","originalSize":"149893"}"#

  private func read(_ name: String, _ request: String, _ response: String = "null", more: String = "") throws
    -> TrailEvent.Kind?
  {
    try sound(Sample.record(name, request: request, response: response, extra: "null", more: more))?.kind
  }

  private func sound(_ record: String) throws -> TrailEvent? {
    let read = try reading(record)
    #expect(read.unreadable.isEmpty, "\(read.unreadable)")
    return read.events.first
  }

  @Test func `CreateBranch`() throws {
    #expect(
      try read("CreateBranch", #"{"repositoryName":"Repo","branchName":"main","commitId":"\#(Self.a)"}"#)
        == .refChange(RefChange(ref: Self.main, before: .none, after: Self.idA, call: .createBranch)))
    #expect(try read("CreateBranch", Self.cut) == .refChangeOmitted(ref: nil))
    #expect(try read("CreateBranch", "null", more: #","errorCode":"AccessDenied""#) == .refChangeOmitted(ref: nil))
  }

  @Test func `DeleteBranch`() throws {
    let request = #"{"repositoryName":"Repo","branchName":"main"}"#
    let deletion = RefChange(ref: Self.main, before: .tip(Self.idA), after: nil, call: .deleteBranch)
    let response = #"{"deletedBranch":{"branchName":"main","commitId":"\#(Self.a)"}}"#
    #expect(try read("DeleteBranch", request, response) == .refChange(deletion))
    // The response names all that the cut request does not.
    #expect(try read("DeleteBranch", Self.cut, response) == .refChange(deletion))
    for nothing in ["null", "{}", #"{"deletedBranch":null}"#] {
      #expect(try read("DeleteBranch", request, nothing) == .other)
    }
    #expect(try read("DeleteBranch", request, Self.cut) == .refChangeOmitted(ref: Self.main))
    #expect(
      try read("DeleteBranch", request, more: #","errorCode":"DefaultBranchCannotBeDeletedException""#)
        == .refChange(RefChange(ref: Self.main, after: nil, call: .deleteBranch)))
  }

  @Test(arguments: ["CreateCommit", "PutFile", "DeleteFile"])
  func `one new commit`(name: String) throws {
    let response = #"{"commitId":"\#(Self.b)","treeId":"\#(Self.c)"}"#
    #expect(
      try read(name, #"{"repositoryName":"Repo","branchName":"main","parentCommitId":"\#(Self.a)"}"#, response)
        == .refChange(RefChange(ref: Self.main, before: .tip(Self.idA), after: Self.idB, call: .commit)))
    for parent in ["", #","parentCommitId":null"#, #","parentCommitId":"""#] {
      #expect(
        try read(name, #"{"repositoryName":"Repo","branchName":"main"\#(parent)}"#, response)
          == .refChange(RefChange(ref: Self.main, before: .none, after: Self.idB, call: .commit)))
    }
    #expect(try read(name, Self.cut, response) == .refChangeOmitted(ref: nil))
    #expect(try read(name, #"{"branchName":"main"}"#, "null") == .refChangeOmitted(ref: Self.main))
    // Cut in part: the branch is there, whether there was a parent is not told.
    #expect(
      try read(name, #"{"branchName":"main","omitted":true}"#, response)
        == .refChange(RefChange(ref: Self.main, before: .notTold, after: Self.idB, call: .commit)))
  }

  @Test(
    arguments: zip(
      ["FastForward", "Squash", "ThreeWay"], [RefChange.Call.mergeFastForward, .mergeSquash, .mergeThreeWay]))
  func `MergeBranches`(option: String, call: RefChange.Call) throws {
    let name = "MergeBranchesBy\(option)"
    let response = #"{"commitId":"\#(Self.c)","treeId":"\#(Self.a)"}"#
    #expect(
      try read(
        name,
        #"{"repositoryName":"Repo","sourceCommitSpecifier":"feature/x","destinationCommitSpecifier":"main"}"#, response)
        == .refChange(
          RefChange(ref: Self.main, after: Self.idC, call: call, mergeSourceRef: .branch("feature/x"))))
    #expect(
      try read(
        name,
        #"{"sourceCommitSpecifier":"\#(Self.b)","destinationCommitSpecifier":"\#(Self.a)","targetBranch":"main"}"#,
        response)
        == .refChange(
          RefChange(
            ref: Self.main, after: Self.idC, call: call, mergeSource: Self.idB, mergeDestination: Self.idA)))
    #expect(
      try read(
        name,
        #"{"sourceCommitSpecifier":"HEAD","destinationCommitSpecifier":"refs/heads/main"}"#, response)
        == .refChange(RefChange(ref: Self.main, after: Self.idC, call: call)))
    for destination in ["HEAD", Self.a] {
      #expect(
        try read(
          name, #"{"sourceCommitSpecifier":"x","destinationCommitSpecifier":"\#(destination)"}"#, response)
          == .refChangeOmitted(ref: nil))
    }
    #expect(
      try read(name, #"{"sourceCommitSpecifier":"x","destinationCommitSpecifier":"main"}"#, "null")
        == .refChangeOmitted(ref: Self.main))
  }

  private func pullRequest(_ merge: String, source: String = "feature/x", more: String = "") -> String {
    #"{"pullRequest":{"pullRequestId":"7","pullRequestTargets":[{"repositoryName":"Repo","sourceReference":"\#(source)","#
      + #""destinationReference":"refs/heads/main","sourceCommit":"\#(Self.b)","destinationCommit":"\#(Self.a)""#
      + #"\#(merge)}\#(more)]}}"#
  }

  @Test(
    arguments: zip(
      ["FastForward", "Squash", "ThreeWay"], [RefChange.Call.mergeFastForward, .mergeSquash, .mergeThreeWay]))
  func `MergePullRequest`(option: String, call: RefChange.Call) throws {
    let name = "MergePullRequestBy\(option)"
    let merged = pullRequest(#","mergeMetadata":{"isMerged":true,"mergeCommitId":"\#(Self.c)"}"#)
    let change = RefChange(
      ref: Self.main, after: Self.idC, call: call, mergeSource: Self.idB, mergeSourceRef: .branch("feature/x"),
      mergeDestination: Self.idA)
    #expect(try read(name, #"{"pullRequestId":"7","repositoryName":"Repo"}"#, merged) == .refChange(change))
    #expect(try read(name, Self.cut, merged) == .refChange(change))
    // Only a fast-forward ends where its source was.
    var forwarded = change
    forwarded.after = Self.idB
    #expect(
      try read(name, #"{"repositoryName":"Repo"}"#, pullRequest(#","mergeMetadata":{"isMerged":true}"#))
        == (call == .mergeFastForward ? .refChange(forwarded) : .refChangeOmitted(ref: Self.main)))
    #expect(try read(name, #"{"repositoryName":"Repo"}"#, Self.cut) == .refChangeOmitted(ref: nil))
    #expect(
      try read(name, #"{"repositoryName":"Repo"}"#, more: #","errorCode":"TipOfSourceReferenceIsDifferentException""#)
        == .refChangeOmitted(ref: nil))
  }

  @Test func `the repository of a pull request is its target's`() throws {
    let merged = pullRequest(#","mergeMetadata":{"isMerged":true,"mergeCommitId":"\#(Self.c)"}"#)
    let record = Sample.record("MergePullRequestBySquash", request: "null", response: merged, extra: "null")
      .replacing(
        "\"resources\":[{\"ARN\":\"arn:aws:codecommit:us-east-2:111122223333:Repo\",\"accountId\":\"111122223333\"}],",
        with: "")
    let event = try sound(record)
    #expect(event?.repository == RepositoryReference(name: "Repo", accountID: "111122223333", region: "us-east-2"))
  }

  @Test(arguments: [
    "CreatePullRequest", "UpdatePullRequestStatus", "UpdatePullRequestTitle", "UpdatePullRequestDescription",
  ])
  func `pull requests tell tips`(name: String) throws {
    let other =
      #",{"repositoryName":"Fork","sourceReference":"refs/heads/q","sourceCommit":"\#(Self.c)"}"#
    #expect(
      try read(name, "{}", pullRequest("", source: "refs/heads/feature/x", more: other))
        == .tipsTold([
          ToldTip(ref: .branch("feature/x"), tip: Self.idB), ToldTip(ref: Self.main, tip: Self.idA),
        ]))
    #expect(try read(name, "{}", "null") == .tipsTold([]))
  }

  @Test func `repositories`() throws {
    let created = try sound(
      Sample.record(
        "CreateRepository", request: #"{"repositoryName":"New"}"#,
        response:
          #"{"repositoryMetadata":{"repositoryId":"r-9","repositoryName":"New","arn":"arn:aws-cn:codecommit:cn-north-1:999900001111:New","defaultBranch":"main"}}"#,
        extra: "null"))
    #expect(created?.kind == .repositoryCreated(defaultBranch: "main"))
    #expect(
      created?.repository
        == RepositoryReference(
          name: "New", id: "r-9", partition: "aws-cn", accountID: "999900001111", region: "cn-north-1"))

    let deleted = try sound(
      Sample.record(
        "DeleteRepository", request: #"{"repositoryName":"Repo"}"#, response: #"{"repositoryId":"r-1"}"#, extra: "null")
    )
    #expect(deleted?.kind == .repositoryDeleted)
    #expect(deleted?.repository.id == "r-1")

    let renamed = try sound(
      Sample.record("UpdateRepositoryName", request: #"{"oldName":"Repo","newName":"Repo2"}"#, extra: "null"))
    #expect(renamed?.kind == .repositoryRenamed(from: "Repo", to: "Repo2"))
    #expect(renamed?.repository.name == "Repo")
    #expect(renamed?.repository.accountID == "111122223333")

    let head = try sound(
      Sample.record(
        "UpdateDefaultBranch", request: #"{"repositoryName":"Repo","defaultBranchName":"trunk"}"#, extra: "null"))
    #expect(head?.kind == .defaultBranchChanged(branch: "trunk"))

    #expect(try reading(Sample.record("UpdateRepositoryName", request: "{}")).unreadable.count == 1)
    #expect(try reading(Sample.record("UpdateDefaultBranch", request: "null")).unreadable.count == 1)
    #expect(
      try reading(Sample.record("UpdateRepositoryName", more: #","errorCode":"AccessDenied""#)).unreadable.isEmpty)
  }

  @Test func `other calls`() throws {
    #expect(try read("UploadArchive", "null") == .archiveUploaded)
    for name in ["GetBranch", "BatchGetCommits", "CreateUnreferencedMergeCommit", "SomethingNew"] {
      #expect(try read(name, #"{"branchName":5}"#, #"{"commitId":[]}"#) == .other)
    }
    // Nothing is judged by them, so nothing in them is damage.
    #expect(try reading(Sample.record("GetBranch", request: "7", response: "7", identity: "7")).unreadable.isEmpty)
  }

  @Test(arguments: [
    ("CreateBranch", #"{"branchName":5,"commitId":"\#(a)"}"#, "null", "branchName is not text"),
    ("CreateBranch", #"{"branchName":"main","commitId":"xyz"}"#, "null", "commitId is not an object id"),
    ("CreateCommit", #"{"branchName":"main"}"#, #"{"commitId":{}}"#, "commitId is not text"),
    ("CreateCommit", "5", #"{"commitId":"\#(a)"}"#, "requestParameters is not an object"),
    (
      "CreateCommit", #"{"branchName":"main","parentCommitId":"short"}"#, #"{"commitId":"\#(a)"}"#,
      "parentCommitId is not an object id"
    ),
    ("DeleteBranch", #"{"branchName":"main"}"#, "[]", "responseElements is not an object"),
    ("DeleteBranch", #"{"branchName":"main"}"#, #"{"deletedBranch":7}"#, "deletedBranch is not an object"),
    (
      "MergePullRequestBySquash", "{}", #"{"pullRequest":{"pullRequestTargets":{}}}"#,
      "pullRequestTargets is not an array"
    ),
    ("MergeBranchesBySquash", #"{"targetBranch":["main"]}"#, #"{"commitId":"\#(a)"}"#, "targetBranch is not text"),
  ])
  func `damaged calls are said, and never made into a movement that was not told`(
    name: String, request: String, response: String, reason: String
  ) throws {
    let read = try reading(Sample.record(name, request: request, response: response, extra: "null"))
    #expect(read.unreadable.map(\.reason) == [reason])
    switch try #require(read.events.first).kind {
    case .refChangeOmitted: break
    case .refChange(let change): #expect(change.before == .notTold && change.after == Self.idA)
    default: Issue.record("\(read.events[0].kind)")
    }
  }
}

/// `userIdentity` in all its types.
@Suite struct PrincipalTests {
  private func principal(_ identity: String) throws -> Principal {
    let read = try reading(Sample.record(identity: identity))
    #expect(read.unreadable.isEmpty)
    return try #require(read.events.first).principal
  }

  @Test func `IAM user`() throws {
    #expect(
      try principal(
        #"{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::1:user/team/mary","accountId":"1","accessKeyId":"AKIA1","userName":"mary","invokedBy":"x","sessionContext":{"sessionIssuer":{},"webIdFederationData":{},"attributes":{"creationDate":"x","mfaAuthenticated":"true"}}}"#
      )
        == Principal(
          type: "IAMUser", name: "mary", arn: "arn:aws:iam::1:user/team/mary", accountID: "1", principalID: "AIDA1",
          accessKeyID: "AKIA1", mfa: true, invokedBy: "x"))
  }

  @Test func `an assumed role is its session, and its source identity before that`() throws {
    func identity(_ context: String, principalID: String = #""AROA1:jane@example.com""#) -> String {
      #"{"type":"AssumedRole","principalId":\#(principalID),"arn":"arn:aws:sts::1:assumed-role/Deploy/jane@example.com","accountId":"1","accessKeyId":"ASIA1","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA1","arn":"arn:aws:iam::1:role/path/Deploy","accountId":"1","userName":"Deploy"}\#(context)}}"#
    }
    let plain = try principal(identity(#","attributes":{"mfaAuthenticated":false}"#))
    #expect(plain.name == "jane@example.com")
    #expect(plain.session == "jane@example.com")
    #expect(plain.role == "Deploy")
    #expect(plain.mfa == false)
    let sourced = try principal(identity(#","sourceIdentity":"jane","webIdFederationData":{"federatedProvider":"x"}"#))
    #expect(sourced.name == "jane")
    #expect(sourced.sourceIdentity == "jane")
    #expect(sourced.session == "jane@example.com")
    #expect(try principal(identity("", principalID: "null")).session == "jane@example.com")
    let bare = try principal(#"{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Deploy/i-0123"}"#)
    #expect(bare.role == "Deploy" && bare.session == "i-0123" && bare.name == "i-0123")
  }

  @Test(arguments: [
    (#"{"type":"Root","principalId":"1","arn":"arn:aws:iam::1:root","accountId":"1"}"#, "root"),
    (#"{"type":"Root","principalId":"1","accountId":"1","userName":"alias"}"#, "alias"),
    (#"{"type":"Role","arn":"arn:aws:iam::1:role/Deploy"}"#, "Deploy"),
    (#"{"type":"FederatedUser","principalId":"1:bob","arn":"arn:aws:sts::1:federated-user/bob"}"#, "bob"),
    (
      #"{"type":"IdentityCenterUser","onBehalfOf":{"userId":"94d-guid","identityStoreArn":"x"},"credentialId":"c"}"#,
      "94d-guid"
    ),
    (#"{"type":"SAMLUser","principalId":"p","userName":"sam","identityProvider":"x"}"#, "sam"),
    (#"{"type":"WebIdentityUser","userName":"web"}"#, "web"),
    (#"{"type":"AWSAccount","principalId":"AIDA9","accountId":"9"}"#, "AIDA9"),
    (#"{"type":"AWSAccount","accountId":"9"}"#, "9"),
    (#"{"type":"AWSService","invokedBy":"codepipeline.amazonaws.com"}"#, "codepipeline.amazonaws.com"),
    (#"{"type":"Directory","principalId":"dir-1"}"#, "dir-1"),
    (#"{"type":"Unknown","principalId":"who"}"#, "who"),
    (#"{"accountId":"1","invokedBy":"x.amazonaws.com","inScopeOf":{"a":1}}"#, "x.amazonaws.com"),
    (#"{"type":"NewKind","arn":"arn:aws:x::1:thing/name"}"#, "name"),
    (#"null"#, "unknown"),
    (#"{}"#, "unknown"),
  ])
  func `the label that people read`(identity: String, name: String) throws {
    #expect(try principal(identity).name == name)
  }

  @Test func `a missing type is Unknown`() throws {
    #expect(try principal(#"{"accountId":"1","invokedBy":"x"}"#).type == "Unknown")
    #expect(try principal("null").type == "Unknown")
  }
}
