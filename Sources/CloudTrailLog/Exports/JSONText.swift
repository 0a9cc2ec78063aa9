/// Writes JSON, for records that an export had taken apart.
struct JSONText {
  private(set) var string = ""
  private var isFirst = true

  mutating func beginObject() {
    string += "{"
    isFirst = true
  }

  mutating func endObject() {
    string += "}"
    isFirst = false
  }

  mutating func name(_ name: String) {
    if !isFirst { string += "," }
    isFirst = false
    text(name)
    string += ":"
  }

  mutating func text(_ text: String) {
    string += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": string += "\\\""
      case "\\": string += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        string += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: string.unicodeScalars.append(scalar)
      }
    }
    string += "\""
  }

  /// JSON that is written already.
  mutating func raw(_ json: String) { string += json }

  /// A parsed value, with the names that tables write in lower case as records have them if `renames`.
  mutating func value(_ value: JSONValue, _ parser: JSONParser, renames: Bool, depth: Int = 0) {
    guard renames, depth < 8 else { return raw(parser.json(value)) }
    switch value.kind {
    case .object:
      beginObject()
      for (name, member) in value.members {
        self.name(RecordColumns.structureNames[name.lowercased()] ?? name)
        self.value(member, parser, renames: true, depth: depth + 1)
      }
      endObject()
    case .array:
      string += "["
      for (index, element) in value.elements.enumerated() {
        if index > 0 { string += "," }
        self.value(element, parser, renames: true, depth: depth + 1)
      }
      string += "]"
      isFirst = false
    default: raw(parser.json(value))
    }
  }
}
