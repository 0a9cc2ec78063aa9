internal import ArgumentParser
internal import Glibc
internal import Report

/// How terminal text looks.
struct ScreenOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Colour: auto (on a terminal, unless NO_COLOR is set), always, never.", valueName: "when"))
  var color: ColorChoice = .auto

  @Option(
    help: ArgumentHelp("Columns to wrap at. Default: the terminal's; a pipe is not wrapped.", valueName: "columns"))
  var width: Int?

  func validate() throws {
    if let width, !(40...10_000).contains(width) { throw ValidationError("--width is at least 40") }
  }

  func style() -> TextStyle {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let isDumb = Self.environment("TERM") == "dumb"
    let hasColor =
      switch color {
      case .always: true
      case .never: false
      // NO_COLOR counts when it is set and not empty (no-color.org).
      case .auto: isTerminal && !isDumb && (Self.environment("NO_COLOR") ?? "").isEmpty
      }
    return TextStyle(hasColor: hasColor, width: width ?? (isTerminal ? Self.terminalWidth() : nil))
  }

  private static func terminalWidth() -> Int {
    var size = winsize()
    if unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return max(40, Int(size.ws_col)) }
    return environment("COLUMNS").flatMap { Int($0) }.map { max(40, $0) } ?? 80
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

/// What makes a run fail.
struct JudgementOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Findings of this severity or worse make exit code 1.", valueName: "severity"))
  var failOn: FailOn = .error

  @Flag(help: "Exit 0 rather than 3 where nothing failed but something could not be checked.")
  var allowUnverifiable = false
}
