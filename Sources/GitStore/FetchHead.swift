internal import PushModel

/// A FETCH_HEAD file: what the last fetch of a worktree saw.
///
/// Source: git's `builtin/fetch.c` (append_fetch_head): `ID TAB [not-for-merge] TAB KIND 'NAME' of URL`.
struct FetchHead {
  struct Line: Hashable {
    var id: ObjectID
    /// The server's ref; `nil` for a fetch of HEAD or of a bare id.
    var ref: RefName?
    var isForMerge: Bool
    var url: String
  }

  var lines: [Line] = []

  /// `nil` if some line is not FETCH_HEAD's.
  init?(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, let id = ObjectID(hex: fields[0]) else { return nil }
      guard let (ref, url) = Self.note(fields[2]) else { return nil }
      lines.append(Line(id: id, ref: ref, isForMerge: fields[1] != "not-for-merge", url: url))
    }
  }

  /// `branch 'NAME' of URL`, `tag 'NAME' of URL`, `remote-tracking branch 'NAME' of URL` (the server's own
  /// `refs/remotes/`), `'refs/...' of URL`, or a URL alone (HEAD).
  private static func note(_ note: Substring) -> (RefName?, String)? {
    // Names cannot hold a space; the last "' of " ends the name.
    guard let quote = note.firstIndex(of: "'"), let end = note.ranges(of: "' of ").last else {
      return (nil, String(note))
    }
    let kind = note[..<quote]
    let name = String(note[note.index(after: quote)..<end.lowerBound])
    let url = String(note[end.upperBound...])
    switch kind {
    case "branch ": return (.branch(name), url)
    case "tag ": return (.tag(name), url)
    case "remote-tracking branch ": return (RefName("refs/remotes/" + name), url)
    default: return (name.hasPrefix("refs/") ? RefName(name) : nil, url)
    }
  }
}
