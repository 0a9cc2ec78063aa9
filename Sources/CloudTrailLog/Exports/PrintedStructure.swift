/// Reads structures and maps as Presto, Trino and Athena print them: `{type=IAMUser, sessioncontext=null}`, `[{...}]`.
///
/// The form has no quotes, so that a value may look like the structure around it. A comma and a space part members,
/// which no name, ARN or ref can hold; where braces do not fit, the text is refused rather than guessed at. So is one with
/// members that strangers write freely (commit messages, titles): they could forge the members after them.
struct PrintedStructure {
  private let bytes: [UInt8]
  private let renames: Bool
  private let parser: JSONParser
  private var position = 0
  private static let deepest = 16

  init(_ text: String, renames: Bool, parser: JSONParser) {
    bytes = Array(text.utf8)
    self.renames = renames
    self.parser = parser
  }

  /// The same as JSON; `nil` where it cannot be read for certain.
  mutating func json() -> String? {
    guard let first = bytes.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
    let value = value(depth: 0)
    return position == bytes.count ? value : nil
  }

  private mutating func value(depth: Int) -> String? {
    guard depth < Self.deepest else { return nil }
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      // A map of texts may hold JSON as one of its texts.
      if depth > 0, let json = embeddedJSON() { return json }
      return current == UInt8(ascii: "{") ? object(depth) : list(depth)
    default: return scalar()
    }
  }

  private mutating func object(_ depth: Int) -> String? {
    position += 1
    var text = JSONText()
    var names: Set<String> = []
    text.beginObject()
    if current == UInt8(ascii: "}") {
      position += 1
      return "{}"
    }
    while true {
      guard let name = name(), names.insert(name).inserted, Self.isBound(name), let value = value(depth: depth + 1)
      else { return nil }
      text.name(renames ? RecordColumns.structureNames[name.lowercased()] ?? name : name)
      text.raw(value)
      if isSeparator {
        position += 2
        continue
      }
      guard current == UInt8(ascii: "}") else { return nil }
      position += 1
      text.endObject()
      return text.string
    }
  }

  /// Whether what a member holds has a form of its own, free of spaces.
  private static func isBound(_ name: String) -> Bool {
    RecordColumns.structureNames[name.lowercased()] != nil || boundNames.contains(name)
  }

  private static let boundNames: Set<String> = [
    "type", "attributes", "credential", "issuer", "account", "references", "commit", "ref", "deleted", "created",
    "capabilities", "protocol", "dataTransferred", "repositoryName", "repositoryId", "shallow", "branchName",
    "commitId", "treeId", "blobId", "deletedBranch", "parentCommitId", "targetBranch", "sourceCommitSpecifier",
    "destinationCommitSpecifier", "oldName", "newName", "defaultBranchName", "pullRequestId", "omitted",
    "originalSize",
  ]

  private mutating func list(_ depth: Int) -> String? {
    position += 1
    if current == UInt8(ascii: "]") {
      position += 1
      return "[]"
    }
    var elements: [String] = []
    while true {
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
      if isSeparator {
        position += 2
        continue
      }
      guard current == UInt8(ascii: "]") else { return nil }
      position += 1
      return "[" + elements.joined(separator: ",") + "]"
    }
  }

  private mutating func name() -> String? {
    let start = position
    while let byte = current, byte != UInt8(ascii: "=") {
      guard ![UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), 0x20].contains(byte) else {
        return nil
      }
      position += 1
    }
    guard current == UInt8(ascii: "="), position > start else { return nil }
    position += 1
    return String(decoding: bytes[start..<position - 1], as: UTF8.self)
  }

  /// Text up to the next member or the closing bracket.
  private mutating func scalar() -> String? {
    let start = position
    while let byte = current, byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]"), !isSeparator { position += 1 }
    guard position < bytes.count else { return nil }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if text == "null" { return text }
    var json = JSONText()
    json.text(text)
    return json.string
  }

  /// A JSON text that begins here and ends where its brackets do.
  private mutating func embeddedJSON() -> String? {
    var depth = 0
    var isInText = false
    var end = position
    scan: while end < bytes.count {
      let byte = bytes[end]
      end += 1
      if isInText {
        if byte == UInt8(ascii: "\\") { end += 1 }
        if byte == UInt8(ascii: "\"") { isInText = false }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { break scan }
      default: break
      }
    }
    guard depth == 0, end <= bytes.count else { return nil }
    let text = String(decoding: bytes[position..<end], as: UTF8.self)
    guard parser.parsed(text, { _ in }) else { return nil }
    position = end
    return text
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var isSeparator: Bool {
    position + 1 < bytes.count && bytes[position] == UInt8(ascii: ",") && bytes[position + 1] == 0x20
  }
}
