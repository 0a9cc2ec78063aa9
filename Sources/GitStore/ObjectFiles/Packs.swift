internal import PushModel

/// A clone's packs, as their indexes describe them: which objects they hold, and which of those are commits.
///
/// What it has is there. What it lacks may be loose, or in a pack whose index is of an old kind: others know that.
struct Packs: Sendable {
  /// The largest first.
  private let packs: [PackFile]
  /// Indexes that others may make something of.
  private let unreadIndexes: [String]
  /// Whether every pack is among them: then no other object is packed.
  let isWhole: Bool

  /// - Parameter directories: `objects` directories.
  init(_ directories: [String]) {
    var packs: [PackFile] = []
    var unread: [String] = []
    var isWhole = true
    for directory in directories {
      guard let names = Files.listing(directory + "/pack")?.sorted() else {
        isWhole = false
        continue
      }
      var read: Set<String> = []
      for name in names where name.hasSuffix(".idx") {
        guard let pack = PackFile("\(directory)/pack/\(name.dropLast(".idx".count))") else {
          unread.append("\(directory)/pack/\(name)")
          continue
        }
        packs.append(pack)
        read.insert(name)
      }
      let expected = names.filter { $0.hasSuffix(".idx") || $0.hasSuffix(".pack") }.map { Self.index($0) }
      if !read.isSuperset(of: expected) { isWhole = false }
      // What it tells of packs that are gone, libgit2 still believes to be there.
      if names.contains("multi-pack-index") {
        let told = MultiPackIndex.packs(in: "\(directory)/pack/multi-pack-index")
        if !(told.map { read.isSuperset(of: $0.map { Self.index($0) }) } ?? false) { isWhole = false }
      }
    }
    self.packs = packs.sorted { $0.ids.count > $1.ids.count }
    unreadIndexes = unread
    self.isWhole = isWhole
  }

  /// The indexes of all packs that have an object, or may have it.
  func indexes(of id: ObjectID) -> [String] {
    packs.filter { $0.ids.index(of: id) != nil }.map(\.indexPath) + unreadIndexes
  }

  /// The name of the index of a pack: `pack-X.pack` or itself.
  private static func index(_ name: String) -> String {
    name.hasSuffix(".pack") ? name.dropLast("pack".count) + "idx" : name
  }

  func contains(_ id: ObjectID) -> Bool { packs.contains { $0.ids.index(of: id) != nil } }

  /// Those of some positions in a table, which ascend, whose ids are in no pack: one pass over both for each pack.
  func missing(_ positions: [UInt32], of table: SortedIDs) -> [UInt32] {
    var left = positions
    for pack in packs where !left.isEmpty { pack.ids.removeOwn(from: &left, of: table) }
    return left
  }

  /// Where an object of a pack lies.
  struct Place: Sendable {
    var pack: UInt32
    /// Its number in the pack's index.
    var index: UInt32
    var offset: Int
  }

  func id(at place: Place) -> ObjectID { packs[Int(place.pack)].ids[Int(place.index)] }

  func place(of id: ObjectID) -> Place? {
    for (number, pack) in packs.enumerated() {
      guard let index = pack.ids.index(of: id), let offset = pack.offset(index) else { continue }
      return Place(pack: UInt32(number), index: UInt32(index), offset: offset)
    }
    return nil
  }

  /// The commits of all packs, pack by pack, in the order in which they lie there.
  func commits() -> [Place] {
    packs.enumerated().flatMap { number, pack in
      pack.commits().map { Place(pack: UInt32(number), index: UInt32($0.index), offset: $0.offset) }
    }
  }

  func pack(at place: Place) -> PackFile { packs[Int(place.pack)] }
}
