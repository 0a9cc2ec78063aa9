#include "pushtrail_json.h"

#include <simdjson.h>

#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

struct pt_parser {
  dom::parser strict;
  ondemand::parser lazy;
  std::vector<pt_head> heads;
};

namespace {

// The C structs carry simdjson's own small handles bit by bit.
static_assert(sizeof(dom::element) == sizeof(pt_value) && std::is_trivially_copyable_v<dom::element>);
static_assert(sizeof(dom::array::iterator) == sizeof(uint64_t[2]));
static_assert(std::is_trivially_copyable_v<dom::array::iterator>);
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

constexpr std::string_view codecommit = "codecommit.amazonaws.com";

/// The value's text; no bytes where it is not text. An error only where the JSON is broken.
simdjson::error_code read_text(ondemand::value value, pt_slice &out) {
  out = {nullptr, 0};
  ondemand::json_type type;
  if (auto error = value.type().get(type)) return error;
  if (type != ondemand::json_type::string) return simdjson::SUCCESS;
  std::string_view text;
  if (auto error = value.get_string().get(text)) return error;
  out = slice(text);
  return simdjson::SUCCESS;
}

simdjson::error_code read_only(ondemand::value value, int &out) {
  out = -1;
  ondemand::json_type type;
  if (auto error = value.type().get(type)) return error;
  if (type == ondemand::json_type::boolean) {
    bool flag;
    if (auto error = value.get_bool().get(flag)) return error;
    out = flag;
  } else if (type == ondemand::json_type::string) {
    std::string_view text;
    if (auto error = value.get_string().get(text)) return error;
    if (text == "true") out = 1;
    if (text == "false") out = 0;
  }
  return simdjson::SUCCESS;
}

/// What is gathered of one record while its fields go by.
struct head_reader {
  pt_head head{};
  pt_slice caller{nullptr, 0};
  bool wants_place;
  bool looks_like_record = false;

  explicit head_reader(bool wants_place) : wants_place(wants_place) {
    head.is_object = true;
    head.read_only = -1;
  }

  simdjson::error_code field(std::string_view key, ondemand::value value) {
    switch (key.size()) {
      case 7:
        if (key == "eventID") looks_like_record = true;
        break;
      case 8:
        if (key == "readOnly") return read_only(value, head.read_only);
        break;
      case 9:
        if (key == "eventTime") return read_text(value, head.time);
        if (key == "eventName") looks_like_record = true;
        if (wants_place && key == "awsRegion") return read_text(value, head.region);
        break;
      case 11:
        if (key == "eventSource") {
          looks_like_record = true;
          pt_slice text;
          if (auto error = read_text(value, text)) return error;
          std::string_view view(reinterpret_cast<const char *>(text.bytes), text.length);
          head.source = !text.bytes || view.empty() ? PT_SOURCE_UNREADABLE
                        : view == codecommit        ? PT_SOURCE_CODECOMMIT
                                                    : PT_SOURCE_OTHER;
        }
        break;
      case 12:
        if (key == "eventVersion") looks_like_record = true;
        if (wants_place && key == "userIdentity") {
          ondemand::json_type type;
          if (auto error = value.type().get(type)) return error;
          if (type != ondemand::json_type::object) break;
          ondemand::object identity;
          if (auto error = value.get_object().get(identity)) return error;
          for (auto member : identity) {
            std::string_view name;
            ondemand::value inner;
            if (auto error = member.unescaped_key().get(name)) return error;
            if (auto error = member.value().get(inner)) return error;
            if (name == "accountId") {
              if (auto error = read_text(inner, caller)) return error;
            }
          }
        }
        break;
      case 18:
        if (wants_place && key == "recipientAccountId") return read_text(value, head.account);
        break;
      default: break;
    }
    return simdjson::SUCCESS;
  }

  pt_head finish(size_t offset, size_t end) {
    head.offset = offset;
    head.length = end - offset;
    if (!head.account.bytes || head.account.length == 0) head.account = caller;
    return head;
  }
};

struct scanner {
  pt_parser &parser;
  const char *base;
  bool wants_place;
  ondemand::document document;

  size_t offset(const char *location) const { return static_cast<size_t>(location - base); }

