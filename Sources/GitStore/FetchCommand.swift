internal import PushModel

/// The command line of a fetch or pull, as a reflog keeps it: `fetch -q origin +refs/heads/*:refs/remotes/origin/*`.
///
/// It tells what the ref's new id was on the server: usually the branch that the ref tracks, but a refspec of the command
/// line may have put anything there.
struct FetchCommand: Hashable {
  /// A remote's name, a URL or a path; `nil` for the default remote.
  var repository: String?
  /// Those of the command line: they stand in for the configured ones.
  var refspecs: [Refspec] = []
  /// `--refmap` maps server refs to tracking refs in a way that the configuration does not know.
  var hasRefmap = false
  /// `--append` by the user's wish: FETCH_HEAD keeps the lines of earlier fetches. (`git fetch --all` says it to each of the
  /// fetches that it makes of itself, after it has emptied the file.)
  var appends = false

  /// Options whose value is a word of its own. Source: git-fetch and git-pull documentation.
  private static let takingValue: Set<Substring> = [
    "-j", "--jobs", "--depth", "--deepen", "--shallow-since", "--shallow-exclude", "--upload-pack", "-o",
    "--server-option", "--negotiation-tip", "--filter", "--refmap", "--recurse-submodules-default",
    "--submodule-prefix", "-s", "--strategy", "-X", "--strategy-option",
  ]

  init?(_ command: Substring) {
    var words = command.split(separator: " ")
    guard let verb = words.first, ["fetch", "pull"].contains(verb) else { return nil }
    words.removeFirst()
    var positional: [Substring] = []
    var onlyPositional = false
    var skipsValue = false
    for word in words {
      if skipsValue {
        skipsValue = false
      } else if onlyPositional || !word.hasPrefix("-") {
        positional.append(word)
      } else if word == "--" {
        onlyPositional = true
      } else {
        if word.hasPrefix("--refmap") { hasRefmap = true }
        if Self.isAppend(word) { appends = true }
        skipsValue = Self.takingValue.contains(word)
      }
    }
    if words.starts(with: ["--append", "--no-auto-gc"]) || words.starts(with: ["--append", "--no-auto-maintenance"]) {
      appends = false
    }
    repository = positional.first.map { String($0) }
    refspecs = positional.dropFirst().map { Refspec(String($0)) }
  }

  /// `--append`, cut short or not, and `-a`, alone or among other letters.
  private static func isAppend(_ word: Substring) -> Bool {
    if word.hasPrefix("--") { return word.count > 3 && "--append".hasPrefix(word) }
    return word.prefix { !"josX".contains($0) }.contains("a")
  }

  /// Those of its refspecs that write a local ref.
  func refspecs(writing local: RefName) -> [Refspec] { refspecs.filter { $0.source(of: local) != nil } }
}
