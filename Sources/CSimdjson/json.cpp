#include "parser.h"

#include <simdjson.h>

#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>

namespace dom = simdjson::dom;

namespace {

// The C structs carry simdjson's own small handles bit by bit.
static_assert(sizeof(dom::element) == sizeof(pt_value) && std::is_trivially_copyable_v<dom::element>);
static_assert(sizeof(dom::array::iterator) == sizeof(uint64_t[2]));
static_assert(std::is_trivially_copyable_v<dom::array::iterator>);
static_assert(sizeof(dom::object::iterator) == sizeof(uint64_t[2]));
static_assert(std::is_trivially_copyable_v<dom::object::iterator>);
static_assert(PT_PADDING >= simdjson::SIMDJSON_PADDING);

dom::element unwrap(pt_value value) {
  dom::element element;
  std::memcpy(static_cast<void *>(&element), &value, sizeof element);
  return element;
}

pt_value wrap(dom::element element) {
  pt_value value;
  std::memcpy(&value, static_cast<const void *>(&element), sizeof value);
  return value;
}

pt_slice slice(std::string_view text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

}  // namespace

extern "C" {

pt_parser *pt_parser_create(void) { return new (std::nothrow) pt_parser(); }

void pt_parser_destroy(pt_parser *parser) { delete parser; }

const char *pt_parse(pt_parser *parser, const uint8_t *bytes, size_t length, pt_value *root) {
  try {
    dom::element element;
    if (auto error = parser->strict.parse(bytes, length, false).get(element)) return simdjson::error_message(error);
    *root = wrap(element);
    return nullptr;
  } catch (...) {
    return "no memory left to parse it";
  }
}

pt_kind pt_value_kind(pt_value value) {
  switch (unwrap(value).type()) {
    case dom::element_type::ARRAY: return PT_ARRAY;
    case dom::element_type::OBJECT: return PT_OBJECT;
    case dom::element_type::STRING: return PT_TEXT;
    case dom::element_type::BOOL: return PT_BOOL;
    case dom::element_type::NULL_VALUE: return PT_NULL;
    default: return PT_NUMBER;
  }
}

bool pt_value_member(pt_value value, const char *name, size_t length, pt_value *member) {
  dom::object object;
  if (unwrap(value).get(object)) return false;
  const std::string_view wanted(name, length);
  bool found = false;
  for (auto field = object.begin(); field != object.end(); ++field) {
    if (field.key_equals(wanted)) {
      *member = wrap(field.value());
      found = true;
    }
  }
  return found;
}

bool pt_value_is_empty(pt_value value) {
  dom::object object;
  if (!unwrap(value).get(object)) return object.begin() == object.end();
  dom::array array;
  if (!unwrap(value).get(array)) return !(array.begin() != array.end());
  return true;
}

pt_slice pt_value_text(pt_value value) {
  std::string_view text;
  if (unwrap(value).get(text)) return {nullptr, 0};
  return slice(text);
}

bool pt_value_bool(pt_value value) {
  bool flag = false;
  if (unwrap(value).get(flag)) return false;
  return flag;
}

pt_cursor pt_value_elements(pt_value value) {
  pt_cursor cursor{};
  dom::array array;
  if (unwrap(value).get(array)) return cursor;
  auto begin = array.begin(), end = array.end();
  std::memcpy(cursor.next, static_cast<const void *>(&begin), sizeof cursor.next);
  std::memcpy(cursor.end, static_cast<const void *>(&end), sizeof cursor.end);
  return cursor;
}

bool pt_cursor_next(pt_cursor *cursor, pt_value *element) {
  if (std::memcmp(cursor->next, cursor->end, sizeof cursor->next) == 0) return false;
  dom::array::iterator position;
  std::memcpy(static_cast<void *>(&position), cursor->next, sizeof position);
  *element = wrap(*position);
  ++position;
  std::memcpy(cursor->next, static_cast<const void *>(&position), sizeof cursor->next);
  return true;
}

pt_cursor pt_value_members(pt_value value) {
  pt_cursor cursor{};
  dom::object object;
  if (unwrap(value).get(object)) return cursor;
  auto begin = object.begin(), end = object.end();
  std::memcpy(cursor.next, static_cast<const void *>(&begin), sizeof cursor.next);
  std::memcpy(cursor.end, static_cast<const void *>(&end), sizeof cursor.end);
  return cursor;
}

bool pt_cursor_next_member(pt_cursor *cursor, pt_slice *name, pt_value *member) {
  if (std::memcmp(cursor->next, cursor->end, sizeof cursor->next) == 0) return false;
  dom::object::iterator position;
  std::memcpy(static_cast<void *>(&position), cursor->next, sizeof position);
  *name = slice(position.key());
  *member = wrap(position.value());
  ++position;
  std::memcpy(cursor->next, static_cast<const void *>(&position), sizeof cursor->next);
  return true;
}

pt_slice pt_value_json(pt_parser *parser, pt_value value) {
  try {
    parser->scratch = simdjson::minify(unwrap(value));
    return slice(parser->scratch);
  } catch (...) {
    return {nullptr, 0};
  }
}

const uint8_t *pt_find(const uint8_t *bytes, size_t length, const uint8_t *needle, size_t needle_length) {
  return static_cast<const uint8_t *>(memmem(bytes, length, needle, needle_length));
}

}  // extern "C"
