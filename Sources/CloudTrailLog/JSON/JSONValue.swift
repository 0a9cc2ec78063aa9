internal import CSimdjson

/// One value of a JSON text that a `JSONParser` holds; it must not outlive the parser's next text.
struct JSONValue {
  var raw: pt_value

  enum Kind {
    case null, bool, number, text, array, object
  }

  var kind: Kind {
    switch pt_value_kind(raw) {
    case PT_NULL: .null
    case PT_BOOL: .bool
    case PT_TEXT: .text
    case PT_ARRAY: .array
    case PT_OBJECT: .object
    default: .number
    }
  }

  var isNull: Bool { pt_value_kind(raw) == PT_NULL }
  var isObject: Bool { pt_value_kind(raw) == PT_OBJECT }

  /// Whether an object or array holds nothing.
  var isEmpty: Bool { pt_value_is_empty(raw) }

  /// The member of an object; `nil` where there is none, and for anything that is no object.
  subscript(name: StaticString) -> JSONValue? {
    var member = pt_value()
    let found = unsafe pt_value_member(
      raw, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), name.utf8CodeUnitCount, &member)
    return found ? JSONValue(raw: member) : nil
  }

  /// The text; `nil` for anything that is no text.
  var text: String? {
    let slice = unsafe pt_value_text(raw)
    guard let bytes = unsafe slice.bytes else { return nil }
    return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: slice.length), as: UTF8.self)
  }

  var bool: Bool? { pt_value_kind(raw) == PT_BOOL ? pt_value_bool(raw) : nil }

  /// An array's elements; none for anything that is no array.
  var elements: [JSONValue] {
    guard pt_value_kind(raw) == PT_ARRAY else { return [] }
    var cursor = pt_value_elements(raw)
    var elements: [JSONValue] = []
    var element = pt_value()
    while unsafe pt_cursor_next(&cursor, &element) { elements.append(JSONValue(raw: element)) }
    return elements
  }

  /// An object's members in the order in which they are written; none for anything that is no object.
  var members: [(name: String, value: JSONValue)] {
    guard pt_value_kind(raw) == PT_OBJECT else { return [] }
    var cursor = pt_value_members(raw)
    var members: [(name: String, value: JSONValue)] = []
    var name = unsafe pt_slice()
    var value = pt_value()
    while unsafe pt_cursor_next_member(&cursor, &name, &value) {
      unsafe members.append((name.text, JSONValue(raw: value)))
    }
    return members
  }
}