  simdjson::error_code records(ondemand::array array) {
    for (auto item : array) {
      ondemand::value element;
      if (auto error = item.get(element)) return error;
      ondemand::json_type type;
      if (auto error = element.type().get(type)) return error;
      const size_t start = offset(element.raw_json_token().data());
      if (type != ondemand::json_type::object) {
        pt_head head{};
        head.offset = start;
        head.read_only = -1;
        parser.heads.push_back(head);
        continue;
      }
      ondemand::object object;
      if (auto error = element.get_object().get(object)) return error;
      head_reader reader(wants_place);
      for (auto member : object) {
        std::string_view key;
        ondemand::value value;
        if (auto error = member.unescaped_key().get(key)) return error;
        if (auto error = member.value().get(value)) return error;
        if (auto error = reader.field(key, value)) return error;
      }
      // The next token is the comma or bracket after the record; the white space before it does no harm.
      const char *next;
      if (auto error = document.current_location().get(next)) return error;
      parser.heads.push_back(reader.finish(start, offset(next)));
    }
    return simdjson::SUCCESS;
  }

  /// Where the text that was read ends: at the next token, or at the end of everything.
  simdjson::error_code end(size_t length, size_t &out) {
    const char *next;
    auto error = document.current_location().get(next);
    if (error == simdjson::OUT_OF_BOUNDS) {
      out = length;
      return simdjson::SUCCESS;
    }
    if (!error) out = offset(next);
    return error;
  }

  simdjson::error_code root(size_t length, pt_scan_result &result) {
    ondemand::json_type type;
    if (auto error = document.type().get(type)) return error;
    result.shape = PT_SHAPE_OTHER;
    if (type == ondemand::json_type::array) {
      ondemand::array array;
      if (auto error = document.get_array().get(array)) return error;
      if (auto error = records(array)) return error;
      result.shape = PT_SHAPE_ARRAY;
    } else if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (auto error = document.get_object().get(object)) return error;
      bool has_records = false, is_digest = false;
      head_reader reader(wants_place);
      for (auto member : object) {
        std::string_view key;
        ondemand::value value;
        if (auto error = member.unescaped_key().get(key)) return error;
        if (auto error = member.value().get(value)) return error;
        if (key == "Records") {
          ondemand::json_type inner;
          if (auto error = value.type().get(inner)) return error;
          if (inner != ondemand::json_type::array) continue;
          ondemand::array array;
          if (auto error = value.get_array().get(array)) return error;
          if (auto error = records(array)) return error;
          has_records = true;
          continue;
        }
        if (key == "digestStartTime" || key == "logFiles") is_digest = true;
        if (auto error = reader.field(key, value)) return error;
      }
      if (has_records) {
        result.shape = PT_SHAPE_LOG_FILE;
      } else if (is_digest) {
        result.shape = PT_SHAPE_DIGEST;
      } else if (reader.looks_like_record) {
        result.shape = PT_SHAPE_RECORD;
      }
      if (auto error = end(length, result.end)) return error;
      if (result.shape == PT_SHAPE_RECORD) parser.heads.push_back(reader.finish(0, result.end));
      return simdjson::SUCCESS;
    } else {
      // A bare scalar; the caller says so.
      result.end = length;
      return simdjson::SUCCESS;
    }
    return end(length, result.end);
  }
};

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

bool pt_scan(pt_parser *parser, const uint8_t *bytes, size_t length, bool wants_place, pt_scan_result *result) {
  try {
    parser->heads.clear();
    scanner scan{*parser, reinterpret_cast<const char *>(bytes), wants_place, {}};
    simdjson::padded_string_view text(scan.base, length, length + PT_PADDING);
    if (parser->lazy.iterate(text).get(scan.document)) return false;
    if (scan.root(length, *result)) return false;
    result->heads = parser->heads.data();
    result->count = parser->heads.size();
    return true;
  } catch (...) {
    return false;
  }
}

const uint8_t *pt_find(const uint8_t *bytes, size_t length, const uint8_t *needle, size_t needle_length) {
  return static_cast<const uint8_t *>(memmem(bytes, length, needle, needle_length));
}

}  // extern "C"
