internal import PushModel

/// The commit-graph of a clone: one file, or the layers of a split chain, each of which refers to those below it.
///
/// It is read as git reads it: from the clone's own object directory, else from the first that it borrows from. It says
/// what the parents of a commit are, and nothing of whether the commit is still there.
struct CommitGraphChain {
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
        throw .damaged("its layers do not belong to each other")
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

  func id(at position: UInt32) -> ObjectID {
    let layer = layer(of: position)
    return layers[layer].ids[Int(position) - bases[layer]]
  }

  /// The parents' positions, and the committer's time; `nil` where the graph contradicts itself.
  func read(_ position: UInt32, parents: inout [UInt32]) -> Int64? {
    parents.removeAll(keepingCapacity: true)
    let layer = layer(of: position)
    guard let time = layers[layer].read(Int(position) - bases[layer], parents: &parents),
      parents.allSatisfy({ $0 < count })
    else { return nil }
    return time
  }

  private func layer(of position: UInt32) -> Int {
    var layer = layers.count - 1
    while bases[layer] > position { layer -= 1 }
    return layer
  }

  /// The tables of ids, each with the position of its first.
  var tables: [(ids: SortedIDs, base: Int)] { zip(layers, bases).map { ($0.ids, $1) } }
}
