public import PushModel

/// The files of a trail, listed and not yet read.
public struct TrailListing: Sendable {
  /// In the order in which `TrailReader.read` reads them.
  public var files: [ListedFile]
  /// Folders and entries that could not be read.
  public var unreadable: [UnreadablePlace]
  /// Whether digest files lie beside the log files.
  public var hasDigests: Bool
}

/// One file of a listing.
public struct ListedFile: Sendable {
  let file: TrailFile

  /// As it is opened, which need not be UTF-8; empty for standard input.
  public var path: [UInt8] { file.bytes }
  /// As it is shown.
  public var name: String { file.name }
  public var isStandardInput: Bool { file.isStandardInput }
  /// `nil` for standard input.
  public var stamp: FileStamp? { file.stamp }
}

/// What one file gave, with all that keeping it takes.
public struct ReadFile: Sendable {
  public var listed: ListedFile
  /// Taken when the file was opened; `nil` for standard input, and where it could not be opened.
  public var stamp: FileStamp?
  /// What the caller's function made of the file's bytes; empty where they could not be read.
  public var fingerprint: [UInt8]
  public var events: [TrailEvent]
  /// On disk.
  public var bytes: Int64
  /// Records of every service.
  public var records: Int
  public var codecommitRecords: Int
  public var unreadable: [UnreadablePlace]
  public var extents: [LogExtent]
  public var kept: KeptRecords
  /// Whether it is a log file as CloudTrail delivered it, by its name and its shape: such a file never changes.
  public var isDelivered: Bool
  /// Why the user cannot have meant this file, which he named; then nothing else of it counts.
  public var refusal: TrailError?

  init(_ file: TrailFile, _ reading: FileReading) {
    listed = ListedFile(file: file)
    stamp = reading.stamp
    fingerprint = reading.fingerprint
    events = Array(reading.events)
    bytes = reading.bytes
    records = reading.records
    codecommitRecords = reading.codecommitRecords
    unreadable = reading.unreadable
    extents = reading.spans.parts
    kept = reading.kept ?? KeptRecords()
    isDelivered =
      reading.hasLogShape && !file.isStandardInput && LogFilePlace(path: file.name).delivery != nil
    refusal = reading.refusal
  }
}

extension ReadFile {
  /// Whether all of it could be read.
  public var isWhole: Bool { !fingerprint.isEmpty && unreadable.isEmpty }

  /// Whether two names tell the same of a file's records: their account and region, their day, their delivery.
  public static func isSamePlace(_ name: String, _ other: String) -> Bool {
    name == other || LogFilePlace(path: name) == LogFilePlace(path: other)
  }
}
