public import CloudTrailLog
internal import FoundationEssentials
internal import GRDB
public import PushModel
internal import Synchronization

/// Reads a ledger, and files beside it, as reading all the files themselves would: byte for byte the same events,
/// coverage and counts. Files come in the byte order of their absolute paths.
public struct LedgerReader: Sendable {
  private let database: LedgerDatabase
  private let reader: TrailReader
  private let now: Timestamp

  /// - Parameter patience: Seconds to wait for another process's lock.
  public init(ledger path: String, reader: TrailReader, now: Timestamp, patience: Double = 10) throws(LedgerError) {
    database = try LedgerDatabase(path: path, access: .read, patience: patience)
    self.reader = reader
    self.now = now
  }

  /// What the ledger holds, and what is in `paths` and not in it. Nothing is written.
  public func read(with paths: [String] = []) throws(LedgerError) -> TrailReading {
    var pieces: [TrailPiece] = []
    var reading = TrailReading()
    var extents: [LogExtent] = []
    var stored = try database.read { db in try StoredTrail(db) }
    if !paths.isEmpty {
      let beside = try FilesBeside(paths, database, reader, now)
      stored.leaveOut(beside.superseded)
      stored.changed += beside.changed
      stored.unreadable += beside.unreadable.filter { place in !stored.unreadable.contains(place) }
      reading.hasDigests = beside.hasDigests
      for file in beside.files {
        pieces.append(TrailPiece(file.read, at: file.path))
        extents += file.read.extents
      }
    }
    stored.leaveOutCopies()
    pieces += try stored.pieces(reader, database.path)
    pieces.sort { $0.precedes($1) }
    reading.events.reserveCapacity(pieces.reduce(0) { $0 + $1.events.count })
    reading.unreadable = stored.unreadable
    for piece in pieces {
      reading.events += piece.events
      reading.unreadable += piece.unreadable
      reading.files += piece.files
      reading.bytes += piece.bytes
      reading.records += piece.records
      reading.codecommitRecords += piece.codecommitRecords
    }
    reading.spans = LogExtent.spans(of: stored.extents + extents)
    reading.hasDigests = reading.hasDigests || stored.hasDigests
    reading.changed = stored.changed
    return reading
  }
}

/// What one file gives to a reading.
struct TrailPiece {
  /// Absolute.
  var path: [UInt8]
  /// Among contents of one path.
  var order: Int64
  var events: [TrailEvent] = []
  var unreadable: [UnreadablePlace] = []
  var files = 0
  var bytes: Int64 = 0
  var records = 0
  var codecommitRecords = 0

  func precedes(_ other: TrailPiece) -> Bool {
    path == other.path ? order < other.order : path.lexicographicallyPrecedes(other.path)
  }

  init(path: [UInt8], order: Int64) {
    self.path = path
    self.order = order
  }

  init(_ file: ReadFile, at path: [UInt8]) {
    self.init(path: path, order: .max)
    events = file.events
    unreadable = file.unreadable
    files = 1
    bytes = file.bytes
    records = file.records
    codecommitRecords = file.codecommitRecords
  }
}
