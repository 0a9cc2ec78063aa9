public import PushModel

/// One configured remote.
public struct Remote: Hashable, Sendable {
  public var name: String
  /// What git fetches from, after `insteadOf`; may carry credentials: show `CodeCommitURL.redacted`.
  public var url: String
  /// Where pushes go, if not to `url` alone: a `pushurl`, a `pushInsteadOf`, a second URL.
  public var pushURL: String?
  /// Every URL to which a push goes; may carry credentials.
  public var pushURLs: [String] = []
  /// Whether a push copies every ref of the clone: then it takes no refspec.
  public var isMirror = false
  public var refspecs: [Refspec]
  /// Whether `tagOpt` keeps tags from being fetched.
  public var skipsTags = false
  /// What the URL names, if it is a CodeCommit repository.
  public var codecommit: CodeCommitURL?

  /// Which local ref a fetch writes for a server ref; `nil` if no refspec covers it.
  public func localRef(of ref: RefName) -> RefName? {
    if refspecs.contains(where: { $0.isNegative && $0.matches(ref) }) { return nil }
    return refspecs.lazy.compactMap { $0.destination(of: ref) }.first
  }

  /// Whether there is one.
  func covers(_ ref: RefName) -> Bool {
    !refspecs.contains { $0.isNegative && $0.matches(ref) }
      && refspecs.contains { !$0.isNegative && $0.to != nil && $0.matches(ref) }
  }

  /// Which server ref a local ref mirrors.
  public func serverRef(of ref: RefName) -> RefName? {
    refspecs.lazy.compactMap { $0.source(of: ref) }.first
  }

  /// Whether a local ref mirrors any server ref.
  func tracks(_ ref: RefName) -> Bool { refspecs.contains { $0.isSource(of: ref) } }

  /// Whether the refspecs map every branch: some has the wildcard, and none takes branches out again.
  public var mapsAllBranches: Bool { refspecs.mapAllBranches }

  /// Whether a fetch moves local tags with the server's.
  public var mapsTags: Bool { refspecs.mapTags }
}

extension [Refspec] {
  private var hasNegative: Bool { contains(where: \.isNegative) }

  var mapAllBranches: Bool { !hasNegative && contains { ["refs/heads/*", "refs/*"].contains($0.from) } }

  var mapTags: Bool {
    !hasNegative
      && contains { ["refs/tags/*", "refs/*"].contains($0.from) && $0.destination(of: .tag("x")) != nil }
  }
}

/// `[+]FROM:TO` with at most one `*` on each side, or `^FROM`.
///
/// Source: gitrevisions and git-fetch documentation, `<refspec>`.
public struct Refspec: Hashable, Sendable {
  public var from: String
  public var to: String?
  public var isNegative: Bool

  public init(_ text: String) {
    var rest = Substring(text)
    isNegative = rest.hasPrefix("^")
    if rest.hasPrefix("+") || rest.hasPrefix("^") { rest = rest.dropFirst() }
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    from = Self.whole(String(parts.first ?? ""))
    to = parts.count > 1 && !parts[1].isEmpty ? Self.wholeDestination(String(parts[1])) : nil
  }

  /// `main` in a refspec is a branch.
  private static func whole(_ name: String) -> String {
    name.isEmpty || name.hasPrefix("refs/") || name == "HEAD" ? name : "refs/heads/" + name
  }

  /// git puts `refs/` before these where a command line leaves it out.
  private static func wholeDestination(_ name: String) -> String {
    ["heads/", "tags/", "remotes/"].contains(where: name.hasPrefix) ? "refs/" + name : name
  }

  func matches(_ ref: RefName) -> Bool { Self.star(of: ref.rawValue, in: from) != nil }

  func destination(of ref: RefName) -> RefName? {
    guard !isNegative, let to, let star = Self.star(of: ref.rawValue, in: from) else { return nil }
    return RefName(Self.filled(to, star))
  }

  func source(of ref: RefName) -> RefName? {
    guard !isNegative, let to, let star = Self.star(of: ref.rawValue, in: to) else { return nil }
    return RefName(Self.filled(from, star))
  }

  /// Whether `source(of:)` has an answer.
  func isSource(of ref: RefName) -> Bool {
    guard !isNegative, let to else { return false }
    return Self.star(of: ref.rawValue, in: to) != nil
  }

  /// What the pattern's `*` stands for in the name; empty for a pattern without one that is the name.
  private static func star(of name: String, in pattern: String) -> Substring? {
    let (bytes, pattern) = (name.utf8, pattern.utf8)
    guard let position = pattern.firstIndex(of: UInt8(ascii: "*")) else {
      return bytes.elementsEqual(pattern) ? "" : nil
    }
    let prefix = pattern[..<position]
    let suffix = pattern[pattern.index(after: position)...]
    guard bytes.count >= prefix.count + suffix.count, bytes.starts(with: prefix),
      bytes.suffix(suffix.count).elementsEqual(suffix)
    else { return nil }
    return Substring(bytes.dropFirst(prefix.count).dropLast(suffix.count))
  }

  private static func filled(_ pattern: String, _ star: Substring) -> String {
    guard let position = pattern.utf8.firstIndex(of: UInt8(ascii: "*")) else { return pattern }
    return String(pattern[..<position] + star + pattern[pattern.utf8.index(after: position)...])
  }
}
