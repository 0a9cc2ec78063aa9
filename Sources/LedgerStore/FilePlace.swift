internal import CloudTrailLog
internal import FoundationEssentials
internal import GRDB
internal import Glibc

/// Where a file of a trail lies, in the two forms that a ledger keeps: as the file is found again, and as it is shown.
struct FilePlace: Hashable {
  /// Absolute, ends in a slash. Of standard input, `-` and what it gave.
  var folder: [UInt8]
  /// The folder as the user named it, up to the last slash.
  var folderName: [UInt8]
  var base: [UInt8]

  var path: [UInt8] { folder + base }
  var name: String { String(decoding: folderName + base, as: UTF8.self) }
  var isStandardInput: Bool { folder.first == UInt8(ascii: "-") }

  init(folder: [UInt8], folderName: [UInt8], base: [UInt8]) {
    self.folder = folder
    self.folderName = folderName
    self.base = base
  }

  static func standardInput(sha256: [UInt8]) -> FilePlace {
    let digits = Array("0123456789abcdef".utf8)
    return FilePlace(
      folder: [UInt8(ascii: "-")] + sha256.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, folderName: [],
      base: Array("standard input".utf8))
  }
}

/// Tells where files lie, asking the system once for each folder.
struct FilePlaces {
  private var absolute: [[UInt8]: [UInt8]] = [:]

  /// `nil` for a folder that is gone.
  mutating func place(of path: [UInt8]) -> FilePlace? {
    let slash = path.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { Array(path[...$0]) } ?? []
    guard let folder = folder(name) else { return nil }
    return FilePlace(folder: folder, folderName: name, base: Array(path[(slash.map { $0 + 1 } ?? 0)...]))
  }

  /// The absolute path of a folder without symbolic links, with a slash at its end.
  mutating func folder(_ name: [UInt8]) -> [UInt8]? {
    if let known = absolute[name] { return known }
    let path = name.isEmpty ? [UInt8(ascii: ".")] : name
    guard let resolved = unsafe realpath(path.map { CChar(bitPattern: $0) } + [0], nil) else { return nil }
    defer { unsafe free(resolved) }
    var folder = unsafe Array(
      UnsafeBufferPointer(
        start: UnsafeRawPointer(resolved).assumingMemoryBound(to: UInt8.self), count: strlen(resolved)))
    if folder.last != UInt8(ascii: "/") { folder.append(UInt8(ascii: "/")) }
    absolute[name] = folder
    return folder
  }

  static func isGone(_ path: [UInt8]) -> Bool {
    unsafe access(path.map { CChar(bitPattern: $0) } + [0], F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)
  }
}

extension [UInt8] {
  /// A path as SQLite keeps it: text, unless it is no UTF-8.
  var pathValue: DatabaseValue {
    String(validating: self, as: UTF8.self).map(\.databaseValue) ?? Data(self).databaseValue
  }
}
