import Foundation
import Testing

/// `import` as a process: killed, run twice at once, without room or rights; and what the other commands make of it.
@Suite struct LedgerCommandTests {
  /// A folder with a trail of many small files and a clone, made by Python and git.
  final class World {
    let url: URL
    let tool: URL

    init(files: Int = 400) throws {
      tool = try #require(StoriesTests.tool, "git-pushtrail is built beside the tests")
      url = FileManager.default.temporaryDirectory.appending(path: "pushtrail-import-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      // Those who are not root read it too.
      let made = try run("/usr/bin/env", ["python3", "-c", Self.make, String(files)])
      #expect(made.status == 0, "\(made.error)")
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    struct Outcome {
      var status: Int32
      var output: String
      var error: String
    }

    func process(_ tool: String, _ arguments: [String]) -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: tool)
      process.arguments = arguments
      process.currentDirectoryURL = url
      process.environment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": path("gitconfig"),
      ].merging(
        ProcessInfo.processInfo.environment.filter { $0.key == "LD_LIBRARY_PATH" },
        uniquingKeysWith: { first, _ in first })
      return process
    }

    func run(_ tool: String, _ arguments: [String]) throws -> Outcome {
      let process = process(tool, arguments)
      let (output, error) = (
        url.appending(path: "out-\(UUID().uuidString)"), url.appending(path: "err-\(UUID().uuidString)")
      )
      defer {
        try? FileManager.default.removeItem(at: output)
        try? FileManager.default.removeItem(at: error)
      }
      for file in [output, error] { try Data().write(to: file) }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = try FileHandle(forWritingTo: error)
      try process.run()
      process.waitUntilExit()
      return Outcome(
        status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
        error: try String(contentsOf: error, encoding: .utf8))
    }

    func pushtrail(_ arguments: [String]) throws -> Outcome { try run(tool.path, arguments) }

    func importing(_ arguments: [String] = []) throws -> Outcome {
      try pushtrail(["import", "trail", "--ledger", "pushes.ledger", "--now", "2026-01-01T00:00:00Z"] + arguments)
    }

    /// The JSON report, from the files or from the ledger.
    func report(_ evidence: [String]) throws -> Outcome {
      try pushtrail(["report", "--format", "json", "--repo", "clone", "--now", "2026-01-01T00:00:00Z"] + evidence)
    }

    func sqlite(_ query: String) throws -> String {
      let outcome = try run(
        "/usr/bin/env",
        [
          "python3", "-c",
          "import sqlite3, sys\nfor row in sqlite3.connect('pushes.ledger', timeout=20).execute(sys.argv[1]): print(*row, sep='|')",
          query,
        ])
      #expect(outcome.status == 0, "\(outcome.error)")
      return outcome.output.trimmingCharacters(in: .newlines)
    }

