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
  init?(_ bytes: [UInt8]) {
    var lastURL = (bytes: bytes[0..<0], text: "")
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let fields = ReflogEntry.withoutReturn(line).split(
        separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3,
        let id = unsafe fields[0].withUnsafeBytes({ unsafe ObjectHeader.id($0) })
      else { return nil }
      let (ref, url) = Self.note(fields[2])
      // Mostly they all have one URL.
      if !url.elementsEqual(lastURL.bytes) || lastURL.text.isEmpty {
        lastURL = (url, String(decoding: url, as: UTF8.self))
      }
      let isForMerge = !fields[1].elementsEqual("not-for-merge".utf8)
      lines.append(Line(id: id, ref: ref, isForMerge: isForMerge, url: lastURL.text))
    }
  }

  /// `branch 'NAME' of URL`, `tag 'NAME' of URL`, `remote-tracking branch 'NAME' of URL` (the server's own
  /// `refs/remotes/`), `'refs/...' of URL`, or a URL alone (HEAD).
  private static func note(_ note: ArraySlice<UInt8>) -> (RefName?, url: ArraySlice<UInt8>) {
    // Names cannot hold a space; the last "' of " ends the name.
    let ending = Array("' of ".utf8)
    guard let quote = note.firstIndex(of: ending[0]) else { return (nil, note) }
    var end = note.endIndex - ending.count
    while end >= quote, !note[end..<end + ending.count].elementsEqual(ending) { end -= 1 }
    guard end >= quote else { return (nil, note) }
    let name = String(decoding: note[min(quote + 1, end)..<end], as: UTF8.self)
    let kind = note[..<quote]
    let ref: RefName? =
      if kind.elementsEqual("branch ".utf8) {
        .branch(name)
      } else if kind.elementsEqual("tag ".utf8) {
        .tag(name)
      } else if kind.elementsEqual("remote-tracking branch ".utf8) {
        RefName("refs/remotes/" + name)
      } else {
        name.hasPrefix("refs/") ? RefName(name) : nil
      }
    return (ref, note[(end + ending.count)...])
  }
}
