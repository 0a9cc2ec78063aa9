public import PushModel

/// `git ls-remote` output: every ref of the server at one moment, or those that were asked for.
public struct RefsSeen: Sendable {
  public var sightings: [Sighting] = []
  public var view: WholeView?

  /// Reads a file of lines `ID TAB REF`. Peeled tags (`^{}`), HEAD and `ref:` lines say nothing of their own.
  ///
  /// With a HEAD line it is a whole listing, and what it does not name was absent; unless it names one branch alone, for
  /// then `HEAD` and that branch may be all that was asked for; `--heads`, `--tags` and patterns
  /// leave HEAD out.
  public init(path: String, stated: Timestamp?) throws(GitStoreError) {
    guard let bytes = Files.stream(path) else { throw GitStoreError("\(path): no such file, or it cannot be read") }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let time = stated ?? Files.modified(path) else { throw GitStoreError("\(path): its time cannot be read") }
    let dating: Sighting.Dating = stated == nil ? .fileTime : .stated
    let evidence = "git ls-remote output in \(path)"
    var named: Set<RefName> = []
    var hasHead = false
    var lineOfName: [Substring: Int] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.hasSuffix("\r") ? line.dropLast() : line
      if line.isEmpty || line.hasPrefix("ref: ") || line.hasPrefix("From ") || line.hasPrefix("#") { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2, let id = ObjectID(hex: fields[0]) else {
        throw GitStoreError(
          "\(path), line \(number + 1): not a line of git ls-remote (an id, a tab, a ref name)",
          hints: ["make it with: git ls-remote REMOTE > \(ShellWord.path(path))"])
      }
      if let first = lineOfName.updateValue(number + 1, forKey: fields[1]) {
        throw GitStoreError(
          "\(path), line \(number + 1): \(fields[1]) is listed a second time, after line \(first): two answers of git ls-remote are of two moments",
          hints: ["one answer a file, each with its time: --refs-seen FILE@TIME --refs-seen FILE@TIME"])
      }
      if fields[1] == "HEAD" {
        hasHead = true
        continue
      }
      if fields[1].hasSuffix("^{}") {
        let tag = RefName(String(fields[1].dropLast(3)))
        if let index = sightings.lastIndex(where: { $0.ref == tag }) { sightings[index].peeled = id }
        continue
      }
      guard fields[1].hasPrefix("refs/"), !fields[1].hasPrefix("refs/remotes/") else {
        throw GitStoreError(
          "\(path), line \(number + 1): \(fields[1]) is no ref of a server",
          hints: ["make it with: git ls-remote REMOTE > \(ShellWord.path(path))"])
      }
      let ref = RefName(String(fields[1]))
      named.insert(ref)
      sightings.append(
        Sighting(
          ref: ref, value: .tip(id), earliest: time, latest: time, source: .refsSeen, dating: dating,
          evidence: evidence))
    }
    guard !sightings.isEmpty else {
      throw GitStoreError(
        "\(path): \(bytes.isEmpty ? "is empty" : "holds no ref")",
        hints: ["an empty answer of git ls-remote is no proof that there are none"])
    }
    if hasHead {
      view = WholeView(
        earliest: time, latest: time, source: .refsSeen, dating: dating, clone: nil, evidence: evidence,
        showsBranches: true, showsTags: true, named: named, isProven: named.filter(\.isBranch).count >= 2)
    }
  }
}
