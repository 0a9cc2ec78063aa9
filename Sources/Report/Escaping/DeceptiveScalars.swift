/// Which characters a reader would not see, or that would move what they see: they are shown as escapes everywhere.
///
/// Terminal controls, bidirectional controls, zero-width and other invisible characters, spaces that are not U+0020,
/// private-use characters (a font may draw anything) and noncharacters.
/// Source: Unicode Technical Report 36, "Unicode Security Considerations".
extension Unicode.Scalar {
  var isDeceptive: Bool {
    if value < 0x7F { return value < 0x20 }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator, .spaceSeparator: return true
    default: break
    }
    return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint || value == 0x2800
  }

  /// Whether it would be drawn over the character before it, which at a text's start is somebody else's.
  var isCombining: Bool { value >= 0x300 && properties.isGraphemeExtend }

  /// Columns that a terminal gives it: 2 for the wide ones of East Asia and emoji, 0 for combining ones.
  var columns: Int {
    if value < 0x300 { return 1 }
    if isCombining { return 0 }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
