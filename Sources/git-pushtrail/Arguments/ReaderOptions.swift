internal import ArgumentParser

/// Whose reads are told apart from people's.
struct ReaderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Leave out reads by this name, session, role or ARN: a robot's. Repeatable.", valueName: "name"))
  var excludePrincipal: [String] = []

  func excluded(_ defaults: ConfiguredDefaults) throws(CommandFailure) -> [String] {
    excludePrincipal.isEmpty ? defaults.strings("excludePrincipal") : excludePrincipal
  }
}
