internal import ArgumentParser

@main
struct GitPushtrail: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "git-pushtrail")
}
