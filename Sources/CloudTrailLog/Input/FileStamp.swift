internal import Glibc

/// What the operating system says of a file without reading it: while it stays the same, so does the file.
///
/// The change time is the system's own: writing a file and setting its modification time back moves it.
public struct FileStamp: Hashable, Sendable {
  public var size: Int64
  /// Nanoseconds since 1970-01-01.
  public var modified: Int64
  public var changed: Int64

  public init(size: Int64, modified: Int64, changed: Int64) {
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  init(_ status: stat) {
    func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
    self.init(
      size: Int64(status.st_size), modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
  }
}
