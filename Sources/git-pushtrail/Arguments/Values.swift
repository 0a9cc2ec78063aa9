internal import ArgumentParser
internal import Correlation
internal import PushModel
internal import Pushtrail
internal import Report

/// A moment as people write it: RFC 3339, or a date, which is its midnight (UTC).
struct Moment: ExpressibleByArgument {
  var time: Timestamp

  init?(argument: String) {
    guard let time = Timestamp(iso8601: argument) else { return nil }
    self.time = time
  }
}

/// `300`, `90s`, `5m`, `1h`, `2d`.
struct Duration: ExpressibleByArgument {
  var seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  init?(argument: String) {
    var digits = argument[...]
    var unit: Int64 = 1
    switch argument.last {
    case "s": digits = digits.dropLast()
    case "m":
      digits = digits.dropLast()
      unit = 60
    case "h":
      digits = digits.dropLast()
      unit = 3600
    case "d":
      digits = digits.dropLast()
      unit = 86_400
    default: break
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits) else {
      return nil
    }
    let (seconds, isTooLong) = number.multipliedReportingOverflow(by: unit)
    // A hundred years: more is a typing error, and times stay far from overflow.
    guard !isTooLong, seconds <= 3_155_760_000 else { return nil }
    self.seconds = seconds
  }

  var defaultValueDescription: String { seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s" }
}

/// `1048576`, `64K`, `500M`, `3G`: powers of 1024, as git reads sizes.
struct ByteSize: ExpressibleByArgument {
  var bytes: Int64

  init?(argument: String) {
    var digits = argument[...]
    var shift: Int64 = 0
    switch argument.last {
    case "k", "K": shift = 10
    case "m", "M": shift = 20
    case "g", "G": shift = 30
    default: break
    }
    if shift > 0 { digits = digits.dropLast() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits) else {
      return nil
    }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: 1 << shift)
    // A terabyte: more is a typing error, and no memory holds it.
    guard !isTooLarge, bytes > 0, bytes <= 1 << 40 else { return nil }
    self.bytes = bytes
  }
}

/// `START..END`.
struct StatedCoverage: ExpressibleByArgument {
  var interval: ClosedRange<Timestamp>

  init?(argument: String) {
    guard let dots = Self.dots(in: argument),
      let start = Timestamp(iso8601: argument[..<dots.lowerBound]),
      let end = Timestamp(iso8601: argument[dots.upperBound...]), start < end
    else { return nil }
    interval = start...end
  }

  private static func dots(in text: String) -> Range<String.Index>? {
    var index = text.startIndex
    while index < text.endIndex {
      if text[index...].hasPrefix("..") { return index..<text.index(index, offsetBy: 2) }
      index = text.index(after: index)
    }
    return nil
  }
}

/// `FILE` or `FILE@TIME`: what follows the last `@` is a time if it reads as one, else part of the name.
struct SeenFile: ExpressibleByArgument {
  var file: Options.RefsSeen

  init?(argument: String) {
    if argument.isEmpty { return nil }
    if let at = argument.lastIndex(of: "@"), at != argument.startIndex,
      let time = Timestamp(iso8601: argument[argument.index(after: at)...])
    {
      file = Options.RefsSeen(path: String(argument[..<at]), time: time)
    } else {
      file = Options.RefsSeen(path: argument)
    }
  }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// `--fail-on` and `--commits` take the words of the report.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case note, warning, error

  var severity: Severity {
    switch self {
    case .note: .note
    case .warning: .warning
    case .error: .error
    }
  }
}

enum Listing: String, ExpressibleByArgument, CaseIterable {
  case exact, all, count

  var commits: CommitListing {
    switch self {
    case .exact: .exact
    case .all: .all
    case .count: .count
    }
  }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, markdown, json, ndjson

  var format: ReportFormat {
    switch self {
    case .text: .text
    case .markdown: .markdown
    case .json: .json
    case .ndjson: .ndjson
    }
  }
}

/// The formats of what is printed whole: for people, or for programs.
enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
  case text, json
}
