public import Correlation
public import PushModel

/// What a word on `show`'s command line means in a report.
public enum Subject: Hashable, Sendable {
  case commit(ObjectID)
  case ref(RefName)
  /// A push or an attempt.
  case event(String)

  /// Looks the word up among the report's events, refs and commits.
  ///
  /// A whole event id, ref name or object id means just that; a short ref name comes before abbreviations, of which
  /// four digits are the least.
  public static func find(_ word: String, in report: ProvenanceReport) throws(SubjectError) -> Subject {
    let events = report.pushes.map(\.eventID) + report.attempts.map(\.eventID)
    if events.contains(word) { return .event(word) }

    let names = Set(report.refs.map(\.ref)).union(report.pushes.flatMap { $0.updates.map(\.ref) })
    if names.contains(RefName(word)) { return .ref(RefName(word)) }
    let short = names.filter { $0.shorthand == word }.sorted()
    if short.count == 1, let ref = short.first { return .ref(ref) }
    if short.count > 1 { throw .ambiguous(word, short.map { "ref \($0.rawValue)" }) }

    let digits = word.lowercased()
    guard digits.utf8.count >= 4 else { throw .notFound(word) }
    let commits = report.namedIDs.filter { $0.hex.hasPrefix(digits) }.sorted()
    let matching = events.filter { $0.lowercased().hasPrefix(digits) }
    let candidates = commits.map(Subject.commit) + matching.sorted().map(Subject.event)
    guard let first = candidates.first else { throw .notFound(word) }
    if candidates.count > 1 {
      throw .ambiguous(
        word,
        candidates.map { candidate in
          switch candidate {
          case .commit(let id): "object \(id.hex)"
          case .event(let id): "event \(id)"
          case .ref(let ref): "ref \(ref.rawValue)"
          }
        })
    }
    return first
  }
}

/// Why a word means nothing, or too much.
public enum SubjectError: Error, Sendable, CustomStringConvertible {
  case notFound(String)
  /// With what it may mean, one a line.
  case ambiguous(String, [String])

  public var description: String {
    switch self {
    case .notFound(let word): "no event, ref or commit of the report is called '\(word)'"
    case .ambiguous(let word, _): "'\(word)' may mean several things"
    }
  }

  public var candidates: [String] {
    switch self {
    case .notFound: []
    case .ambiguous(_, let candidates): candidates
    }
  }
}
