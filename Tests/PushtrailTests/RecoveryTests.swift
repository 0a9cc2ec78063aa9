import Foundation
import Testing

/// The commands that `recover` prints are run, by a real shell against the story's real server: they bring the commit back.
@Suite struct RecoveryTests {
  @Test(arguments: ["clone", "gate"])
  func printedCommandsBringTheCommitBack(clone: String) throws {
    let tool = try #require(StoriesTests.tool, "git-pushtrail is built beside the tests")
    let world = FileManager.default.temporaryDirectory.appending(path: "pushtrail-recovery-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: world) }
    let script = """
      set -e
      '\(StoriesTests.root.path)/scripts/stories' --make "$WORLD" read-before-removed
      cd "$WORLD"
      secret=$(python3 -c 'import json; print(json.load(open("story.json"))["names"]["secret"])')
      # The gate's clone is made anew, without the secret: the server must be asked for it.
      if [ \(clone) = gate ]; then
        rm -rf gate
        git clone -q 'codecommit::us-east-2://MyDemoRepo' gate
      fi
      '\(tool.path)' recover --trail trail --repo \(clone) --now 2026-03-03T18:00:00Z main > commands
      grep -v '^aws ' commands > local-commands
      if [ \(clone) = gate ]; then sh -e ./local-commands; git -C gate rev-parse recovered/${secret%${secret#????????????}}
      else sh -e ./local-commands; git -C server.git rev-parse refs/heads/recovered/${secret%${secret#????????????}}; fi
      echo $secret
      """
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", script]
    var environment = ProcessInfo.processInfo.environment
    environment["WORLD"] = world.path
    environment["PATH"] = "\(world.path)/bin:" + (environment["PATH"] ?? "/usr/bin:/bin")
    environment["GIT_CONFIG_GLOBAL"] = "\(world.path)/gitconfig"
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    environment["HOME"] = world.path
    environment["STORY_COMMANDS"] = "/dev/null"
    shell.environment = environment
    let output = Pipe()
    shell.standardOutput = output
    shell.standardError = output
    try shell.run()
    let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0, "\(said)")
    let lines = said.split(separator: "\n").suffix(2)
    #expect(lines.count == 2 && lines.first == lines.last, "\(said)")
  }
}
