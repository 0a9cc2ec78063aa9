internal import AllCores
internal import CloudTrailLog
internal import Crypto
internal import FoundationEssentials
internal import GRDB
internal import PushModel
internal import Synchronization

/// All that a ledger holds of a trail, loaded in one look at it; files' events, and the records' texts of those that have
/// none packed, are still compressed.
struct StoredTrail {
  /// Of folders and entries that could not be listed.
  var unreadable: [UnreadablePlace] = []
  var changed: [ChangedFile] = []
  private(set) var extents: [LogExtent] = []
  private(set) var hasDigests = false
  private var totals = TrailPiece(path: [], order: 0)
  private var copiesOfFiles: [[StoredFiles.Content]] = []
  private var contents: [Int64: (place: FilePlace, content: StoredFiles.Content)] = [:]
  /// Contents that do not count.
  private var leftOut: Set<Int64> = []
  private var files: [File] = []
  private var layouts: [Int64: Place] = [:]
  private var unreadableOfFiles: [Int64: (path: [UInt8], places: [UnreadablePlace])] = [:]
  private var copies: [Int64: [(number: Int, owner: Int64, ownNumber: Int)]] = [:]
  private var chunks: [Int64: CompressedChunk] = [:]
  private var batches: [Int64: CompressedChunk] = [:]

  private struct File {
    var id: Int64
    var name: String
    var path: [UInt8]
    /// Where its events are packed, if they are, and by this version.
    var batch: Int64?
    var batchPlace: Int
    var texts: Data?
  }

  private struct Place: Sendable {
    var chunk: Int64
    var offset: Int
    var layout: Data
  }

  struct CompressedChunk: Sendable {
    var size: Int
    var data: Data
  }

  init(_ db: Database) throws {
    try loadBatches(db)
    try loadFiles(db)
    let unpacked = Set(files.lazy.filter { $0.batch == nil }.map(\.id))
    if !unpacked.isEmpty { try loadTexts(db, of: unpacked) }
    try loadUnreadable(db)
    try loadCoverage(db)
    try SealedTable.properties.read(db) { row in
      if try row[0] == "has_digests" { hasDigests = try row[1] }
    }
    try SealedTable.changes.read(db) { row in
      guard let (place, content) = contents[try row[0]] else { throw Damage("a file in it that changed is not there") }
      changed.append(
        ChangedFile(
          path: place.name, kept: content.imported, found: try row[1], lost: try row[2], added: try row[3]))
    }
  }

  // MARK: - Loading

  private mutating func loadBatches(_ db: Database) throws {
    try SealedTable.batches.read(db, more: ["zstd"]) { row in
      guard try row[1] == TrailReader.revision, try row[2] == EventPacker.form else { return }
      batches[try row[0]] = CompressedChunk(size: try row[3], data: try row[5])
    }
  }

  private mutating func loadFiles(_ db: Database) throws {
    var placed: [(place: FilePlace, content: StoredFiles.Content)] = []
    try StoredFiles.each(db) { row, content, place in
      contents[content.id] = (place, content)
      // Others may share records with a file that is not read itself.
      if let chunk: Int64 = try row[15] {
        layouts[content.id] = Place(chunk: chunk, offset: try row[16], layout: try row[17])
      }
      guard content.isRead else { return }
      totals.files += 1
      totals.bytes += content.size
      totals.records += content.records
      totals.codecommitRecords += content.codecommitRecords
      placed.append((place, content))
      guard content.codecommitRecords > 0 else { return }
      let batch = try (row[18] as Int64?).flatMap { batches[$0] == nil ? nil : $0 }
      files.append(
        File(
          id: content.id, name: place.name, path: place.path, batch: batch, batchPlace: try row[19] ?? 0,
          texts: content.texts))
    }
    copiesOfFiles = StoredFiles.copies(among: placed)
  }

  private mutating func loadTexts(_ db: Database, of unpacked: Set<Int64>) throws {
    try loadCopies(db, of: unpacked)
    var wanted = Set((unpacked + copies.values.flatMap { $0.map(\.owner) }).compactMap { layouts[$0]?.chunk })
    let all = try LedgerRow.fetchCursor(db, sql: "SELECT id, size, zstd FROM chunks")
    while let row = try all.next() {
      let id: Int64 = try row[0]
      guard wanted.remove(id) != nil else { continue }
      chunks[id] = CompressedChunk(size: try row[1], data: try row[2])
    }
  }

