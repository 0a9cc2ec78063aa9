/// The remotes of a configuration, read as git reads them.
///
/// libgit2's own remotes take the last of several URLs where git fetches from the first, and refuse a remote that has a
/// negative refspec. Source: git-config documentation (`remote.<name>.*`, `url.<base>.insteadOf`); git's `remote.c`.
struct RemoteConfiguration {
  private let entries: [RepositoryHandle.Entry]

  init(_ entries: [RepositoryHandle.Entry]) { self.entries = entries }

  /// Every remote that has a URL, in the order of names.
  var remotes: [Remote] {
    let names = Set(entries.compactMap { Self.middle(of: $0.name, "remote.", ".url") })
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap(remote)
  }

  private func remote(_ name: String) -> Remote? {
    func values(_ key: String) -> [String] {
      entries.filter { $0.name == "remote.\(name).\(key)" && !$0.value.isEmpty }.map(\.value)
    }
    guard let configured = values("url").first else { return nil }
    let url = rewritten(configured)
    // Without a pushurl, git pushes to every URL, each rewritten by pushInsteadOf.
    let pushTargets =
      values("pushurl").isEmpty
      ? values("url").map { rewritten($0, by: ".pushinsteadof") ?? rewritten($0) }
      : values("pushurl").map { rewritten($0) }
    return Remote(
      name: name, url: url,
      pushURL: values("pushurl").isEmpty ? pushTargets.first { $0 != url } : pushTargets.first,
      pushURLs: pushTargets, isMirror: values("mirror").last.map(Self.isTrue) ?? false,
      refspecs: values("fetch").map { Refspec($0) }, skipsTags: values("tagopt").last == "--no-tags",
      codecommit: CodeCommitURL(url))
  }

  private static func isTrue(_ value: String) -> Bool { ["true", "yes", "on", "1"].contains(value.lowercased()) }

  /// A URL as git uses it, after `insteadOf`.
  func rewritten(_ url: String) -> String { rewritten(url, by: ".insteadof") ?? url }

  /// The longest prefix that some `url.BASE.KEY` names gives way to its base; `nil` if there is none.
  private func rewritten(_ url: String, by key: String) -> String? {
    var best: (base: String, length: Int)?
    for entry in entries where !entry.value.isEmpty && url.utf8.starts(with: entry.value.utf8) {
      guard let base = Self.middle(of: entry.name, "url.", key) else { continue }
      if best.map({ $0.length < entry.value.utf8.count }) ?? true { best = (base, entry.value.utf8.count) }
    }
    return best.map { $0.base + String(decoding: url.utf8.dropFirst($0.length), as: UTF8.self) }
  }

  private static func middle(of name: String, _ prefix: String, _ suffix: String) -> String? {
    guard name.utf8.count > prefix.utf8.count + suffix.utf8.count, name.hasPrefix(prefix), name.hasSuffix(suffix)
    else { return nil }
    return String(name.dropFirst(prefix.count).dropLast(suffix.count))
  }
}
