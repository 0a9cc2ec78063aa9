/// A multi-pack-index: one table over several packs, beside their own.
///
/// Source: git's `Documentation/gitformat-pack.txt`.
enum MultiPackIndex {
  /// The names of the packs' indexes that it was made of; `nil` where it cannot be read.
  static func packs(in path: String) -> [String]? {
    let header = 12
    guard let file = MappedFile(path: path), file.size >= header,
      unsafe file.bytes.bigEndian(at: 0, as: UInt32.self) == 0x4d49_4458
    else { return nil }
    let bytes = unsafe file.bytes
    let chunks = unsafe Int(bytes[6])
    guard header + 12 * (chunks + 1) <= bytes.count else { return nil }
    for chunk in 0..<chunks {
      let entry = header + 12 * chunk
      guard unsafe bytes.bigEndian(at: entry, as: UInt32.self) == 0x504e_414d else { continue }
      let start = unsafe bytes.bigEndian(at: entry + 4, as: UInt64.self)
      let end = unsafe bytes.bigEndian(at: entry + 16, as: UInt64.self)
      guard start <= end, end <= UInt64(bytes.count) else { return nil }
      return unsafe bytes[Int(start)..<Int(end)].split(separator: 0).map { unsafe String(decoding: $0, as: UTF8.self) }
    }
    return nil
  }
}
