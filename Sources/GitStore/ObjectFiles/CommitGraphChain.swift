internal import PushModel

/// The commit-graph of a clone: one file, or the layers of a split chain, each of which refers to those below it.
///
/// It is read as git reads it: from the clone's own object directory, else from the first that it borrows from. It says
/// what the parents of a commit are, and nothing of whether the commit is still there.
struct CommitGraphChain: Sendable {
  private let layers: [CommitGraphFile]
  /// How many commits lie in the layers below each.
  private let bases: [Int]
  let count: Int

  /// What an object directory has.
  enum Opening {
    case none
    case damaged(String)
    case chain(CommitGraphChain)
  }

  static func open(_ directories: [String]) -> Opening {
    for directory in directories {
      do throws(CommitGraphFile.Failure) {
        return .chain(try CommitGraphChain([CommitGraphFile(path: "\(directory)/info/commit-graph")]))
      } catch {
        if case .damaged(let reason) = error { return .damaged(reason) }
      }
      guard let list = Files.text("\(directory)/info/commit-graphs/commit-graph-chain") else { continue }
      do throws(CommitGraphFile.Failure) {
        return .chain(try split(list, directories))
      } catch {
        if case .damaged(let reason) = error { return .damaged(reason) }
        return .damaged("a layer of it is missing")
      }
    }
    return .none
  }

  private static func split(
    _ list: String, _ directories: [String]
  ) throws(CommitGraphFile.Failure) -> CommitGraphChain {
    var layers: [CommitGraphFile] = []
    for line in list.split(separator: "\n") {
      guard let name = ObjectID(hex: line) else { throw .damaged("its list of layers cannot be read") }
      let layer = try file(of: name, directories)
      guard layer.hash == name, layer.baseHashes == layers.map(\.hash) else {
        throw layer.isSound ? .damaged("its layers do not belong to each other") : CommitGraphFile.unsound
      }
      layers.append(layer)
    }
    guard !layers.isEmpty else { throw .damaged("its list of layers is empty") }
    return try CommitGraphChain(layers)
  }

  private static func file(
    of name: ObjectID, _ directories: [String]
  ) throws(CommitGraphFile.Failure) -> CommitGraphFile {
    for directory in directories {
      do throws(CommitGraphFile.Failure) {
        return try CommitGraphFile(path: "\(directory)/info/commit-graphs/graph-\(name).graph")
      } catch {
        if case .damaged = error { throw error }
      }
    }
    throw .absent
  }

  private init(_ layers: [CommitGraphFile]) throws(CommitGraphFile.Failure) {
    self.layers = layers
    var bases: [Int] = []
    var count = 0
    for layer in layers {
      bases.append(count)
      count += layer.count
    }
    guard count < 1 << 28 else { throw .damaged("it holds more commits than its format has room for") }
    self.bases = bases
    self.count = count
  }

  // MARK: - Commits

  /// Positions run over all layers, the lowest first.
  func position(of id: ObjectID) -> UInt32? {
    for layer in layers.indices.reversed() {
      if let index = layers[layer].ids.index(of: id) { return UInt32(bases[layer] + index) }
    }
    return nil
  }

  /// The same of many ids. They are looked up in the order of their first bytes, so that each part of the table is come to
  /// once.
  func positions(of ids: [ObjectID]) -> [UInt32?] {
    var starts = Array(repeating: 0, count: 257)
    for id in ids { starts[Int(id.firstByte) + 1] += 1 }
    for byte in 1...256 { starts[byte] += starts[byte - 1] }
    var order = Array(repeating: 0, count: ids.count)
    for (index, id) in ids.enumerated() {
      order[starts[Int(id.firstByte)]] = index
      starts[Int(id.firstByte)] += 1
    }
    var positions: [UInt32?] = Array(repeating: nil, count: ids.count)
    for index in order { positions[index] = position(of: ids[index]) }
    return positions
  }

  func id(at position: UInt32) -> ObjectID {
    let layer = layer(of: position)
    return layers[layer].ids[Int(position) - bases[layer]]
  }

  func time(at position: UInt32) -> Int64 {
    let layer = layer(of: position)
    return layers[layer].time(Int(position) - bases[layer])
  }

  private func layer(of position: UInt32) -> Int {
    var layer = layers.count - 1
    while bases[layer] > position { layer -= 1 }
    return layer
  }

  /// Calls `body` with every commit, in the order of positions.
  func forEach(_ body: (_ position: Int, _ id: ObjectID, _ time: Int64) -> Void) {
    for (layer, base) in zip(layers, bases) {
      for index in 0..<layer.count { body(base + index, layer.ids[index], layer.time(index)) }
    }
  }

  func parents() -> ParentTable {
    var table = ParentTable()
    table.reserve(count)
    for layer in layers { layer.addParents(to: &table) }
    return table
  }

  /// Whether the checksums of all its files hold.
  var isSound: Bool { layers.allSatisfy(\.isSound) }

  /// The tables of ids, each with the position of its first.
  var tables: [(ids: SortedIDs, base: Int)] { zip(layers, bases).map { ($0.ids, $1) } }
}
