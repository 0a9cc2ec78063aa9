internal import ArgumentParser
internal import Pushtrail

/// Where defaults come from: the `pushtrail.*` keys that git's configuration of a clone holds.
///
/// Keys as git prints them, in lower case (`pushtrail.refsseen`), each with its values in order.
struct GitConfiguration: Sendable {
  var values: @Sendable (_ repo: String) -> [String: [String]]

  /// No defaults.
  static let none = GitConfiguration { _ in [:] }

  /// What the commands read.
  static let current = GitConfiguration { repo in Pushtrail.configuredDefaults(repo: repo) }
}

/// The configured values, read as the options of the same names are.
struct ConfiguredDefaults {
  private var values: [String: [String]] = [:]

  init(_ values: [String: [String]]) {
    for (key, list) in values.sorted(by: { $0.key < $1.key }) { self.values[key.lowercased(), default: []] += list }
  }

  func strings(_ name: String) -> [String] { values["pushtrail." + name.lowercased()] ?? [] }

  /// The last value, as git does, where the command line gave none.
  func value<Value: ExpressibleByArgument>(
    _ name: String, unless given: Value?
  ) throws(CommandFailure) -> Value? {
    if let given { return given }
    return try values(name, unless: [Value]()).last
  }

  /// All values, where the command line gave none.
  func values<Value: ExpressibleByArgument>(
    _ name: String, unless given: [Value]
  ) throws(CommandFailure) -> [Value] {
    if !given.isEmpty { return given }
    var result: [Value] = []
    for text in strings(name) {
      guard let value = Value(argument: text) else {
        throw CommandFailure(
          "git's configuration has '\(text)' for pushtrail.\(name), which cannot be read",
          hints: ["git config --show-origin --get-all pushtrail.\(name) tells where it stands"])
      }
      result.append(value)
    }
    return result
  }
}
