import Foundation
import PushModel
import Testing

@testable import GitStore

/// What real git leaves in a clone, and what that says of the server (DESIGN 7's table).
@Suite struct SightingTests {
  private struct Setting {
    let world: GitWorld
    let author: String
    var tips: [String: String] = [:]

    init() throws {
      world = try GitWorld()
      author = try world.makeServer()
      for branch in ["main", "dev", "old"] { tips[branch] = try world.id(branch, in: author).short }
    }

    func tip(_ branch: String) -> String { tips[branch] ?? "?" }
    func said(_ name: String) throws -> CloneSightings { try Clone(path: world.path(name)).said() }
  }

  @Test func aFreshCloneListsWhatItSaw() throws {
    let setting = try Setting()
    let world = setting.world
    try world.git("tag", "-a", "-m", "v1", "v1", "main", in: setting.author)
    try world.git("push", "-q", "origin", "v1", in: setting.author)
    world.clock = 10_000
    _ = try world.clone("c")
    let said = try setting.said("c")
    let tag = try world.id("v1", in: setting.author).short
    #expect(
      said.lines(.cloneFrom) == [
        "refs/heads/main \(setting.tip("main")) 6400..10000 reflog",
        "refs/heads/dev \(setting.tip("dev")) 6400..10000 reflog",
        "refs/heads/old \(setting.tip("old")) 6400..10000 reflog",
        "refs/tags/v1 \(tag) 6400..10000 reflog",
      ])
    #expect(said.sightings.count == 4)
    let view = try #require(said.views.first)
    #expect(said.views.count == 1 && view.showsTags)
    #expect(view.provesAbsence(of: .branch("gone")) && view.provesAbsence(of: .tag("gone")))
    #expect(!view.provesAbsence(of: .branch("old")) && !view.provesAbsence(of: RefName("refs/notes/x")))
    #expect(said.lastFetch?.time == GitWorld.time(10_000))
    #expect(said.covers(.branch("anything")) && !said.covers(.tag("v1")))