  /// Records that a file shares with an earlier one, which may be no longer read itself.
  private mutating func loadCopies(_ db: Database, of unpacked: Set<Int64>) throws {
    let rows = try LedgerRow.fetchCursor(
      db,
      sql: """
        SELECT copies.file, copies.number, records.file, records.number FROM copies
        JOIN records ON records.id = copies.record JOIN files ON files.id = copies.file WHERE files.state <> 1
        ORDER BY copies.file, copies.number
        """)
    while let row = try rows.next() {
      let file: Int64 = try row[0]
      guard unpacked.contains(file) else { continue }
      copies[file, default: []].append((number: try row[1], owner: try row[2], ownNumber: try row[3]))
    }
  }

  private mutating func loadUnreadable(_ db: Database) throws {
    try SealedTable.unreadable.read(db) { row in
      let place = UnreadablePlace(
        path: try row[3], record: try row[4], offset: try (row[5] as Int?).map { Int64($0) }, reason: try row[6],
        start: try row[7], end: try row[8], accountID: try row[9], region: try row[10])
      guard let file: Int64 = try row[1] else { return unreadable.append(place) }
      guard let (filePlace, content) = contents[file] else { throw Damage("a file in it that has gaps is not there") }
      guard content.isRead else { return }
      unreadableOfFiles[file, default: (filePlace.path, [])].places.append(place)
    }
  }

  private mutating func loadCoverage(_ db: Database) throws {
    var days: [String: [Int64]] = [:]
    try SealedTable.coverageDays.read(db) { row in
      days[try "\(row[0] as String) \(row[1] as String)", default: []].append(Int64(try row[2] as Int))
    }
    try SealedTable.coverage.read(db) { row in
      let (account, region): (String, String) = try (row[0], row[1])
      var times: ClosedRange<Timestamp>?
      if let first: Timestamp = try row[2], let last: Timestamp = try row[3] {
        guard first <= last else { throw Damage("its coverage ends before it begins") }
        times = first...last
      }
      extents.append(
        LogExtent(
          accountID: account, region: region, times: times, days: days["\(account) \(region)"] ?? [],
          hasReadOnlyRecords: try row[4]))
    }
  }

  /// Contents that a newer one of the same path stands in for.
  mutating func leaveOut(_ contents: [StoredFiles.Content]) {
    for content in contents where leftOut.insert(content.id).inserted {
      totals.files -= 1
      totals.bytes -= content.size
      totals.records -= content.records
      totals.codecommitRecords -= content.codecommitRecords
      unreadableOfFiles[content.id] = nil
    }
    files.removeAll { leftOut.contains($0.id) }
  }

  /// Of files that were copied the first counts: once those that a newer content stands in for are left out.
  mutating func leaveOutCopies() {
    leaveOut(copiesOfFiles.flatMap { group in group.filter { !leftOut.contains($0.id) }.dropFirst() })
  }

  // MARK: - Events

  /// One piece for each file with records or places that could not be read, and one for the counts of all.
  func pieces(_ reader: TrailReader, _ path: String) throws(LedgerError) -> [TrailPiece] {
    guard let packed = packedEvents(), let read = try readEvents(reader) else {
      throw LedgerDatabase.damaged(path, "the records of some file cannot be read out of it")
    }
    var pieces = [totals]
    for (index, events) in packed + read {
      var piece = TrailPiece(path: files[index].path, order: files[index].id)
      piece.events = events
      piece.unreadable = unreadableOfFiles[files[index].id]?.places ?? []
      pieces.append(piece)
    }
    let withRecords = Set(files.map(\.id))
    for (id, file) in unreadableOfFiles where !withRecords.contains(id) {
      var piece = TrailPiece(path: file.path, order: id)
      piece.unreadable = file.places
      pieces.append(piece)
    }
    return pieces
  }

  /// The events of the files that have none packed, each file with its row's number, in the order of the files; `nil` where
  /// the ledger is damaged.
  func unpackedEvents(_ reader: TrailReader) throws(LedgerError) -> [(file: Int64, events: [TrailEvent])]? {
    try readEvents(reader)?.sorted { $0.file < $1.file }.map { (files[$0.file].id, $0.events) }
  }

