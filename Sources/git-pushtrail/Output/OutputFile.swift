internal import Glibc

/// A file that is there whole or not at all: written beside its place under another name, then renamed. A symbolic link stays,
/// and what it leads to is written; what is no regular file (a pipe, a device) is written as it is.
enum OutputFile {
  typealias Content = (_ sink: @escaping (Span<UInt8>) throws(SystemError) -> Void) throws(SystemError) -> Void

  static func write(_ path: String, _ content: Content) throws(CommandFailure) {
    do throws(SystemError) {
      var status = stat()
      if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        try fill(try opened(path, O_WRONLY | O_CLOEXEC), content, isFile: false)
      } else {
        try replace(try target(of: path), content)
      }
    } catch {
      throw CommandFailure("cannot write '\(path)': \(error.description)")
    }
  }

  private static func replace(_ path: String, _ content: Content) throws(SystemError) {
    let temporary = "\(path).\(getpid()).tmp"
    // O_EXCL: a link that somebody put there is not followed. The mode is what the umask leaves of 0666.
    let descriptor = try opened(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
    do throws(SystemError) {
      try fill(descriptor, content, isFile: true)
      if unsafe rename(temporary, path) != 0 { throw .last() }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
  }

  private static func opened(_ path: String, _ flags: CInt) throws(SystemError) -> CInt {
    let descriptor = unsafe open(path, flags, 0o666)
    if descriptor < 0 { throw .last() }
    return descriptor
  }

  /// Writes everything, and closes.
  private static func fill(_ descriptor: CInt, _ content: Content, isFile: Bool) throws(SystemError) {
    do throws(SystemError) {
      try content { (text: Span<UInt8>) throws(SystemError) in try Output.write(text, to: descriptor) }
      if isFile, fsync(descriptor) != 0, errno != EINVAL { throw .last() }
    } catch {
      close(descriptor)
      throw error
    }
    if close(descriptor) != 0 { throw .last() }
  }

  /// Where a path's symbolic links lead in the end, whether there is a file or not.
  private static func target(of path: String) throws(SystemError) -> String {
    var path = path
    // As many as Linux follows.
    for _ in 0...40 {
      var buffer = [CChar](repeating: 0, count: 4096)
      let length = unsafe readlink(path, &buffer, buffer.count)
      // No link, or nothing: opening it tells what is wrong.
      if length < 0 { return path }
      guard length < buffer.count else { throw SystemError(code: ENAMETOOLONG) }
      let next = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = next.hasPrefix("/") ? next : folder + next
    }
    throw SystemError(code: ELOOP)
  }
}
