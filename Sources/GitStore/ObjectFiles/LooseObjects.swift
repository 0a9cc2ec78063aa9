internal import CLibdeflate
internal import FoundationEssentials
internal import PushModel

/// Which objects of a clone lie loose, and whether such a file holds a whole zlib stream.
///
/// libgit2 1.5 never returns from a loose object that is cut short (its issue 7342), and writes past its buffer if one
/// holds more than its header says (7177); a clone to audit is a stranger's. So each is inflated and measured here first.
struct LooseObjects {
  private let directories: [String]
  /// Which of the directories has an object; the first, where several do.
  private let owners: [ObjectID: Int]
  private let otherOwners: [ObjectID: [Int]]
  /// Whether all of them could be listed: then no other object lies loose.
  let isWhole: Bool

  /// Files larger than this are no commits; nothing here reads them.
  private static let largest = 64 << 20

  /// - Parameter directories: `objects` directories.
  init(_ directories: [String]) {
    var owners: [ObjectID: Int] = [:]
    var otherOwners: [ObjectID: [Int]] = [:]
    var isWhole = true
    func names(in folder: String) -> [String] {
      let names = Files.listing(folder)
      if names == nil { isWhole = false }
      return names ?? []
    }
    for (index, directory) in directories.enumerated() {
      for folder in names(in: directory) where folder.utf8.count == 2 && Self.isHex(folder) {
        for name in names(in: "\(directory)/\(folder)") where Self.isHex(name) {
          guard let id = ObjectID(hex: folder + name) else { continue }
          if owners[id] == nil { owners[id] = index } else { otherOwners[id, default: []].append(index) }
        }
      }
    }
    self.directories = directories
    self.owners = owners
    self.otherOwners = otherOwners
    self.isWhole = isWhole
  }

  /// In lower case, as git and libgit2 look for them.
  private static func isHex(_ name: String) -> Bool {
    name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  var isEmpty: Bool { owners.isEmpty }

  func contains(_ id: ObjectID) -> Bool { owners[id] != nil }

  private func places(of id: ObjectID) -> [Int] {
    guard let owner = owners[id] else { return [] }
    return [owner] + (otherOwners[id] ?? [])
  }

  /// What is wrong with an object's file, or one of its files; `nil` if nothing is, or the object is in a pack.
  func damage(of id: ObjectID) -> String? {
    places(of: id).lazy.compactMap { damage(of: id, in: directories[$0]) }.first
  }

  /// The directories in which an object's file is whole.
  func soundDirectories(of id: ObjectID) -> [String] {
    places(of: id).map { directories[$0] }.filter { damage(of: id, in: $0) == nil }
  }

  private func damage(of id: ObjectID, in directory: String) -> String? {
    let hex = id.hex
    let path = "\(directory)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    guard let data = FileManager.default.contents(atPath: path) else { return "its file cannot be read" }
    guard data.count <= Self.largest else { return nil }
    guard let decompressor = unsafe libdeflate_alloc_decompressor() else { return nil }
    defer { unsafe libdeflate_free_decompressor(decompressor) }
    var capacity = max(4096, data.count * 8)
    while capacity <= 1 << 30 {
      var output = [UInt8](repeating: 0, count: capacity)
      var length = 0
      let result = unsafe data.withUnsafeBytes { input in
        unsafe libdeflate_zlib_decompress(
          decompressor, input.baseAddress, input.count, &output, capacity, &length)
      }
      switch result {
      case LIBDEFLATE_SUCCESS:
        return Self.isAsLongAsItSays(output.prefix(length)) ? nil : "its length is not the one that its header says"
      case LIBDEFLATE_INSUFFICIENT_SPACE: capacity *= 8
      default: return "its file is cut short or damaged"
      }
    }
    return nil
  }

  /// `KIND LENGTH NUL CONTENT`.
  private static func isAsLongAsItSays(_ object: ArraySlice<UInt8>) -> Bool {
    guard let end = object.prefix(64).firstIndex(of: 0),
      let space = object[..<end].firstIndex(of: UInt8(ascii: " "))
    else { return false }
    return Int(String(decoding: object[(space + 1)..<end], as: UTF8.self)) == object.endIndex - end - 1
  }
}
