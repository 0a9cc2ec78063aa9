internal import Glibc

/// A file that is there whole or not at all: written beside its place under another name, then renamed.
enum OutputFile {
  static func write(
    _ path: String,
    _ content: (_ sink: @escaping (Span<UInt8>) throws(SystemError) -> Void) throws(SystemError) -> Void
  ) throws(CommandFailure) {
    let temporary = "\(path).\(getpid()).tmp"
    // O_EXCL: a link that somebody put there is not followed. The mode is what the umask leaves of 0666.
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure(path, .last()) }
    do throws(SystemError) {
      try content { (text: Span<UInt8>) throws(SystemError) in try Output.write(text, to: descriptor) }
      if fsync(descriptor) != 0, errno != EINVAL { throw .last() }
    } catch {
      close(descriptor)
      unsafe unlink(temporary)
      throw failure(path, error)
    }
    let isRenamed = unsafe close(descriptor) == 0 && rename(temporary, path) == 0
    if !isRenamed {
      let error = SystemError.last()
      unsafe unlink(temporary)
      throw failure(path, error)
    }
  }

  private static func failure(_ path: String, _ error: SystemError) -> CommandFailure {
    CommandFailure("cannot write '\(path)': \(error.description)")
  }
}
