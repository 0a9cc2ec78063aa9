/// How terminal text looks: colour, and the width to wrap at.
public struct TextStyle: Sendable {
  public var hasColor: Bool
  /// Columns; `nil` leaves each statement on one line, as a pipe wants it.
  public var width: Int?

  public init(hasColor: Bool = false, width: Int? = nil) {
    self.hasColor = hasColor
    self.width = width
  }

  /// Sentences longer than this are hard to read, however wide the terminal is.
  var measure: Int { min(max(width ?? .max, 40), width == nil ? .max : 100) }

  enum Ink: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
    case boldRed = "1;31"
    case boldGreen = "1;32"
    case boldYellow = "1;33"
  }

  func paint(_ text: String, _ ink: Ink?) -> String {
    guard hasColor, let ink, !text.isEmpty else { return text }
    return "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m"
  }
}
