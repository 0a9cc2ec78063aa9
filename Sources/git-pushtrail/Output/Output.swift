internal import Glibc
internal import Report

/// Standard output and standard error, written whole; a reader that went away is no failure.
enum Output {
  /// Prints to standard output. Once nobody reads, the rest is dropped in silence: the exit code still says the result.
  static func print(_ text: String) throws(CommandFailure) { try print(text.utf8.span) }

  static func print(_ text: Span<UInt8>) throws(CommandFailure) {
    do throws(SystemError) {
      try write(text, to: STDOUT_FILENO)
    } catch {
      if error.code == EPIPE { return }
      if error.code == EBADF { throw CommandFailure("standard output is closed") }
      throw CommandFailure("cannot write to standard output: \(error.description)")
    }
  }

  /// `error: ...`, then `hint: ...` lines, to standard error. The text may hold what strangers wrote.
  static func diagnose(_ failure: CommandFailure) {
    var text = ""
    // The text may quote a name with a line feed: only the lines that the tool itself makes are lines.
    text += "error: \(TerminalText.escaping(failure.message))\n"
    for hint in failure.hints { text += "hint: \(TerminalText.escaping(hint))\n" }
    note(text)
  }

  static func hint(_ message: String) { note("hint: \(TerminalText.escaping(message))\n") }

  static func warn(_ message: String) { note("warning: \(TerminalText.escaping(message))\n") }

  /// A line for a program that measures this one.
  static func trace(_ line: String) { note(line) }

  /// Standard error has no better place to report to.
  private static func note(_ text: String) {
    do throws(SystemError) { try write(text, to: STDERR_FILENO) } catch {}
  }

  private static func write(_ text: String, to descriptor: CInt) throws(SystemError) {
    try write(text.utf8.span, to: descriptor)
  }

  static func write(_ text: Span<UInt8>, to descriptor: CInt) throws(SystemError) {
    let failure: CInt? = unsafe text.withUnsafeBufferPointer { buffer in
      var offset = 0
      while offset < buffer.count {
        let written = unsafe Glibc.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset)
        if written < 0 {
          if errno == EINTR { continue }
          return errno
        }
        offset += written
      }
      return nil
    }
    if let failure { throw SystemError(code: failure) }
  }
}

/// What the operating system said.
struct SystemError: Error, CustomStringConvertible {
  var code: CInt

  static func last() -> SystemError { SystemError(code: errno) }

  var description: String { unsafe String(cString: strerror(code)) }
}
