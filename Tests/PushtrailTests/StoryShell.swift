import Foundation
import Testing

/// Shell commands, run by bash in the freshly made world of a story: `pushtrail COMMAND ...` there is the built tool, on the
/// story's trail and at its moment, and git reaches the story's server.
enum StoryShell {
  static func run(_ story: String, _ commands: String) throws -> (status: Int32, output: String) {
    let tool = try #require(StoriesTests.tool, "git-pushtrail is built beside the tests")
    let world = FileManager.default.temporaryDirectory.appending(path: "pushtrail-story-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: world) }
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = [
      "-c",
      """
      set -e
      '\(StoriesTests.root.path)/scripts/stories' --make "$WORLD" \(story)
      cd "$WORLD"
      pushtrail() { '\(tool.path)' "$@" --trail trail --now 2026-03-03T18:00:00Z; }
      secret=$(jq -r '.names.secret // empty' story.json)
      \(commands)
      """,
    ]
    var environment = ProcessInfo.processInfo.environment
    environment["WORLD"] = world.path
    environment["PATH"] = "\(world.path)/bin:" + (environment["PATH"] ?? "/usr/bin:/bin")
    environment["GIT_CONFIG_GLOBAL"] = "\(world.path)/gitconfig"
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    environment["HOME"] = world.path
    // The story's server notes the commands of each push there.
    environment["STORY_COMMANDS"] = "/dev/null"
    shell.environment = environment
    let output = Pipe()
    shell.standardOutput = output
    shell.standardError = output
    try shell.run()
    let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    shell.waitUntilExit()
    return (shell.terminationStatus, said)
  }
}
