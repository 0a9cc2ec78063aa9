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
    case fetch
    case push
    /// `clone: from URL`.
    case clone(url: String)
    case other
  }

  /// The first word of a fetch's message is the command line, which holds anything: only the end is git's own.
  var act: Act {
    if message == "update by push" { return .push }
    if message.hasPrefix("clone: from ") { return .clone(url: String(message.dropFirst("clone: from ".count))) }
    guard let colon = message.lastIndex(of: ":") else { return .other }
    let command = message[..<colon]
    let end = message[message.index(after: colon)...].drop { $0 == " " }
    guard ["fast-forward", "forced-update", "storing head"].contains(String(end)),
      command.hasPrefix("fetch") || command.hasPrefix("pull") || command.hasPrefix("remote update")
    else { return .other }
    return namesBareID(command) ? .other : .fetch
  }

  /// The words of a fetch's command line that are no options: the repository, if it was named, and refspecs.
  var commandWords: [Substring] {
    guard let colon = message.lastIndex(of: ":") else { return [] }
    return message[..<colon].split(separator: " ").dropFirst().filter { !$0.hasPrefix("-") }
  }

  /// Whether the command fetched an object by its id: that says nothing about any ref.
  private func namesBareID(_ command: Substring) -> Bool {
    command.split(separator: " ").contains { word in
      let source = word.drop { $0 == "+" }.prefix { $0 != ":" }
      return ObjectID(hex: source) != nil
    }
  }
}
