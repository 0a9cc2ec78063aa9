internal import FoundationEssentials
internal import PushModel

#if canImport(Glibc)
  internal import Glibc
#endif

/// The few files of a repository that libgit2 does not read: FETCH_HEAD, packed-refs, and file times.
enum Files {
  /// `nil` if there is no such file or it cannot be read.
  static func text(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  static func bytes(_ path: String) -> [UInt8]? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return Array(data)
  }

  /// The same at a tenth of the cost. Nothing where there is no such file; `nil` also where there is more of it than one
  /// read brings.
  static func smallFile(_ path: String) -> [UInt8]? {
    // What is a pipe would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return errno == ENOENT || errno == ENOTDIR ? [] : nil }
    defer { close(descriptor) }
    let limit = 1 << 16
    var length = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      length = unsafe read(descriptor, buffer.baseAddress, limit)
      count = max(0, length)
    }
    if length == 0, isOdd(path) { return nil }
    return (0..<limit).contains(length) ? bytes : nil
  }

  /// Whether there is a pipe or a device: to open it may wait forever.
  static func isOdd(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// All that comes from a file, a pipe or a device that somebody named; `nil` if it cannot be read.
  static func stream(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let length = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if length < 0, errno == EINTR { continue }
      guard length > 0 else { return length == 0 ? bytes : nil }
      bytes += piece.prefix(length)
    }
  }

  static func entries(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// The same in no order; `nil` where the folder is there and cannot be listed.
  static func listing(_ folder: String) -> [String]? {
    guard let directory = unsafe opendir(folder) else { return errno == ENOENT || errno == ENOTDIR ? [] : nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return errno == 0 ? names : nil
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
