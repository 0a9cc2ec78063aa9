internal import CLibgit2
internal import FoundationEssentials

/// Whether the files of a repository that libgit2 opens are files: it would wait for a pipe forever, and a clone to audit is
/// a stranger's.
enum PlainFiles {
  /// Includes deeper than this git refuses.
  private static let deepestInclude = 10

  /// Fails if something else stands in the place of one, in the repository at `path` or the one that holds it.
  static func require(at path: String) throws(GitStoreError) {
    // By these libgit2 finds the repository.
    try require(["\(path)/commondir", "\(path)/.git/commondir", "\(path)/.git/HEAD"])
    guard let directory = repository(at: path) else { return }
    try require(["commondir", "gitdir", "HEAD", "config.worktree"].map { directory + $0 })
    var common = directory
    if let link = Files.text(directory + "commondir")?.split(whereSeparator: \.isNewline).first {
      common = link.hasPrefix("/") ? "\(link)/" : "\(directory)\(link)/"
    }
    try require(["HEAD", "packed-refs", "shallow", "info/grafts"].map { common + $0 })
    for file in [common + "config", directory + "config.worktree"] { try requireConfiguration(file, depth: 0) }
    try requireObjects(common + "objects")
  }

  private static func require(_ files: [String]) throws(GitStoreError) {
    for file in files where Files.isOdd(file) {
      throw GitStoreError(
        "\(file): no regular file but a pipe or a device: it is not opened",
        hints: ["git would wait for it as well: look at who put it there, or leave that clone out"])
    }
  }

  /// The repository's folder, with a slash at its end.
  private static func repository(at path: String) -> String? {
    var found = unsafe git_buf()
    defer { unsafe git_buf_dispose(&found) }
    guard Libgit2.isReady, unsafe git_repository_discover(&found, path, 0, nil) == 0, let name = unsafe found.ptr else {
      return nil
    }
    return unsafe String(cString: name)
  }

  /// A configuration file and what it includes, under whatever condition.
  private static func requireConfiguration(_ file: String, depth: Int) throws(GitStoreError) {
    try require([file])
    guard depth < deepestInclude, let text = Files.text(file) else { return }
    var isInclude = false
    for line in text.split(whereSeparator: \.isNewline) {
      var rest = line.drop(while: \.isWhitespace)
      if rest.hasPrefix("[") {
        isInclude = rest.lowercased().hasPrefix("[include")
        rest = rest.drop { $0 != "]" }.dropFirst().drop(while: \.isWhitespace)
      }
      guard isInclude, rest.prefix(4).lowercased() == "path", let sign = rest.firstIndex(of: "=") else { continue }
      let value = rest[rest.index(after: sign)...].filter { $0 != "\"" }
      let name = String(value.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      try requireConfiguration(place(of: name, in: file), depth: depth + 1)
    }
  }

  private static func place(of name: String, in file: String) -> String {
    if name.hasPrefix("/") { return name }
    if name.hasPrefix("~/") { return (ProcessInfo.processInfo.environment["HOME"] ?? "") + name.dropFirst() }
    return (file.lastIndex(of: "/").map { file[...$0] } ?? "") + name
  }

  private static func requireObjects(_ directory: String) throws(GitStoreError) {
    for folder in ObjectDirectories.all(from: directory) {
      let packs = Files.entries(folder + "/pack").map { "\(folder)/pack/\($0)" }
      try require(["\(folder)/info/alternates", "\(folder)/info/commit-graph"] + packs)
    }
  }
}
