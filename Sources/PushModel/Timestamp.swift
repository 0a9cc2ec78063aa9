/// A moment in whole seconds since 1970-01-01T00:00:00Z.
///
/// CloudTrail's `eventTime` and git's reflogs have no finer resolution.
public struct Timestamp: Hashable, Comparable, Sendable {
  public let seconds: Int64

  @inlinable public init(seconds: Int64) { self.seconds = seconds }

  @inlinable public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
  @inlinable public static func + (time: Self, seconds: Int64) -> Self { Timestamp(seconds: time.seconds + seconds) }
  @inlinable public static func - (time: Self, seconds: Int64) -> Self { Timestamp(seconds: time.seconds - seconds) }
  /// Seconds from `earlier` to `later`; negative if they are the other way round.
  @inlinable public static func - (later: Self, earlier: Self) -> Int64 { later.seconds - earlier.seconds }

  /// Days since 1970-01-01, of the UTC calendar.
  @inlinable public var day: Int64 { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }
}

// MARK: - Text

extension Timestamp: CustomStringConvertible {
  /// `YYYY-MM-DDTHH:MM:SSZ`.
  public var description: String {
    let (year, month, dayOfMonth) = Self.civilDate(ofDay: day)
    let second = seconds - day * 86_400
    return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(dayOfMonth, 2) + "T"
      + Self.padded(second / 3600, 2) + ":" + Self.padded(second / 60 % 60, 2) + ":" + Self.padded(second % 60, 2) + "Z"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Reads RFC 3339: `YYYY-MM-DDTHH:MM:SS`, an optional fraction (cut off), and `Z`, an offset (`+01:00`, `+0100`) or
  /// nothing (UTC). A space may stand for the `T`. A date alone is its midnight.
  ///
  /// Years outside 1970...9999 and fields out of range give `nil`: a log that holds them is damaged.
  public init?(iso8601 text: some StringProtocol) {
    self.init(iso8601Bytes: Array(text.utf8))
  }

  /// The same, of UTF-8 bytes.
  public init?(iso8601Bytes text: [UInt8]) {
    var position = 0
    func number(_ digits: Int) -> Int64? {
      guard position + digits <= text.count else { return nil }
      var value: Int64 = 0
      for byte in text[position..<position + digits] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      position += digits
      return value
    }
    func skip(_ allowed: String) -> Bool {
      guard position < text.count, allowed.utf8.contains(text[position]) else { return false }
      position += 1
      return true
    }
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let dayOfMonth = number(2),
      (1970...9999).contains(year), (1...12).contains(month),
      (1...Self.lengthOfMonth(month, year: year)).contains(dayOfMonth)
    else { return nil }
    let midnight = Self.dayNumber(year: year, month: month, day: dayOfMonth) * 86_400
    if position == text.count {
      self.init(seconds: midnight)
      return
    }
    guard skip("Tt "), let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2),
      hour < 24, minute < 60, second < 61
    else { return nil }
    if skip(".,") {
      let start = position
      while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
      guard position > start else { return nil }
    }
    var offset: Int64 = 0
    if position < text.count {
      let sign = text[position]
      position += 1
      switch sign {
      case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        guard let hours = number(2) else { return nil }
        _ = skip(":")
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "+") ? 1 : -1)
      default: return nil
      }
    }
    guard position == text.count else { return nil }
    self.init(seconds: midnight + hour * 3600 + minute * 60 + second - offset)
  }

  /// Midnight UTC of a calendar day; `nil` if there is no such day.
  public init?(year: Int64, month: Int64, day: Int64) {
    guard (1970...9999).contains(year), (1...12).contains(month),
      (1...Self.lengthOfMonth(month, year: year)).contains(day)
    else { return nil }
    self.init(seconds: Self.dayNumber(year: year, month: month, day: day) * 86_400)
  }

  private static func lengthOfMonth(_ month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil and civil_from_days, for years >= 0.
  private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civilDate(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
