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
  /// their paths. `-` reads standard input.
  public func read(_ paths: [String]) throws(TrailError) -> TrailReading {
    guard !paths.isEmpty else { throw TrailError(message: "no trail was given") }
    let inputs = try TrailInputs(paths: paths, deliveryLag: deliveryLag)
    var reading = TrailReading()
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
      reading.events += file.events
      reading.unreadable += file.unreadable
      spans.merge(file.spans)
    }
    reading.spans = spans.spans
    return reading
  }

  /// Every file's reading in the order of the files, read on all cores, each core one file at a time.
  private func readInParallel(_ files: [TrailFile]) throws(TrailError) -> [FileReading] {
    let next = Atomic<Int>(0)
    let readings = Mutex<[FileReading?]>(Array(repeating: nil, count: files.count))
    DispatchQueue.concurrentPerform(iterations: min(files.count, Self.cores)) { _ in
      guard
        let reader = LogFileReader(
          limit: maximumFileSize, deliveryLag: deliveryLag, standardInput: standardInput)
      else { return }
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < files.count else { return }
        let reading = reader.read(files[index])
        readings.withLock { $0[index] = reading }
      }
    }
    let complete = readings.withLock { $0.compactMap { $0 } }
    guard complete.count == files.count else { throw TrailError(message: "there is no memory to read the trail") }
    return complete
  }

  private static var cores: Int { max(1, SystemCores.online) }
}
