/// The object directories that a clone reads: its own, and those that it borrows from.
enum ObjectDirectories {
  /// More than these no clone has.
  private static let limit = 64

  /// The given one first.
  static func all(from directory: String) -> [String] {
    var result: [String] = []
    var pending = [directory]
    while let next = pending.popLast(), result.count < limit {
      guard !result.contains(next) else { continue }
      result.append(next)
      let alternates = (Files.text("\(next)/info/alternates") ?? "").split(whereSeparator: \.isNewline)
      for line in alternates.reversed() where !line.hasPrefix("#") {
        pending.append(line.hasPrefix("/") ? String(line) : "\(next)/\(line)")
      }
    }
    return result
  }
}
