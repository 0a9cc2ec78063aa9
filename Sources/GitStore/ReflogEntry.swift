internal import PushModel

/// One line of a reflog.
struct ReflogEntry: Hashable {
  var old: ObjectID
  var new: ObjectID
  var time: Timestamp
  var message: String

  /// What moved the ref, as git 2.x writes it.
  enum Act: Hashable {
    /// A fetch or pull by ref name: `...: fast-forward`, `forced-update`, `storing head`.
    case fetch(FetchCommand)
    case push
    /// `clone: from URL`.
    case clone(url: String)
    case other
  }

  /// The first part of a fetch's message is the command line, which holds anything: only the end is git's own.
  var act: Act {
    if message == "update by push" { return .push }
    if message.hasPrefix("clone: from ") { return .clone(url: String(message.dropFirst("clone: from ".count))) }
    guard let end = message.ranges(of: ": ").last,
      ["fast-forward", "forced-update", "storing head"].contains(message[end.upperBound...]),
      let command = FetchCommand(message[..<end.lowerBound])
    else { return .other }
    return .fetch(command)
  }
}
