internal import PushModel

/// Reads the fields of one record, and keeps what is wrong with them.
///
/// An absent, a null and an empty field are the same; one of another type is damage.
struct RecordFields {
  private(set) var damage: [String] = []

  mutating func note(_ reason: String) {
    if !damage.contains(reason) { damage.append(reason) }
  }

  mutating func text(_ object: JSONValue?, _ name: StaticString) -> String? {
    guard let value = object?[name], !value.isNull else { return nil }
    guard let text = value.text else {
      note("\(name) is not text")
      return nil
    }
    return text.isEmpty ? nil : text
  }

  /// An object; `nil` where it is absent or null.
  mutating func object(_ parent: JSONValue?, _ name: StaticString) -> JSONValue? {
    guard let value = parent?[name], !value.isNull, value.text != "" else { return nil }
    guard value.isObject else {
      note("\(name) is not an object")
      return nil
    }
    return value
  }

  mutating func array(_ parent: JSONValue?, _ name: StaticString) -> [JSONValue] {
    guard let value = parent?[name], !value.isNull, value.text != "" else { return [] }
    guard value.kind == .array else {
      note("\(name) is not an array")
      return []
    }
    return value.elements
  }

  /// A truth value, which some records write as text.
  mutating func flag(_ object: JSONValue?, _ name: StaticString) -> Bool? {
    guard let value = object?[name], !value.isNull else { return nil }
    if let bool = value.bool { return bool }
    switch value.text?.lowercased() {
    case "true": return true
    case "false": return false
    case "": return nil
    default:
      note("\(name) is neither true nor false")
      return nil
    }
  }

  /// An object id of 40 digits; `nil` where it is absent.
  mutating func objectID(_ object: JSONValue?, _ name: StaticString) -> ObjectID? {
    guard let text = text(object, name) else { return nil }
    guard let id = ObjectID(hex: text), !id.isZero else {
      note("\(name) is not an object id")
      return nil
    }
    return id
  }

  /// A branch, written short or whole.
  mutating func branch(_ object: JSONValue?, _ name: StaticString) -> RefName? {
    text(object, name).map(Self.branch)
  }

  static func branch(_ name: String) -> RefName { name.hasPrefix("refs/") ? RefName(name) : .branch(name) }
}