    // It stays true after a fetch, and is silent once packed-refs was written again.
    world.clock = 20_000
    try world.git("tag", "-d", "v1", in: world.path("c"))
    try world.setTime(world.path("c/.git/packed-refs"), 20_000)
    #expect(try setting.said("c").lines(.cloneFrom).isEmpty)
  }

  /// Scripts do in one second what people do in a day.
  @Test(arguments: ["pack-refs", "tag -d"])
  func packedRefsRewrittenInTheSecondsOfTheClone(act: String) throws {
    let setting = try Setting()
    let world = setting.world
    try world.git("tag", "v1", "main", in: setting.author)
    try world.git("push", "-q", "origin", "v1", in: setting.author)
    try world.git("clone", "-q", GitWorld.url, world.path("c"))
    let folder = world.path("c/.git")
    let head = folder + "/refs/remotes/origin/HEAD"
    try world.setTime(head, 1)
    if act == "pack-refs" {
      try world.git("pack-refs", "--all", in: world.path("c"))
      try world.setTime(folder + "/packed-refs", 1)
    } else {
      try world.git("tag", "-d", "v1", in: world.path("c"))
      try world.setTime(folder + "/packed-refs", 2)
    }
    #expect(try setting.said("c").lines(.cloneFrom).isEmpty)
  }

  /// What a clone does not track was perhaps never there: a doubt, of the time at which it was made at the latest.
  private func doubts(_ setting: Setting, _ name: String) throws -> [String] {
    try setting.said(name).views.map { view in
      #expect(!view.isProven && !view.showsTags && view.lacks(.branch("gone")) && !view.lacks(.branch("old")))
      return
        "\(view.earliest.map { String($0 - GitWorld.time(0)) } ?? "?")..\(view.latest - GitWorld.time(0)) \(view.dating.rawValue)"
    }
  }

  @Test func aCloneWithoutALineOfItLeavesDoubts() throws {
    let setting = try Setting()
    let world = setting.world
    // HEAD leads to it.
    try world.git("update-ref", "-d", "refs/heads/main", in: world.server())
    world.clock = 10_000
    let path = try world.clone("c")
    #expect(try setting.said("c").views.allSatisfy { $0.lacks(.branch("main")) })
    #expect(try setting.said("c").sightings.isEmpty)
    #expect(try doubts(setting, "c") == ["?..10000 file-time"])
    // A rewrite makes packed-refs younger, but not what git wrote before; a copy all of it.
    try world.setTime(path + "/.git/packed-refs", 30_000)
    #expect(try doubts(setting, "c") == ["?..13600 file-time"])
    for file in ["config", "description", "info/exclude"] { try world.setTime(path + "/.git/" + file, 30_000) }
    #expect(try doubts(setting, "c") == ["?..30000 file-time"])
    // No clone has a commit before it is made.
    for file in ["config", "description", "packed-refs"] { try world.setTime(path + "/.git/" + file, -100_000) }
    #expect(try doubts(setting, "c") == ["?..1000000 content"])
    world.clock = 40_000
    try world.fetch("c", "origin", "old")
    #expect(try doubts(setting, "c").isEmpty)
  }

  @Test func aCloneWhosePackedRefsWereRewrittenLeavesDoubts() throws {
    let setting = try Setting()
    let world = setting.world
    world.clock = 10_000
    let path = try world.clone("c")
    try world.setTime(path + "/.git/packed-refs", 20_000)
    #expect(try doubts(setting, "c") == ["6400..10000 reflog"])
  }

  @Test func aCloneThatDidNotAskForEveryBranchLeavesNoDoubts() throws {
    let setting = try Setting()
    let world = setting.world
    let single = try world.clone("single", "--single-branch", "--branch", "old", "-c", "core.logAllRefUpdates=false")
    #expect(try doubts(setting, "single").isEmpty)
    try world.git("remote", "add", "all", GitWorld.url, in: single)
    #expect(try doubts(setting, "single").isEmpty)
    // Nor do clones that no clone made: what they have was fetched by name, or pushed.
    let path = world.path("ci")
    try world.git("init", "-q", path)
    try world.git("remote", "add", "origin", GitWorld.url, in: path)
    #expect(try doubts(setting, "ci").isEmpty)
    try world.git("fetch", "-q", "--no-write-fetch-head", "origin", "old", in: path)
    try world.git("push", "-q", "origin", "origin/old:refs/heads/mine", in: path)
    #expect(try setting.said("ci").lines(.reflogFetch).count == 1)
    #expect(try doubts(setting, "ci").isEmpty)
  }

  @Test func aSingleBranchCloneAndNoTagsProveNoAbsence() throws {
    let setting = try Setting()
    _ = try setting.world.clone("single", "--single-branch")
    let single = try setting.said("single")
    #expect(single.lines(.cloneFrom) == ["refs/heads/main \(setting.tip("main")) -3600..0 reflog"])
    #expect(single.views.isEmpty && !single.covers(.branch("dev")) && single.covers(.branch("main")))
    _ = try setting.world.clone("tagless", "--no-tags")
    #expect(try setting.said("tagless").views.map(\.showsTags) == [false])
    _ = try setting.world.clone("tagless.git", "--bare", "--no-tags")
    #expect(try setting.said("tagless.git").views.map(\.showsTags) == [false])
  }

  @Test func aWholeFetchNamesEveryBranch() throws {
    let setting = try Setting()
    let world = setting.world
    _ = try world.clone("c")
    world.clock = 20_000
    let main = try world.push("main", in: setting.author)
    try world.git("push", "-q", "origin", ":old", in: setting.author)
    try world.fetch("c")
    let said = try setting.said("c")
    #expect(
      said.lines(.fetchHead) == [
        "refs/heads/main \(main.short) 16400..20000 reflog", "refs/heads/dev \(setting.tip("dev")) 16400..20000 reflog",
      ])
    #expect(said.lines(.reflogFetch) == ["refs/heads/main \(main.short) 16400..20000 reflog"])
    let view = try #require(said.views.first { $0.source == .fetchHead })
    #expect(view.provesAbsence(of: .branch("old")) && !view.provesAbsence(of: .tag("v1")))
    #expect(view.latest == GitWorld.time(20_000))

    // Nothing moved: no reflog agrees, and the file's own time holds, as git wrote `description` long before.
    world.clock = 30_000
    try world.fetch("c")
    let second = try setting.said("c")
    #expect(second.lines(.fetchHead).contains("refs/heads/main \(main.short) 26400..30000 fetch-head"))
    #expect(second.lastFetch?.dating == .fetchHead)

    // A copy has one time for all: only the content speaks.
    for file in ["FETCH_HEAD", "description", "info/exclude"] {
      try world.setTime(world.path("c/.git/" + file), 40_000)
    }
    let copied = try setting.said("c")
    #expect(copied.lines(.fetchHead).contains("refs/heads/main \(main.short) ?..1000000 content"))
    #expect(!copied.views.contains { $0.source == .fetchHead && $0.isProven })
    let stated = try Clone(path: world.path("c")).said(fetchedAt: GitWorld.time(31_000))
    #expect(stated.lines(.fetchHead).contains("refs/heads/main \(main.short) ?..31000 stated"))

    // The refspecs that stand there now may not be those of the fetch.
    world.clock = 50_000
    try world.fetch("c")
    #expect(try setting.said("c").views.contains { $0.source == .fetchHead && $0.isProven })
    try world.setTime(world.path("c/.git/config"), 50_100)
    #expect(try !setting.said("c").views.contains { $0.source == .fetchHead && $0.isProven })
  }

  @Test func aFetchOfOneBranchAndAFailedOne() throws {
    let setting = try Setting()
    let world = setting.world
    _ = try world.clone("c")
    world.clock = 20_000
    let main = try world.push("main", in: setting.author)
    try world.push("dev", in: setting.author)
    try world.fetch("c", "origin", "main")
    let said = try setting.said("c")
    #expect(said.lines(.fetchHead) == ["refs/heads/main \(main.short) 16400..20000 reflog"])
    #expect(!said.views.contains { $0.source == .fetchHead })
    // Two by name are no whole fetch either.
    world.clock = 30_000
    try world.fetch("c", "origin", "main", "dev")
    let two = try setting.said("c")
    #expect(two.lines(.fetchHead).count == 2 && !two.views.contains { $0.source == .fetchHead })
    world.clock = 40_000
    try world.fetch("c", "origin", "nowhere", mayFail: true)
    #expect(try Data(contentsOf: URL(filePath: world.path("c/.git/FETCH_HEAD"))).isEmpty)
    #expect(try setting.said("c").lines(.fetchHead).isEmpty)
  }

  @Test func aWildcardOnTheCommandLineIsAWholeFetch() throws {
    let setting = try Setting()
    let world = setting.world
    try world.git("init", "-q", world.path("ci"))
    try world.git("remote", "add", "origin", GitWorld.url, in: world.path("ci"))
    try world.stamp("ci", description: 0)
    world.clock = 20_000
    try world.fetch("ci", "--prune", "--", GitWorld.url, "+refs/heads/*:refs/remotes/origin/*")
    let said = try setting.said("ci")
    #expect(said.lines(.fetchHead).count == 3 && said.lines(.reflogFetch).count == 3)
    let view = try #require(said.views.first)
    #expect(view.provesAbsence(of: .branch("gone")) && !view.provesAbsence(of: .tag("gone")))
    #expect(said.remoteHeads.isEmpty)
  }

  @Test func aFetchOfABareIDSaysNothingOfTheBranch() throws {
    let setting = try Setting()
    let world = setting.world
    let old = try world.id("old", in: setting.author)
    try world.git("init", "-q", world.path("ci"))
    try world.git("remote", "add", "origin", GitWorld.url, in: world.path("ci"))
    try world.git("fetch", "-q", "--depth=1", "origin", "+\(old):refs/remotes/origin/main", in: world.path("ci"))
    try world.git("checkout", "-q", "--detach", "origin/main", in: world.path("ci"))
    #expect(try setting.said("ci").sightings.isEmpty)
    // The second one moves the ref, and its reflog line ends like any other.
    let main = try world.id("main", in: setting.author)
    try world.git("fetch", "-q", "--depth=1", "origin", "+\(main):refs/remotes/origin/main", in: world.path("ci"))
    #expect(try world.git("reflog", "show", "origin/main", in: world.path("ci")).contains("forced-update"))
    #expect(try setting.said("ci").sightings.isEmpty)
  }

  @Test func aRefspecOfTheCommandLineMayPutAnythingOnATrackingRef() throws {
    let setting = try Setting()
    let world = setting.world
    try world.makeServer("Other")
    let path = try world.clone("c")
    try world.git("remote", "add", "other", "codecommit::us-east-2://Other", in: path)
    try world.git("fetch", "-q", "origin", "+dev:refs/remotes/origin/main", in: path)
    #expect(try world.git("reflog", "show", "origin/main", in: path).contains("forced-update"))
    try world.git("fetch", "-q", "other", "+main:refs/remotes/origin/main", in: path)
    try world.git("fetch", "-q", world.server("Other"), "+refs/heads/*:remotes/origin/*", in: path)
    #expect(try setting.said("c").lines(.reflogFetch).isEmpty)
    // The ref's own branch, from the remote or from its URL.
    world.clock = 20_000
    try world.git("fetch", "-q", "origin", "+main:refs/remotes/origin/main", in: path)
    world.clock = 30_000
    let main = try world.push("main", in: setting.author)
    try world.git("fetch", "-q", "--jobs", "2", GitWorld.url, "main:remotes/origin/main", in: path)
    #expect(
      try setting.said("c").lines(.reflogFetch) == [
        "refs/heads/main \(setting.tip("main")) 16400..20000 reflog",
        "refs/heads/main \(main.short) 26400..30000 reflog",
      ])
  }

  @Test func appendedFetchesAreNotOneMoment() throws {
    let setting = try Setting()
    let world = setting.world
    _ = try world.clone("c")
    world.clock = 20_000
    try world.fetch("c")
    world.clock = 40_000
    let dev = try world.push("dev", in: setting.author)
    try world.fetch("c", "--append", "origin", "dev")
    let said = try setting.said("c")
    #expect(said.lines(.fetchHead).contains("refs/heads/main \(setting.tip("main")) ?..40000 reflog"))
    #expect(said.lines(.fetchHead).contains("refs/heads/dev \(dev.short) ?..40000 reflog"))
    #expect(!said.views.contains { $0.source == .fetchHead })
  }

  /// Each line is no later than the file, and for itself: the branch that was fetched first may have moved since.
  @Test(arguments: ["--append", "-qa"])
  func appendedFetchesOfTwoBranchesAreNotOneMoment(option: String) throws {
    let setting = try Setting()
    let world = setting.world
    _ = try world.clone("c")
    world.clock = 20_000
    try world.fetch("c", "origin", "main")
    world.clock = 40_000
    let dev = try world.push("dev", in: setting.author)
    try world.fetch("c", option, "origin", "dev")
    let said = try setting.said("c")
    #expect(
      said.lines(.fetchHead) == [
        "refs/heads/main \(setting.tip("main")) ?..40000 reflog", "refs/heads/dev \(dev.short) ?..40000 reflog",
      ])
    #expect(Set(said.sightings.filter { $0.source == .fetchHead }.map(\.evidence)).count == 2)
    // Where the second one moves nothing, two lines to be merged are the only sign of it.
    world.clock = 60_000
    try world.fetch("c", "origin", "dev")
    world.clock = 80_000
    try world.fetch("c", option, "origin", "main")
    #expect(
      try setting.said("c").lines(.fetchHead) == [
        "refs/heads/dev \(dev.short) ?..80000 fetch-head",
        "refs/heads/main \(setting.tip("main")) ?..80000 fetch-head",
      ])
  }

  /// `git fetch --all` empties FETCH_HEAD and appends to it itself.
  @Test func aFetchOfAllRemotesIsOneMoment() throws {
    let setting = try Setting()
    let world = setting.world
    try world.makeServer("Other")
    let path = try world.clone("c")
    try world.git("remote", "add", "other", "codecommit::us-east-2://Other", in: path)
    try world.setTime(path + "/.git/config", 0)
    world.clock = 20_000
    let dev = try world.push("dev", in: setting.author)
    try world.fetch("c", "--all")
    #expect(try world.git("reflog", "show", "origin/dev", in: path).contains("--append"))
    let said = try setting.said("c")
    #expect(said.lines(.fetchHead).contains("refs/heads/dev \(dev.short) 16400..20000 reflog"))
    #expect(said.views.contains { $0.source == .fetchHead && $0.isProven })
  }

  @Test func pushes() throws {
    let setting = try Setting()
    let world = setting.world
    let path = try world.clone("c")
    world.clock = 20_000
    try world.commit("mine", in: path)
    try world.git("push", "-q", "origin", "main", in: path)
    let mine = try world.id("HEAD", in: path).short
    #expect(try setting.said("c").lines(.reflogPush) == ["refs/heads/main \(mine) 20000..20000 reflog"])
    for key in ["remote.origin.pushurl", "url.codecommit::us-east-2://Other.pushInsteadOf"] {
      let value = key.hasPrefix("url") ? GitWorld.url : "https://example.com/other"
      try world.git("config", key, value, in: path)
      #expect(try setting.said("c").lines(.reflogPush).isEmpty, "\(key)")
      try world.git("config", "--unset", key, in: path)
    }
    try world.git("config", "--add", "remote.origin.url", "https://example.com/second", in: path)
    let clone = try Clone(path: path)
    #expect(clone.remotes.first?.url == GitWorld.url && clone.said().lines(.reflogPush).isEmpty)
  }

  @Test func mirrorsAndBareClones() throws {
    let setting = try Setting()
    let world = setting.world
    try world.git("push", "-q", "origin", "main:refs/remotes/origin/main", in: setting.author)
    _ = try world.clone("mirror.git", "--mirror")
    let fresh = try setting.said("mirror.git")
    #expect(fresh.lines(.bareClone).count == 3)
    #expect(fresh.lines(.bareClone).contains("refs/heads/old \(setting.tip("old")) ?..1000000 content"))
    #expect(fresh.views.first?.provesAbsence(of: .branch("gone")) == true && fresh.covers(.tag("x")))
    world.clock = 20_000
    try world.git("push", "-q", "origin", ":old", in: setting.author)
    try world.git("remote", "update", in: world.path("mirror.git"))
    try world.stamp("mirror.git")
    let updated = try setting.said("mirror.git")
    #expect(
      updated.lines(.fetchHead) == [
        "refs/heads/main \(setting.tip("main")) 16400..20000 fetch-head",
        "refs/heads/dev \(setting.tip("dev")) 16400..20000 fetch-head",
        // The server's own refs/remotes, which somebody pushed there, is no branch.
        "refs/remotes/origin/main \(setting.tip("main")) 16400..20000 fetch-head",
      ])
    #expect(updated.lines(.bareClone).isEmpty)
    #expect(updated.views.map { $0.provesAbsence(of: .branch("old")) && $0.provesAbsence(of: .tag("x")) } == [true])
    // A failed fetch empties FETCH_HEAD; that the clone was fetched into since it was made is still known.
    try Data().write(to: URL(filePath: world.path("mirror.git/FETCH_HEAD")))
    #expect(try setting.said("mirror.git").sightings.isEmpty)

    _ = try world.clone("bare.git", "--bare")
    #expect(try setting.said("bare.git").lines(.bareClone).count == 2)
    try world.fetch("bare.git")
    #expect(try setting.said("bare.git").sightings.isEmpty)
  }

  @Test func linkedWorktreesHaveTheirOwnFetchHead() throws {
    let setting = try Setting()
    let world = setting.world
    let path = try world.clone("c")
    try world.git("worktree", "add", "-q", "--detach", world.path("linked"), in: path)
    world.clock = 20_000
    try world.git("fetch", "-q", in: path)
    try world.setTime(path + "/.git/FETCH_HEAD", 20_000)
    world.clock = 30_000
    let dev = try world.push("dev", in: setting.author)
    try world.git("fetch", "-q", "origin", "dev", in: world.path("linked"))
    try world.setTime(path + "/.git/worktrees/linked/FETCH_HEAD", 30_000)
    for name in ["c", "linked"] {
      let lines = try setting.said(name).lines(.fetchHead)
      #expect(lines.count == 4)
      #expect(lines.contains("refs/heads/dev \(dev.short) 26400..30000 reflog"))
      #expect(lines.contains("refs/heads/dev \(setting.tip("dev")) 16400..20000 fetch-head"))
    }
  }

  @Test func negativeRefspecsLeaveBranchesUnseen() throws {
    let setting = try Setting()
    let world = setting.world
    let path = try world.clone("c")
    try world.git("config", "--add", "remote.origin.fetch", "^refs/heads/old", in: path)
    try world.setTime(path + "/.git/config", 0)
    world.clock = 20_000
    try world.fetch("c")
    let said = try setting.said("c")
    #expect(said.lines(.fetchHead).count == 2)
    #expect(!said.views.contains { $0.source == .fetchHead })
    #expect(said.covers(.branch("main")) && !said.covers(.branch("old")))
  }

  @Test func renamedRemotesAndSeveral() throws {
    let setting = try Setting()
    let world = setting.world
    try world.makeServer("Other")
    let path = try world.clone("c")
    try world.git("remote", "rename", "origin", "aws", in: path)
    try world.git("remote", "add", "origin", "https://github.com/example/Repo.git", in: path)
    world.clock = 20_000
    let main = try world.push("main", in: setting.author)
    try world.stamp("c", description: 0)
    try world.fetch("c", "aws")
    let said = try setting.said("c")
    #expect(said.remotes.map(\.name) == ["aws"])
    #expect(said.lines(.reflogFetch) == ["refs/heads/main \(main.short) 16400..20000 reflog"])
    #expect(said.views.contains { $0.source == .fetchHead })
    #expect(said.remoteHeads == [.branch("main")])
    // Another repository's lines are not this one's.
    world.clock = 30_000
    try world.fetch("c", "codecommit::us-east-2://Other", "main")
    #expect(try setting.said("c").lines(.fetchHead).isEmpty)
  }

  /// What was fetched and pushed under the other name may have been another server's.
  @Test func aRemoteThatTookAnothersNameTellsOnlyByFetchHead() throws {
    let setting = try Setting()
    let world = setting.world
    let path = try world.clone("c")
    try world.git("clone", "-q", "--bare", world.server(), world.path("fork.git"), in: nil)
    try world.git("remote", "add", "fork", world.path("fork.git"), in: path)
    try world.git("fetch", "-q", "fork", in: path)
    try world.commit("mine", in: path)
    try world.git("push", "-q", "fork", "main", in: path)
    try world.git("remote", "rename", "origin", "upstream", in: path)
    try world.git("remote", "rename", "fork", "origin", in: path)
    try world.git("remote", "set-url", "origin", GitWorld.url, in: path)
    try world.setTime(path + "/.git/config", 0)
    world.clock = 20_000
    let main = try world.push("main", in: setting.author)
    try world.fetch("c", "origin")
    let said = try setting.said("c")
    #expect(said.lines(.reflogPush).isEmpty && said.lines(.reflogFetch).isEmpty)
    #expect(said.lines(.fetchHead).contains("refs/heads/main \(main.short) 16400..20000 reflog"))
    #expect(said.notes.contains { $0.contains("origin had another name") })
  }

  @Test func aRepointedCloneTellsOnlyByFetchHead() throws {
    let setting = try Setting()
    let world = setting.world
    let path = try world.clone("c", url: world.server())
    #expect(try setting.said("c").sightings.isEmpty)
    try world.git("remote", "set-url", "origin", GitWorld.url, in: path)
    try world.setTime(path + "/.git/config", 0)
    world.clock = 20_000
    let main = try world.push("main", in: setting.author)
    try world.fetch("c")
    let said = try setting.said("c")
    #expect(said.lines(.reflogFetch).isEmpty && said.lines(.cloneFrom).isEmpty)
    #expect(said.lines(.fetchHead).contains("refs/heads/main \(main.short) 16400..20000 reflog"))
    #expect(said.notes.contains { $0.contains("re-pointed") })
  }

  @Test func insteadOfIsFollowed() throws {
    let setting = try Setting()
    let world = setting.world
    try world.git(
      ["-c", "url.codecommit::us-east-2://.insteadOf=aws:", "clone", "-q", "aws:Repo", world.path("c")], in: nil)
    try world.git("config", "url.codecommit::us-east-2://.insteadOf", "aws:", in: world.path("c"))
    try world.stamp("c", description: 0)
    let said = try setting.said("c")
    #expect(said.remotes.map(\.url) == [GitWorld.url])
    #expect(said.lines(.cloneFrom).count == 3)
    #expect(said.views.count == 1)
  }

  @Test func aURLWithAProfileAndAnotherRegion() throws {
    let setting = try Setting()
    _ = try setting.world.clone("c", url: "codecommit::us-east-2://auditor@Repo")
    let clone = try Clone(path: setting.world.path("c"))
    #expect(clone.said().lines(.cloneFrom).count == 3)
    let elsewhere = RepositoryNames(names: ["Repo"], region: "eu-west-1")
    #expect(clone.said(of: elsewhere).sightings.isEmpty)
    let formerName = RepositoryNames(names: ["New", "Repo"], region: nil)
    #expect(clone.said(of: formerName).lines(.cloneFrom).count == 3)
  }

  @Test func damagedFilesAreSilentAndSaid() throws {
    let setting = try Setting()
    _ = try setting.world.clone("c")
    try Data("no line of git's\n".utf8).write(to: URL(filePath: setting.world.path("c/.git/FETCH_HEAD")))
    let said = try setting.said("c")
    #expect(said.lines(.fetchHead).isEmpty && said.notes.contains { $0.contains("FETCH_HEAD is damaged") })
  }
}
