internal import FoundationEssentials
internal import PushModel

#if canImport(Glibc)
  internal import Glibc
#endif

/// The few files of a repository that libgit2 does not read: FETCH_HEAD, packed-refs, and file times.
enum Files {
  /// `nil` if there is no such file or it cannot be read.
  static func text(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  static func entries(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// The time of a file's last change of content, in whole seconds.
  static func modified(_ path: String) -> Timestamp? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
  }

  /// The same in seconds and nanoseconds, for telling which of two files of one clone was written last.
  static func modifiedExactly(_ path: String) -> (Int, Int)? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}
