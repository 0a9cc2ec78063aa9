/// Where a file lies in CloudTrail's layout, as far as its path tells: what an S3 name and a copy's path have in common.
struct StorageName: Hashable, Sendable {
  /// From `AWSLogs` on; else from the `CloudTrail` or `CloudTrail-Digest` folder on; else the file name alone. The
  /// file name is without `.gz`, so that a copy may lie inflated.
  let parts: [String]
  /// What comes before, where the copy begins.
  let root: String
  let fileName: String

  init(_ path: String) {
    let all = path.split(separator: "/").map(String.init)
    let folders = all.dropLast()
    let start =
      folders.lastIndex(of: "AWSLogs") ?? folders.lastIndex { $0 == "CloudTrail" || $0 == "CloudTrail-Digest" }
      ?? max(0, all.count - 1)
    var parts = Array(all[start...])
    fileName = parts.last ?? ""
    if let last = parts.last, last.hasSuffix(".gz") { parts[parts.count - 1] = String(last.dropLast(3)) }
    self.parts = parts
    let before = all[..<start].joined(separator: "/")
    root = (path.hasPrefix("/") ? "/" : "") + before
  }

  /// The file name without `.gz`.
  var base: String { parts.last ?? "" }
  var folder: [String] { Array(parts.dropLast()) }

  /// Whether a copy's path can be that of this S3 name.
  func isPlace(of copy: StorageName) -> Bool { Self.ends(parts, with: copy.parts) }

  /// Whether a copy lies in this S3 name's folder.
  func sharesFolder(with copy: StorageName) -> Bool { Self.ends(folder, with: copy.folder) }

  private static func ends(_ parts: [String], with end: [String]) -> Bool {
    end.count <= parts.count && Array(parts.suffix(end.count)) == end
  }

  /// Where this S3 name would lie in the copy that `copy` is part of.
  func path(beside copy: StorageName) -> String {
    let start =
      copy.parts.first == "AWSLogs" ? 0 : (folder.lastIndex { $0.hasPrefix("CloudTrail") } ?? max(0, parts.count - 1))
    let inside = (parts[start...].dropLast() + [fileName]).joined(separator: "/")
    return copy.root.isEmpty ? inside : copy.root == "/" ? "/" + inside : copy.root + "/" + inside
  }
}
