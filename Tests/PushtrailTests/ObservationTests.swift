import Foundation
import Testing

/// A run with a ledger remembers what its clones showed; a later run, whose own clone is ahead of the trail, has the word
/// of the earlier ones.
@Suite struct ObservationTests {
  private static let stories = StoriesTests.root.appending(path: "Fixtures/stories").path

  /// main is put back by force, and no record tells. A CI job looks an hour later, and again the next day, each time with
  /// a clone of its own that the next job does not have.
  private static let make = #"""
    import pathlib, shutil, sys
    sys.dont_write_bytecode = True
    sys.path.insert(0, sys.argv[1])
    from telling import Tale
    shutil.rmtree("clone")
    tale = Tale(pathlib.Path.cwd())
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop")
    mallory = tale.clone("mallory", "mallory", "02 10:00")
    ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main", name="push.last")
    ada.git("checkout", "-q", "-b", "topic")
    ada.commit("topic", "A topic", "03 08:00")
    ada.push("03 08:05", "topic")
    mallory.commit("main", "Nothing to see", "03 09:00")
    mallory.push("03 09:05", "+main", logged=False)
    tale.clone("auditor", "first", "03 10:00", *sys.argv[2:], logged=False)
    tale.clone("auditor", "second", "05 10:00", *sys.argv[2:], logged=False)
    tale.trail_ends("04 20:00")
    tale.told("05 10:30")
    """#

  private func world(_ options: [String], story: String = make) throws -> LedgerCommandTests.World {
    let world = try LedgerCommandTests.World(files: 0)
    let made = try world.run("/usr/bin/env", ["python3", "-c", story, Self.stories] + options)
    #expect(made.status == 0, "\(made.error)")
    return world
  }

  private func files(_ world: LedgerCommandTests.World, _ isWanted: (String) -> Bool) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: world.path("trail"))
      .filter { $0.hasSuffix(".gz") && isWanted($0) }.sorted().map { "trail/\($0)" }
  }

  private func verify(
    _ world: LedgerCommandTests.World, _ evidence: [String], clone: String, now: String, covered: String
  ) throws -> LedgerCommandTests.World.Outcome {
    try world.pushtrail(
      ["verify", "--repo", clone, "--now", now, "--coverage", "2026-03-02T00:00:00Z..\(covered)"] + evidence)
  }

  @Test(arguments: [[], ["--mirror"]])
  func `what was gone in an earlier clone is proved while the trail lags behind today's`(options: [String]) throws {
    let world = try world(options)
    let early = try files(world) { $0.contains("/2026/03/02/") || $0.contains("20260303T0") }
    #expect(!early.isEmpty)
    let ledger = ["--ledger", "pushes.ledger"]
    #expect(try world.pushtrail(["import"] + early + ledger + ["--now", "2026-03-03T10:30:00Z"]).status == 0)
    let first = try verify(
      world, ledger, clone: "first", now: "2026-03-03T10:30:00Z", covered: "2026-03-03T06:00:00Z")
    #expect(first.status == 3, "\(first.output)")
    try FileManager.default.removeItem(atPath: world.path("first"))

    #expect(try world.pushtrail(["import", "trail"] + ledger + ["--now", "2026-03-05T10:20:00Z"]).status == 0)
    let (now, covered) = ("2026-03-05T10:30:00Z", "2026-03-04T20:00:00Z")
    let alone = try verify(world, ["--trail", "trail"], clone: "second", now: now, covered: covered)
    #expect(alone.status == 3, "\(alone.output)")
    let second = try verify(world, ledger, clone: "second", now: now, covered: covered)
    #expect(second.status == 1, "\(second.output)")
    #expect(second.output.contains("unlogged-update") || second.output.contains("commits-missing"), "\(second.output)")
    // And said again, it is the same.
    #expect(try verify(world, ledger, clone: "second", now: now, covered: covered).output == second.output)
    let seen = try world.sqlite("SELECT DISTINCT evidence FROM sightings ORDER BY 1")
    #expect(seen.contains("first") && seen.contains("second"), "\(seen)")
  }

  @Test func `the same word again is kept once`() throws {
    let world = try world([])
    #expect(
      try world.pushtrail(["import", "trail", "--ledger", "pushes.ledger", "--now", "2026-03-05T10:20:00Z"]).status == 0
    )
    var counts: [String] = []
    for minute in 30..<33 {
      _ = try world.pushtrail(
        [
          "log", "--repo", "first", "--repo", "second", "--ledger", "pushes.ledger", "--now",
          "2026-03-05T10:\(minute):00Z",
        ])
      counts.append(
        try world.sqlite("SELECT count(*), (SELECT count(*) FROM observed_refs), max(observed) FROM observations"))
    }
    #expect(counts[0] == counts[1] && counts[1] == counts[2])
    #expect(!counts[0].hasPrefix("0|"))
  }

  /// main goes back to a tip that it had the day before, and forth again; no record tells. A fresh clone sees it between, at
  /// a time when by the log it was elsewhere: its clock is off, or two records are missing.
  private static let goBack = #"""
    import pathlib, shutil, sys
    sys.dont_write_bytecode = True
    sys.path.insert(0, sys.argv[1])
    from telling import Tale
    from telling.git import git
    from telling.words import moment
    shutil.rmtree("clone")
    tale = Tale(pathlib.Path.cwd())
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    first = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main")
    last = ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main")
    git(tale, tale.server, moment("03 09:00"), "update-ref", "refs/heads/main", first)
    tale.clone("auditor", "first", "03 10:00")
    git(tale, tale.server, moment("03 12:00"), "update-ref", "refs/heads/main", last)
    tale.clone("auditor", "second", "05 10:00")
    tale.told("05 10:30")
    """#

  @Test func `what a doubtful clock dated is kept without a time`() throws {
    let world = try world([], story: Self.goBack)
    let ledger = ["--ledger", "pushes.ledger"]
    #expect(try world.pushtrail(["import", "trail"] + ledger + ["--now", "2026-03-05T10:20:00Z"]).status == 0)
    let kept = "SELECT count(*) FROM sightings WHERE earliest IS NULL AND latest = '2026-03-03 10:30:00'"
    for now in ["2026-03-03T10:30:00Z", "2026-03-03T10:40:00Z"] {
      let doubted = try verify(world, ledger, clone: "first", now: now, covered: "2026-03-05T10:20:00Z")
      #expect(doubted.status == 3 && doubted.output.contains("undated"), "\(doubted.output)")
      #expect(try world.sqlite(kept) == "1")
    }
    // Later it was seen elsewhere, for certain.
    let later = try verify(
      world, ledger, clone: "second", now: "2026-03-05T10:30:00Z", covered: "2026-03-05T10:20:00Z")
    #expect(later.status == 0, "\(later.output)")
    #expect(try world.sqlite("SELECT count(*) FROM sightings") == "2")
  }
}