    private static let make = #"""
      import gzip, json, os, random, subprocess, sys, uuid
      rng = random.Random(1)
      git = lambda *a, **k: subprocess.run(["git", *a], check=True, capture_output=True, text=True, **k).stdout.strip()
      open("gitconfig", "w").write("[safe]\n\tdirectory = *\n[user]\n\tname = a\n\temail = a@example.com\n")
      env = dict(os.environ, GIT_AUTHOR_DATE="2025-03-01T00:00:00Z", GIT_COMMITTER_DATE="2025-03-01T00:00:00Z")
      git("init", "-q", "-b", "main", "clone")
      git("-C", "clone", "remote", "add", "origin", "https://git-codecommit.us-east-2.amazonaws.com/v1/repos/Repo")
      tips = []
      for number in range(5):
          git("-C", "clone", "commit", "-q", "--allow-empty", "-m", str(number), env=env)
          tips.append(git("-C", "clone", "rev-parse", "HEAD"))
      for index in range(int(sys.argv[1])):
          day, minute = 1 + index // 100, index % 100 * 14
          stamp = "2025-03-%02dT%02d:%02d" % (day, minute // 60, minute % 60)
          records = []
          for _ in range(10):
              service = rng.choice(["codecommit", "s3"])
              records.append({"eventVersion": "1.08", "eventTime": stamp + ":%02dZ" % rng.randrange(60), "eventSource": service + ".amazonaws.com",
                  "eventName": "GitPush", "awsRegion": "us-east-2", "sourceIPAddress": "203.0.113.1", "userAgent": "git/2.39",
                  "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/m", "userName": "m"},
                  "requestParameters": {"references": [{"commit": rng.choice(tips), "ref": "refs/heads/" + rng.choice("abcdefghij")}]},
                  "responseElements": None, "eventID": str(uuid.UUID(int=rng.getrandbits(128))), "readOnly": False, "recipientAccountId": "111122223333",
                  "additionalEventData": {"repositoryName": "Repo", "repositoryId": "r-1", "dataTransferred": True},
                  "resources": [{"ARN": "arn:aws:codecommit:us-east-2:111122223333:Repo"}]})
          folder = "trail/AWSLogs/111122223333/CloudTrail/us-east-2/2025/03/%02d" % day
          os.makedirs(folder, exist_ok=True)
          name = "111122223333_CloudTrail_us-east-2_%sZ_%016x.json.gz" % (stamp.replace("-", "").replace(":", ""), rng.getrandbits(64))
          open(folder + "/" + name, "wb").write(gzip.compress(json.dumps({"Records": records}).encode()))
      """#
  }

  /// What a ledger holds at any moment: whole files, sound tables.
  private static func expectWholeFiles(_ world: World) throws {
    #expect(try world.sqlite("PRAGMA integrity_check") == "ok")
    #expect(try world.sqlite("PRAGMA foreign_key_check") == "")
    let broken = """
      SELECT count(*) FROM files WHERE codecommit_records <>
        (SELECT count(*) FROM records WHERE records.file = files.id)
        + (SELECT count(*) FROM copies WHERE copies.file = files.id)
      """
    #expect(try world.sqlite(broken) == "0")
    let unpacked = """
      SELECT count(*) FROM files LEFT JOIN batches ON batches.id = batch
      WHERE codecommit_records > 0 AND batches.id IS NULL
      """
    // Killed while the tables were being made, it has no file yet.
    let hasBatches = try world.sqlite("SELECT count(*) FROM sqlite_master WHERE name = 'batches'") == "1"
    #expect(try world.sqlite(hasBatches ? unpacked : "SELECT count(*) FROM files") == "0")
  }

  @Test func `killed at any moment, it holds whole files and goes on`() throws {
    let world = try World()
    let direct = try world.report(["--trail", "trail"])
    #expect([0, 1, 3].contains(direct.status), "\(direct.error)")
    var seen: Set<String> = []
    for round in 0..<12 {
      let process = world.process(
        world.tool.path, ["import", "trail", "--ledger", "pushes.ledger", "--now", "2026-01-01T00:00:00Z"])
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      // However slow the machine is: from when it has begun to write.
      while process.isRunning, !FileManager.default.fileExists(atPath: world.path("pushes.ledger-wal")) {
        usleep(1_000)
      }
      usleep(UInt32(round * 25_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let tables =
        FileManager.default.fileExists(atPath: world.path("pushes.ledger"))
        ? try world.sqlite("SELECT count(*) FROM sqlite_schema WHERE name = 'files'") : "0"
      guard tables == "1" else { continue }
      try Self.expectWholeFiles(world)
      seen.insert(try world.sqlite("SELECT count(*) FROM files"))
    }
    let done = try world.importing()
    #expect(done.status == 0, "\(done.error)")
    try Self.expectWholeFiles(world)
    #expect(try world.sqlite("SELECT count(*) FROM files") == "400")
    let stored = try world.report(["--ledger", "pushes.ledger"])
    #expect(stored.output == direct.output)
    #expect(!seen.isEmpty)
  }

  @Test func `several at once all succeed, on a ledger that none has made yet`() throws {
    let world = try World()
    let processes = (0..<4).map { _ in
      world.process(world.tool.path, ["import", "trail", "--ledger", "pushes.ledger", "--now", "2026-01-01T00:00:00Z"])
    }
    for process in processes {
      process.standardOutput = FileHandle.nullDevice
      try process.run()
    }
    for process in processes { process.waitUntilExit() }
    #expect(processes.map(\.terminationStatus) == [0, 0, 0, 0])
    try Self.expectWholeFiles(world)
    #expect(try world.sqlite("SELECT count(*), count(DISTINCT base) FROM files") == "400|400")
    #expect(try world.report(["--ledger", "pushes.ledger"]).output == world.report(["--trail", "trail"]).output)
  }

  @Test func `every command takes it, and git's configuration may name it`() throws {
    let world = try World(files: 20)
    #expect(try world.importing().output.hasPrefix("20 new files, 0 known; "))
    #expect(try world.importing().output == "0 new files, 20 known; 0 new records\n")
    let evidence = ["--repo", "clone", "--now", "2026-01-01T00:00:00Z"]
    for command in [["verify"], ["report"], ["log"], ["show", "a"], ["ask"]] {
      let direct = try world.pushtrail(command + evidence + ["--trail", "trail"])
      let stored = try world.pushtrail(command + evidence + ["--ledger", "pushes.ledger"])
      #expect(
        [stored.output, String(stored.status), stored.error] == [direct.output, String(direct.status), direct.error])
    }
    _ = try world.run(
      "/usr/bin/env", ["git", "-C", "clone", "config", "pushtrail.ledger", world.path("pushes.ledger")])
    // Of the clone that one stands in, that is; one that is given as evidence does not configure its own audit.
    let standing = "cd clone && '\(world.tool.path)' report --format json --now 2026-01-01T00:00:00Z"
    let configured = try world.run("/bin/sh", ["-c", standing])
    #expect(!configured.output.isEmpty)
    #expect(
      configured.output == (try world.run("/bin/sh", ["-c", standing + " --trail '\(world.path("trail"))'"])).output)
    let given = try world.pushtrail(["verify", "--repo", "clone"])
    #expect(given.status == 2 && given.error.contains("no trail was given"), "\(given.error)")
    let nothing = try world.pushtrail(["verify", "--repo", "clone", "--ledger", "nowhere.ledger"])
    #expect(nothing.status == 2)
    #expect(nothing.error.hasPrefix("error: there is no ledger nowhere.ledger\nhint: "))
  }

  @Test func `as logged, the records that name an event, a tip or a ref`() throws {
    let world = try World(files: 20)
    #expect(try world.importing().status == 0)
    // Which records those are, Python finds in the files.
    let script = #"""
      import glob, gzip, json
      records = [r for path in glob.glob("trail/**/*.gz", recursive=True) for r in json.loads(gzip.open(path).read())["Records"]
                 if r["eventSource"].startswith("codecommit")]
      entry = lambda r: r["requestParameters"]["references"][0]
      first = records[0]
      for word, isMeant in [(first["eventID"], lambda r: r is first), (entry(first)["commit"], lambda r: entry(r)["commit"] == entry(first)["commit"]),
                            (entry(first)["commit"][:7], lambda r: entry(r)["commit"] == entry(first)["commit"]),
                            ("a", lambda r: entry(r)["ref"] == "refs/heads/a"), ("refs/heads/b", lambda r: entry(r)["ref"] == "refs/heads/b")]:
          print(word, *sorted(r["eventID"] for r in records if isMeant(r)))
      """#
    let said = try world.run("/usr/bin/env", ["python3", "-c", script])
    let lines = said.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.count == 5 && lines.allSatisfy { $0.count > 1 }, "\(said.error)")
    for line in lines {
      let shown = try world.pushtrail(["show", line[0], "--as-logged", "--ledger", "pushes.ledger"])
      let events = shown.output.split(separator: "\n").filter { $0.hasPrefix("event ") }.map { String($0.dropFirst(6)) }
      #expect(events.sorted() == Array(line.dropFirst()), "\(line[0]): \(shown.error)")
    }
    let none = try world.pushtrail(["show", "0123456789", "--as-logged", "--ledger", "pushes.ledger"])
    #expect(none.status == 2)
    #expect(none.error.hasPrefix("error: no record of the ledger names '0123456789'"))
    // Judging takes a clone, and where there is none, the hints say so.
    try FileManager.default.removeItem(atPath: world.path("clone"))
    let judged = try world.pushtrail(["show", "a", "--ledger", "pushes.ledger", "--repository", "Repo"])
    #expect(judged.status == 2)
    #expect(
      judged.error.contains("hint: stand in a clone of the repository, or name one: --repo DIR\n"), "\(judged.error)")
    #expect(
      judged.error.contains("git pushtrail show --as-logged COMMIT|REF|EVENT --ledger pushes.ledger\n"),
      "\(judged.error)")
  }

  @Test func `a changed log file is an error of verify`() throws {
    let world = try World(files: 3)
    #expect(try world.importing().status == 0)
    let change = """
      import glob, gzip, json
      path = sorted(glob.glob("trail/**/*.gz", recursive=True))[0]
      log = json.loads(gzip.open(path).read())
      log["Records"] = [r for r in log["Records"] if "s3" in r["eventSource"]]
      open(path, "wb").write(gzip.compress(json.dumps(log).encode()))
      """
    _ = try world.run("/usr/bin/env", ["python3", "-c", change])
    let second = try world.importing()
    #expect(second.status == 0)
    #expect(second.error.contains("was changed since it was imported"))
    let report = try world.report(["--ledger", "pushes.ledger"])
    #expect(report.status == 1)
    #expect(report.output.contains(#""rule":"trail-tampered""#) || report.output.contains(#""rule": "trail-tampered""#))
    #expect(report.output.contains("was changed after it was imported"))
  }

  /// Root may do anything: the tests of what is forbidden run as nobody then.
  private static func asNobody(_ world: World, _ arguments: [String]) throws -> World.Outcome {
    if getuid() != 0 { return try world.pushtrail(arguments) }
    return try world.run(
      "/usr/bin/env",
      ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", world.tool.path] + arguments)
  }

  @Test func `a ledger that cannot be written can be read`() throws {
    let world = try World(files: 20)
    #expect(try world.importing().status == 0)
    try Data("\(String(repeating: "1", count: 40))\trefs/heads/a\n".utf8).write(to: world.url.appending(path: "seen"))
    let seen = ["--refs-seen", "seen@2025-12-01T00:00:00Z"]
    let direct = try world.report(["--trail", "trail"] + seen)
    let evidence =
      [
        "report", "--format", "json", "--repo", "clone", "--now", "2026-01-01T00:00:00Z", "--ledger", "pushes.ledger",
      ] + seen
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: world.path("pushes.ledger"))
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: world.url.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: world.url.path) }
    let tool = try Self.asNobody(world, ["--version"])
    // A build folder may be out of nobody's reach.
    guard tool.status == 0 else { return }
    let stored = try Self.asNobody(world, evidence)
    #expect(stored.output == direct.output, "\(stored.error)")
    #expect(stored.error.contains("hint: what the clones show now was not kept"), "\(stored.error)")
    let refused = try Self.asNobody(world, ["import", "trail", "--ledger", "pushes.ledger"])
    #expect(refused.status == 2)
    #expect(refused.error.hasPrefix("error: pushes.ledger "), "\(refused.error)")
    let nowhere = try Self.asNobody(world, ["import", "trail", "--ledger", "new.ledger"])
    #expect(nowhere.status == 2)
    #expect(nowhere.error.hasPrefix("error: new.ledger cannot be opened"), "\(nowhere.error)")
  }

  /// Only root can make a small disk.
  @Test(.enabled(if: getuid() == 0))
  func `a full disk loses nothing that was kept`() throws {
    let world = try World()
    let disk = world.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    guard try world.run("/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk]).status == 0 else {
      return
    }
    defer { _ = try? world.run("/usr/bin/env", ["umount", "-l", disk]) }
    let full = try world.pushtrail(["import", "trail", "--ledger", "disk/pushes.ledger"])
    #expect(full.status == 2)
    #expect(full.error.hasPrefix("error: disk/pushes.ledger cannot grow: the disk is full\n"), "\(full.error)")
    #expect(try world.run("/usr/bin/env", ["mount", "-o", "remount,size=40m", disk]).status == 0)
    let done = try world.pushtrail(["import", "trail", "--ledger", "disk/pushes.ledger"])
    #expect(done.status == 0, "\(done.error)")
    let stored = try world.report(["--ledger", "disk/pushes.ledger"])
    #expect(stored.output == (try world.report(["--trail", "trail"])).output)
  }
}