  /// The events of each file that has them packed; `nil` where the ledger is damaged.
  private func packedEvents() -> [(file: Int, events: [TrailEvent])]? {
    var groups: [Int64: [Int]] = [:]
    for (index, file) in files.enumerated() {
      if let batch = file.batch { groups[batch, default: []].append(index) }
    }
    let sorted = groups.sorted { $0.key < $1.key }
    let events = AllCores.map(sorted.count, with: {}) { _, number -> [(file: Int, events: [TrailEvent])]? in
      guard let chunk = batches[sorted[number].key], let bytes = Chunk.decompress(chunk.data, size: chunk.size),
        let packed = PackedEvents(bytes)
      else { return nil }
      var result: [(file: Int, events: [TrailEvent])] = []
      for index in sorted[number].value {
        guard let events = packed.events(ofFile: files[index].batchPlace, named: files[index].name) else { return nil }
        result.append((index, events))
      }
      return result
    }
    return events.contains { $0 == nil } ? nil : events.flatMap { $0 ?? [] }
  }

  // MARK: - Reading the texts

  /// The events of each file that has none packed, read from its records' texts; `nil` where the ledger is damaged.
  private func readEvents(_ reader: TrailReader) throws(LedgerError) -> [(file: Int, events: [TrailEvent])]? {
    let groups = groups(of: files.indices.filter { files[$0].batch == nil })
    let isDamaged = Atomic<Bool>(false)
    let events: [[[TrailEvent]]]
    do {
      events = try reader.events(ofGroups: groups.count) { index in
        guard let kept = keptFiles(groups[index].map { files[$0] }) else {
          isDamaged.store(true, ordering: .relaxed)
          return []
        }
        return kept
      }
    } catch {
      throw LedgerError(.other, error.message, hints: error.hints)
    }
    guard !isDamaged.load(ordering: .relaxed) else { return nil }
    return zip(groups, events).flatMap { zip($0, $1).map { (file: $0, events: $1) } }
  }

  /// Files that share chunks stand together, so that each chunk is inflated once or nearly so.
  private func groups(of indices: [Int]) -> [[Int]] {
    var groups: [[Int64]: [Int]] = [:]
    for index in indices {
      let file = files[index]
      var needed = Set(layouts[file.id].map { [$0.chunk] } ?? [])
      for copy in copies[file.id] ?? [] {
        if let chunk = layouts[copy.owner]?.chunk { needed.insert(chunk) }
      }
      groups[needed.sorted(), default: []].append(index)
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  /// The files of a group, their texts inflated; `nil` where the ledger is damaged.
  private func keptFiles(_ files: [File]) -> [KeptFile]? {
    var texts: [Int64: [UInt8]] = [:]
    var spots: [Int64: [Int: Range<Int>]] = [:]
    func text(of chunk: Int64) -> [UInt8]? {
      if let known = texts[chunk] { return known }
      guard let compressed = chunks[chunk], let text = Chunk.decompress(compressed.data, size: compressed.size) else {
        return nil
      }
      texts[chunk] = text
      return text
    }
    var result: [KeptFile] = []
    for file in files {
      var parts: [(number: Int, chunk: Int64, range: Range<Int>)] = []
      if let place = layouts[file.id] {
        guard let own = Self.ranges(place) else { return nil }
        parts = own.map { ($0.number, place.chunk, $0.range) }
      }
      for copy in copies[file.id] ?? [] {
        guard let place = layouts[copy.owner] else { return nil }
        if spots[copy.owner] == nil {
          guard let ranges = Self.ranges(place) else { return nil }
          spots[copy.owner] = Dictionary(ranges.map { ($0.number, $0.range) }) { first, _ in first }
        }
        guard let range = spots[copy.owner]?[copy.ownNumber] else { return nil }
        parts.append((copy.number, place.chunk, range))
      }
      if copies[file.id] != nil { parts.sort { $0.number < $1.number } }
      var kept = KeptFile(
        name: file.name, isStandardInput: file.path.first == UInt8(ascii: "-"), numbers: parts.map(\.number),
        text: [UInt8(ascii: "[")])
      var sum = Seal()
      for part in parts {
        guard let text = text(of: part.chunk), part.range.upperBound <= text.count else { return nil }
        if kept.text.count > 1 { kept.text.append(UInt8(ascii: ",")) }
        kept.text += text[part.range]
        if file.texts != nil {
          sum.add(SealedTexts.seal(number: part.number, Data(SHA256.hash(data: text[part.range]))))
        }
      }
      guard file.texts == nil || file.texts == sum.data else { return nil }
      kept.text.append(UInt8(ascii: "]"))
      result.append(kept)
    }
    return result
  }

  private static func ranges(_ place: Place) -> [(number: Int, range: Range<Int>)]? {
    guard let layout = RecordLayout(place.layout), place.offset >= 0 else { return nil }
    return layout.ranges(from: place.offset)
  }
}
