internal import Dispatch
public import PushModel
internal import Synchronization

/// Reads CloudTrail's log files into CodeCommit's events.
///
/// Nothing is skipped in silence: what cannot be read is an `UnreadablePlace` of the reading, and the rest is read.
/// Events keep the order of the paths and, within a file, of the records; duplicates are kept.
public struct TrailReader: Sendable {
  private let maximumFileSize: Int64
  private let deliveryLag: Int64
  private let standardInput: Int32

  /// - Parameters:
  ///   - maximumFileSize: Bytes, inflated, beyond which a file is refused.
  ///   - deliveryLag: Seconds that CloudTrail may take to deliver a record.
  ///   - standardInput: The descriptor that `-` reads.
  public init(maximumFileSize: Int64 = 3 << 30, deliveryLag: Int64 = 900, standardInput: Int32 = 0) {
    self.maximumFileSize = maximumFileSize
    self.deliveryLag = deliveryLag
    self.standardInput = standardInput
  }

  /// Reads files, and directories in CloudTrail's layout, in the order given; a directory's files in the byte order of
  /// their paths, and copies of one file once. `-` reads standard input.
  ///
  /// - Parameters:
  ///   - since: Files of a folder whose own folder is of an earlier UTC day are left unread, and nothing before that day
  ///     counts as covered: its last records may be in a file that was read, and others of the same minute not.
  ///   - regions: Files of other regions' folders are left unread.
  public func read(
    _ paths: [String], since: Timestamp? = nil, regions: TrailRegions? = nil
  ) throws(TrailError) -> TrailReading {
    guard !paths.isEmpty else { throw TrailError(message: "no trail was given") }
    var inputs = try TrailInputs(paths: paths, deliveryLag: deliveryLag)
    var reading = TrailReading()
    if let since { reading.leftUnread = inputs.leaveOut(before: since.day) }
    if let regions { reading.leftUnreadElsewhere = inputs.leaveOut(outside: regions) }
    inputs.leaveOutCopies()
    reading.unreadable = inputs.unreadable
    reading.hasDigests = inputs.hasDigests
    var spans = SpanBuilder()
    let files = try readInParallel(inputs.files)
    reading.events.reserveCapacity(files.reduce(0) { $0 + $1.events.count })
    for file in files {
      if let refusal = file.refusal { throw refusal }
      reading.files += 1
      reading.bytes += file.bytes
      reading.records += file.records
      reading.codecommitRecords += file.codecommitRecords
      file.events.append(to: &reading.events)
      reading.unreadable += file.unreadable
      spans.merge(file.spans)
    }
    reading.spans = spans.spans
    if let since, reading.leftUnread > 0 {
      let midnight = Timestamp(seconds: since.day * 86_400)
      reading.begins = midnight
      reading.spans = reading.spans.compactMap { $0.trimmed(from: midnight) }
    }
    return reading
  }

  /// Every file's reading in the order of the files, read on all cores, each core one file at a time.
  private func readInParallel(_ files: [TrailFile]) throws(TrailError) -> [FileReading] {
    let readings = Mutex<[FileReading?]>(Array(repeating: nil, count: files.count))
    try unsafe onAllCores(files.count) { reader, index in
      let reading = reader.read(files[index])
      readings.withLock { $0[index] = reading }
      return true
    }
    return readings.withLock { $0.compactMap { $0 } }
  }

  /// Does something for each number below `count`, until it says `false`, with a reader for each core.
  private func onAllCores(
    _ count: Int, fingerprint: (@Sendable (UnsafeRawBufferPointer) -> [UInt8])? = nil,
    _ body: @Sendable (LogFileReader, Int) -> Bool
  ) throws(TrailError) {
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let isStopped = Atomic<Bool>(false)
    DispatchQueue.concurrentPerform(iterations: min(count, Self.cores)) { _ in
      guard
        let reader = unsafe LogFileReader(
          limit: maximumFileSize, deliveryLag: deliveryLag, standardInput: standardInput, fingerprint: fingerprint)
      else { return }
      while !isStopped.load(ordering: .relaxed) {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        if !body(reader, index) { isStopped.store(true, ordering: .relaxed) }
        done.add(1, ordering: .relaxed)
      }
    }
    guard isStopped.load(ordering: .relaxed) || done.load(ordering: .relaxed) == count else {
      throw TrailError(message: "there is no memory to read the trail")
    }
  }

  private static var cores: Int { max(1, SystemCores.online) }
}

// MARK: - For who keeps what was read

extension TrailReader {
  /// Lists the files that `read` would read, without opening any.
  public func list(_ paths: [String]) throws(TrailError) -> TrailListing {
    let inputs = try TrailInputs(paths: paths, deliveryLag: deliveryLag)
    return TrailListing(
      files: inputs.files.map { ListedFile(file: $0) }, unreadable: inputs.unreadable, hasDigests: inputs.hasDigests)
  }

  /// Reads files on all cores, and hands each to `visit`, on any thread and in any order, until it says `false`.
  ///
  /// - Parameter fingerprint: What a file is to be known by, made of its bytes.
  public func read(
    _ files: [ListedFile], fingerprint: @escaping @Sendable (UnsafeRawBufferPointer) -> [UInt8],
    visit: @Sendable (ReadFile) -> Bool
  ) throws(TrailError) {
    try unsafe onAllCores(files.count, fingerprint: fingerprint) { reader, index in
      let file = files[index].file
      return visit(ReadFile(file, reader.read(file)))
    }
  }

  /// The events of kept records, group by group and file by file: those that `read` gave of them.
  ///
  /// - Parameter group: Makes the files of one group, on any thread; only a group for each core is in memory at a time.
  public func events(
    ofGroups count: Int, _ group: @Sendable (Int) -> [KeptFile]
  ) throws(TrailError) -> [[[TrailEvent]]] {
    let events = Mutex<[[[TrailEvent]]]>(Array(repeating: [], count: count))
    try unsafe onAllCores(count) { reader, index in
      let found = group(index).map(reader.read)
      events.withLock { $0[index] = found }
      return true
    }
    return events.withLock { $0 }
  }

  /// Raised whenever the reader learns to read what it could not: what was kept by an earlier one may be read again.
  public static let revision = 2
}
