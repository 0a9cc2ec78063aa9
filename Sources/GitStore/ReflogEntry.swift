internal import PushModel

/// One line of a reflog.
struct ReflogEntry: Hashable {
  var old: ObjectID
  var new: ObjectID
  var time: Timestamp
  let message: String
  /// What the message says moved the ref.
  let act: Act

  init(old: ObjectID, new: ObjectID, time: Timestamp, message: String, act: Act? = nil) {
    self.old = old
    self.new = new
    self.time = time
    self.message = message
    self.act = act ?? Self.act(message)
  }

  /// A line as it was before an editor or a copy gave it another system's end: git takes no notice of that.
  static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }

  /// What moved the ref, as git 2.x writes it.
  enum Act: Hashable {
    /// A fetch or pull by ref name: `...: fast-forward`, `forced-update`, `storing head`.
    case fetch(FetchCommand)
    /// A fetch of a bare id into a ref (`storing ref`): it says nothing about any ref of the server.
    case fetchOfID(FetchCommand)
    case push
    /// `clone: from URL`.
    case clone(url: String)
    /// `remote: renamed REF to REF`: the log was another remote's before.
    case rename(from: RefName)
    case other
  }

  private static let renamed = "remote: renamed "

  /// The first part of a fetch's message is the command line, which holds anything: only the end is git's own.
  private static func act(_ message: String) -> Act {
    if message == "update by push" { return .push }
    if message.hasPrefix("clone: from ") { return .clone(url: String(message.dropFirst("clone: from ".count))) }
    if message.hasPrefix(renamed) {
      return .rename(from: RefName(String(message.dropFirst(renamed.count).prefix { $0 != " " })))
    }
    guard let (command, outcome) = parts(message), let command = FetchCommand(command) else { return .other }
    return switch outcome {
    case "fast-forward", "forced-update", "storing head": .fetch(command)
    case "storing ref", "storing tag", "updating tag": .fetchOfID(command)
    default: .other
    }
  }

  /// What stands before and behind the last `: `.
  private static func parts(_ message: String) -> (Substring, Substring)? {
    let bytes = message.utf8
    var end = bytes.endIndex
    while let colon = bytes[..<end].lastIndex(of: UInt8(ascii: ":")) {
      let next = bytes.index(after: colon)
      if next < bytes.endIndex, bytes[next] == UInt8(ascii: " ") {
        return (message[..<colon], message[bytes.index(after: next)...])
      }
      end = colon
    }
    return nil
  }

  /// Whether a line of a log's file is one that git writes: `OLD NEW NAME <EMAIL> TIME ZONE[TAB MESSAGE]`.
  static func isWellFormed(_ line: String) -> Bool {
    let head = line.prefix { $0 != "\t" }
    let ids = head.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard ids.count == 3, ObjectID(hex: ids[0]) != nil, ObjectID(hex: ids[1]) != nil,
      let close = ids[2].lastIndex(of: ">")
    else { return false }
    let time = ids[2][ids[2].index(after: close)...].split(separator: " ")
    return time.count == 2 && Int64(time[0]) != nil && Int(time[1]) != nil
  }
}
