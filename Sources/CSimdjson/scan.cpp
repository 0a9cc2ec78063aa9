#include <cstring>
#include <string_view>

#include "parser.h"

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

namespace {

constexpr std::string_view codecommit = "codecommit.amazonaws.com";

bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

/// A value as it stands in the text: from its first byte up to its last; empty where the member is absent.
struct raw {
  const char *start = nullptr;
  const char *end = nullptr;

  bool is_absent() const { return !start; }
  size_t size() const { return static_cast<size_t>(end - start); }
  std::string_view view() const { return {start, size()}; }
  bool is(std::string_view token) const { return start && view() == token; }
  bool is_null_or_absent() const { return !start || view() == "null"; }
  bool is_text() const { return start && size() >= 2 && *start == '"' && end[-1] == '"'; }
  /// Between the quotes.
  std::string_view inside() const { return {start + 1, size() - 2}; }
  bool has_escape() const { return std::memchr(start, '\\', size()) != nullptr; }
  /// Text that reads as it is written.
  bool is_plain_text() const { return is_text() && !has_escape(); }
};

/// The members that are read.
enum slot : int {
  event_id,
  event_name,
  event_source,
  event_time,
  event_version,
  error_code,
  error_message,
  user_identity,
  user_agent,
  aws_region,
  extra_data,
  addendum,
  address,
  shared_id,
  request,
  response,
  read_only,
  resources,
  recipient,
  slot_count,
  /// Known to be of no interest.
  ignored,
  unknown,
};

/// Whether a key, of which only the start is given, is this one, quote included.
template <size_t length>
bool is(const char *key, const char (&name)[length]) {
  // The text is padded, so that this many bytes can be read.
  static_assert(length <= PT_PADDING);
  return std::memcmp(key, name, length - 1) == 0;
}

slot slot_of(const char *key) {
  switch (key[0]) {
    case 'e':
      if (is(key, "eventTime\"")) return event_time;
      if (is(key, "eventSource\"")) return event_source;
      if (is(key, "eventName\"")) return event_name;
      if (is(key, "eventID\"")) return event_id;
      if (is(key, "eventVersion\"")) return event_version;
      if (is(key, "errorCode\"")) return error_code;
      if (is(key, "errorMessage\"")) return error_message;
      if (is(key, "eventType\"") || is(key, "eventCategory\"")) return ignored;
      break;
    case 'u':
      if (is(key, "userIdentity\"")) return user_identity;
      if (is(key, "userAgent\"")) return user_agent;
      break;
    case 'a':
      if (is(key, "awsRegion\"")) return aws_region;
      if (is(key, "additionalEventData\"")) return extra_data;
      if (is(key, "addendum\"")) return addendum;
      if (is(key, "apiVersion\"")) return ignored;
      break;
    case 's':
      if (is(key, "sourceIPAddress\"")) return address;
      if (is(key, "sharedEventID\"")) return shared_id;
      break;
    case 'r':
      if (is(key, "requestParameters\"")) return request;
      if (is(key, "responseElements\"")) return response;
      if (is(key, "readOnly\"")) return read_only;
      if (is(key, "resources\"")) return resources;
      if (is(key, "recipientAccountId\"")) return recipient;
      if (is(key, "requestID\"")) return ignored;
      break;
    case 'm':
      if (is(key, "managementEvent\"")) return ignored;
      break;
    case 't':
      if (is(key, "tlsDetails\"")) return ignored;
      break;
    default: break;
  }
  return unknown;
}

/// The value of a hexadecimal digit; -1 for any other byte.
int hex(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

/// Two digits, or more than any clock has.
unsigned pair(const char *text) {
  const unsigned tens = static_cast<unsigned char>(text[0]) - '0', ones = static_cast<unsigned char>(text[1]) - '0';
  return tens < 10 && ones < 10 ? tens * 10 + ones : 1000;
}

bool is_clock(const char *time) {
  return time[10] == 'T' && time[13] == ':' && time[16] == ':' && time[19] == 'Z' && pair(time + 11) < 24 &&
         pair(time + 14) < 60 && pair(time + 17) < 60;
}

bool is_date(const char *date) {
  const unsigned century = pair(date), rest = pair(date + 2), month = pair(date + 5), day = pair(date + 8);
  if (century > 99 || rest > 99 || date[4] != '-' || date[7] != '-' || month < 1 || month > 12 || day < 1) return false;
  const unsigned year = century * 100 + rest;
  static constexpr unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return year >= 1970 && day <= lengths[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/// Days since 1970-01-01 of a date that is one. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
int64_t day_of(const char *date) {
  const int64_t month = pair(date + 5), day = pair(date + 8);
  const int64_t year = pair(date) * 100 + pair(date + 2) - (month <= 2 ? 1 : 0);
  const int64_t era = year / 400, year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/// Reads `{"references": [{"commit": "...", "ref": "..."}, ...]}` of the plainest form and nothing else.
class reference_reader {
 public:
  reference_reader(raw value, pt_parser &parser) : at(value.start), end(value.end), parser(parser) {}

  bool read() {
    if (!next('{') || !name("references") || !next('[')) return false;
    do {
      if (!entry()) return false;
    } while (next(','));
    if (!next(']') || !next('}')) return false;
    skip_space();
    return at == end;
  }

 private:
  const char *at, *end;
  pt_parser &parser;

  void skip_space() {
    while (at < end && is_space(*at)) at++;
  }

  bool next(char byte) {
    skip_space();
    if (at >= end || *at != byte) return false;
    at++;
    return true;
  }

  bool text(std::string_view &out) {
    if (!next('"')) return false;
    const char *start = at;
    while (at < end && *at != '"') {
      if (*at == '\\') return false;
      at++;
    }
    if (at >= end) return false;
    out = {start, static_cast<size_t>(at - start)};
    at++;
    return true;
  }

  bool name(std::string_view wanted) {
    std::string_view key;
    return text(key) && key == wanted && next(':');
  }

  bool entry() {
    if (!next('{')) return false;
    std::string_view key, commit, ref;
    for (int member = 0; member < 2; member++) {
      if (member == 1 && !next(',')) return false;
      if (!text(key) || !next(':')) return false;
      if (key == "commit" && !commit.data()) {
        if (!text(commit)) return false;
      } else if (key == "ref" && !ref.data()) {
        if (!text(ref)) return false;
      } else {
        return false;
      }
    }
    if (!next('}') || commit.size() != 40 || ref.empty()) return false;
    pt_reference reference;
    int any = 0;
    for (size_t byte = 0; byte < sizeof reference.commit; byte++) {
      const int value = hex(commit[2 * byte]) * 16 + hex(commit[2 * byte + 1]);
      if (hex(commit[2 * byte]) < 0 || hex(commit[2 * byte + 1]) < 0) return false;
      reference.commit[byte] = static_cast<uint8_t>(value);
      any |= value;
    }
    reference.ref = any ? parser.texts.index(ref) : PT_NO_INDEX;
    if (reference.ref == PT_NO_INDEX) return false;
    parser.references.push_back(reference);
    return true;
  }
};

class scanner {
 public:
  scanner(pt_parser &parser, const uint8_t *bytes, size_t length, const pt_scan_options &options)
      : parser(parser), options(options), base(reinterpret_cast<const char *>(bytes)), length(length) {}

  bool run(pt_scan_result &result) {
    parser.heads.clear();
    parser.spans.clear();
    parser.days.clear();
    parser.references.clear();
    parser.unescaped.clear();
    if (parser.identities.is_full() || parser.settings.is_full() || parser.nested.is_full() || parser.texts.is_full()) {
      parser.identities.clear();
      parser.settings.clear();
      parser.nested.clear();
      parser.texts.clear();
      parser.generation++;
    }
    simdjson::padded_string_view text(base, length, length + PT_PADDING);
    if (parser.lazy.iterate(text).get(document)) return false;
    if (root(result)) return false;
    result.records = number;
    result.heads = parser.heads.data();
    result.count = parser.heads.size();
    result.spans = parser.spans.data();
    result.span_count = parser.spans.size();
    result.days = parser.days.data();
    result.day_count = parser.days.size();
    result.references = parser.references.data();
    return true;
  }

 private:
  pt_parser &parser;
  const pt_scan_options &options;
  const char *base;
  size_t length;
  ondemand::document document;
  size_t number = 0;
  /// Among the parser's spans, and the date that was noted of it last.
  size_t last_span = 0;
  char last_date[10] = {};
  /// The date that a time was made of last, and its midnight: a file's records share few.
  char known_date[10] = {};
  int64_t midnight = 0;

  /// One record's members while they go by.
  struct members {
    static constexpr int most_others = 16;
    raw slots[slot_count];
    raw others[most_others];
    raw overflow;
    raw *pending = nullptr;
    int other_count = 0;
    bool has_overflow = false;
    /// A key was written with escapes.
    bool has_odd_key = false;

    void begin(slot which, const char *start) {
      if (which < slot_count) {
        pending = &slots[which];
      } else if (other_count < most_others) {
        pending = &others[other_count++];
      } else {
        has_overflow = true;
        pending = &overflow;
      }
      pending->start = start;
    }

    /// `limit` stands after the comma or brace that follows the value.
    void close(const char *limit) {
      if (!pending) return;
      while (limit > pending->start && is_space(limit[-1])) limit--;
      if (limit > pending->start && (limit[-1] == ',' || limit[-1] == '}')) limit--;
      while (limit > pending->start && is_space(limit[-1])) limit--;
      pending->end = limit;
      pending = nullptr;
    }

    bool look_like_record() const {
      return !slots[event_id].is_absent() || !slots[event_name].is_absent() || !slots[event_source].is_absent() ||
             !slots[event_version].is_absent();
    }
  };

  size_t offset(const char *location) const { return static_cast<size_t>(location - base); }

  /// Takes note of a member, whose value is left for the caller, or for nobody.
  simdjson::error_code note(ondemand::field &member, members &found, std::string_view &odd_key, const char *&key) {
    key = member.key().raw();
    found.close(key - 1);
    slot which = slot_of(key);
    odd_key = {};
    if (which == unknown) {
      const char *end = base + length;
      const auto *quote = static_cast<const char *>(std::memchr(key, '"', static_cast<size_t>(end - key)));
      if (!quote) return simdjson::TAPE_ERROR;
      if (std::memchr(key, '\\', static_cast<size_t>(quote - key))) {
        found.has_odd_key = true;
        if (auto error = member.unescaped_key().get(odd_key)) return error;
        std::string quoted(odd_key);
        quoted += '"';
        quoted.resize(quoted.size() + PT_PADDING);
        which = slot_of(quoted.data());
      }
    }
    found.begin(which, member.value().raw_json_token().data());
    return simdjson::SUCCESS;
  }

  simdjson::error_code records(ondemand::array array) {
    for (auto item : array) {
      ondemand::value element;
      if (auto error = item.get(element)) return error;
      number++;
      const char *start = element.raw_json_token().data();
      if (*start != '{') {
        pt_head head{};
        head.offset = offset(start);
        head.number = number;
        head.read_only = -1;
        head.is_in_span = true;
        parser.heads.push_back(head);
        continue;
      }
      ondemand::object object;
      if (auto error = element.get_object().get(object)) return error;
      members found;
      for (auto item : object) {
        ondemand::field member;
        if (auto error = std::move(item).get(member)) return error;
        std::string_view odd_key;
        const char *key;
        if (auto error = note(member, found, odd_key, key)) return error;
      }
      // The next token is the comma or bracket after the record; the white space before it does no harm.
      const char *next;
      if (auto error = document.current_location().get(next)) return error;
      found.close(next);
      if (auto error = finish(found, offset(start), offset(next))) return error;
    }
    return simdjson::SUCCESS;
  }

  /// The text of a value; none where it is no text. Escapes are resolved.
  simdjson::error_code text(raw value, pt_slice &out) {
    out = {nullptr, 0};
    if (!value.is_text()) return simdjson::SUCCESS;
    std::string_view view = value.inside();
    if (value.has_escape()) {
      dom::element element;
      if (auto error = parser.strict.parse(value.start, value.size(), false).get(element)) return error;
      if (auto error = element.get(view)) return error;
      parser.unescaped.emplace_back(view);
      view = parser.unescaped.back();
    }
    out = {reinterpret_cast<const uint8_t *>(view.data()), view.size()};
    return simdjson::SUCCESS;
  }

  static bool is_same(pt_slice left, pt_slice right) {
    return left.length == right.length && (left.length == 0 || std::memcmp(left.bytes, right.bytes, left.length) == 0);
  }

  simdjson::error_code finish(const members &found, size_t start, size_t end) {
    pt_head head{};
    const raw &flag = found.slots[read_only];
    head.read_only = flag.is("true") || flag.is("\"true\"") ? 1 : flag.is("false") || flag.is("\"false\"") ? 0 : -1;
    const raw &source = found.slots[event_source];
    if (source.is_plain_text()) {
      head.source = source.inside() == codecommit ? PT_SOURCE_CODECOMMIT
                    : source.size() > 2           ? PT_SOURCE_OTHER
                                                  : PT_SOURCE_UNREADABLE;
    } else {
      pt_slice name;
      if (auto error = text(source, name)) return error;
      const std::string_view view(reinterpret_cast<const char *>(name.bytes), name.length);
      head.source = view == codecommit ? PT_SOURCE_CODECOMMIT : view.empty() ? PT_SOURCE_UNREADABLE : PT_SOURCE_OTHER;
    }
    if (auto error = text(found.slots[event_time], head.time)) return error;
    if (options.wants_place) {
      if (auto error = place(found, head)) return error;
    }
    head.is_in_span = note_time(head);
    if (head.source == PT_SOURCE_OTHER && head.is_in_span) return simdjson::SUCCESS;
    head.offset = start;
    head.length = end - start;
    head.number = number;
    head.is_object = true;
    if (head.source == PT_SOURCE_CODECOMMIT) {
      head.has_seconds = read_time(head);
      head.is_plain = read_plain(found, head);
    }
    parser.heads.push_back(head);
    return simdjson::SUCCESS;
  }

  simdjson::error_code place(const members &found, pt_head &head) {
    if (auto error = text(found.slots[aws_region], head.region)) return error;
    if (auto error = text(found.slots[recipient], head.account)) return error;
    const raw &identity = found.slots[user_identity];
    if (head.account.length > 0 || identity.is_absent() || *identity.start != '{') return simdjson::SUCCESS;
    dom::element element;
    if (auto error = parser.strict.parse(identity.start, identity.size(), false).get(element)) return error;
    std::string_view id;
    if (element["accountId"].get(id)) return simdjson::SUCCESS;
    parser.unescaped.emplace_back(id);
    head.account = {reinterpret_cast<const uint8_t *>(parser.unescaped.back().data()), id.size()};
    return simdjson::SUCCESS;
  }

  /// The record's time as a number, where it is of the usual form.
  bool read_time(pt_head &head) {
    if (head.time.length != 20) return false;
    const char *time = reinterpret_cast<const char *>(head.time.bytes);
    if (!is_clock(time)) return false;
    if (std::memcmp(time, known_date, sizeof known_date) != 0) {
      if (!is_date(time)) return false;
      std::memcpy(known_date, time, sizeof known_date);
      midnight = day_of(time) * 86400;
    }
    head.seconds = midnight + pair(time + 11) * 3600 + pair(time + 14) * 60 + pair(time + 17);
    return true;
  }

  /// Widens the span of the record's place; `false` where the time is of an unusual form, for somebody else to read.
  bool note_time(const pt_head &head) {
    if (!head.time.bytes) return true;
    if (head.time.length != 20) return false;
    const char *time = reinterpret_cast<const char *>(head.time.bytes);
    if (!is_clock(time)) return false;
    if (std::memcmp(time, options.earliest, 20) < 0 || std::memcmp(time, options.latest, 20) > 0) return true;
    auto &spans = parser.spans;
    if (last_span >= spans.size() || !is_same(spans[last_span].account, head.account) ||
        !is_same(spans[last_span].region, head.region)) {
      last_span = 0;
      while (last_span < spans.size() && !(is_same(spans[last_span].account, head.account) &&
                                           is_same(spans[last_span].region, head.region))) {
        last_span++;
      }
      // Each is compared with all: a file of that many places is read one record at a time.
      if (last_span == most_spans) return false;
      if (last_span == spans.size()) {
        if (!is_date(time)) return false;
        pt_span span{};
        span.region = head.region;
        span.account = head.account;
        std::memcpy(span.first, time, 20);
        std::memcpy(span.last, time, 20);
        spans.push_back(span);
      }
      std::memset(last_date, 0, sizeof last_date);
    }
    if (std::memcmp(last_date, time, 10) != 0) {
      if (!is_date(time)) return false;
      bool is_known = false;
      for (const auto &day : parser.days) {
        if (day.span == last_span && std::memcmp(day.date, time, 10) == 0) is_known = true;
      }
      if (!is_known) {
        if (parser.days.size() >= most_days) return false;
        pt_day day{};
        day.span = last_span;
        std::memcpy(day.date, time, 10);
        parser.days.push_back(day);
      }
      std::memcpy(last_date, time, 10);
    }
    pt_span &span = spans[last_span];
    if (std::memcmp(time, span.first, 20) < 0) std::memcpy(span.first, time, 20);
    if (std::memcmp(time, span.last, 20) > 0) std::memcpy(span.last, time, 20);
    if (head.read_only == 1) span.has_read_only = true;
    return true;
  }

  static constexpr size_t most_spans = 64;
  static constexpr size_t most_days = 512;

  bool read_plain(const members &found, pt_head &head) {
    const raw *slots = found.slots;
    if (found.has_odd_key || found.has_overflow) return false;
    head.is_push = slots[event_name].is("\"GitPush\"");
    if (!head.is_push && !slots[event_name].is("\"GitPull\"")) return false;
    if (!slots[event_id].is_plain_text() || slots[event_id].size() <= 2 || head.time.length == 0) return false;
    if (!slots[event_time].is_plain_text() || !slots[event_version].is_plain_text()) return false;
    for (slot none : {error_code, error_message, addendum, shared_id, response}) {
      if (!slots[none].is_null_or_absent()) return false;
    }
    if (slots[user_identity].is_absent() || *slots[user_identity].start != '{') return false;
    if (slots[extra_data].is_absent() || *slots[extra_data].start != '{') return false;
    if (slots[resources].is_absent() || *slots[resources].start != '[') return false;
    if (!slots[read_only].is("true") && !slots[read_only].is("false")) return false;

    uint32_t *wanted[] = {&head.address, &head.agent, &head.recipient};
    const slot texts[] = {address, user_agent, recipient};
    for (int index = 0; index < 3; index++) {
      const raw &value = slots[texts[index]];
      *wanted[index] = PT_NO_INDEX;
      if (value.is_null_or_absent()) continue;
      if (!value.is_plain_text() || value.size() <= 2) return false;
      *wanted[index] = parser.texts.index(value.inside());
      if (*wanted[index] == PT_NO_INDEX) return false;
    }
    if (!slots[aws_region].is_null_or_absent() && !slots[aws_region].is_plain_text()) return false;

    int nested = 0;
    head.nested[0] = head.nested[1] = PT_NO_INDEX;
    for (int index = 0; index < found.other_count; index++) {
      const raw &value = found.others[index];
      if (value.is_plain_text() || value.is("true") || value.is("false") || value.is("null")) continue;
      if ((*value.start != '{' && *value.start != '[') || nested == 2) return false;
      head.nested[nested] = parser.nested.index(value.view());
      if (head.nested[nested++] == PT_NO_INDEX) return false;
    }

    const raw &parameters = slots[request];
    if (!parameters.is_null_or_absent()) {
      if (!head.is_push) return false;
      head.first_reference = static_cast<uint32_t>(parser.references.size());
      if (!reference_reader(parameters, parser).read()) {
        parser.references.resize(head.first_reference);
        return false;
      }
      head.reference_count = static_cast<uint32_t>(parser.references.size()) - head.first_reference;
      head.has_references = true;
    }

    head.identity = parser.identities.index(slots[user_identity].view());
    parser.scratch.assign(slots[extra_data].view());
    for (slot part : {resources, aws_region, recipient}) {
      parser.scratch += '\0';
      if (!slots[part].is_absent()) parser.scratch += slots[part].view();
    }
    parser.scratch += '\0';
    parser.scratch.append(reinterpret_cast<const char *>(options.place.bytes), options.place.length);
    head.setting = parser.settings.index(parser.scratch);
    if (head.identity == PT_NO_INDEX || head.setting == PT_NO_INDEX) return false;
    head.event_id = {reinterpret_cast<const uint8_t *>(slots[event_id].start + 1), slots[event_id].size() - 2};
    return true;
  }

  /// Where the text that was read ends: at the next token, or at the end of everything.
  simdjson::error_code end(size_t &out) {
    const char *next;
    auto error = document.current_location().get(next);
    if (error == simdjson::OUT_OF_BOUNDS) {
      out = length;
      return simdjson::SUCCESS;
    }
    if (!error) out = offset(next);
    return error;
  }

  simdjson::error_code root(pt_scan_result &result) {
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
      members found;
      for (auto item : object) {
        ondemand::field member;
        if (auto error = std::move(item).get(member)) return error;
        std::string_view odd_key;
        const char *key;
        if (auto error = note(member, found, odd_key, key)) return error;
        if (odd_key.data() ? odd_key == "Records" : is(key, "Records\"")) {
          ondemand::value value = member.value();
          ondemand::json_type inner;
          if (auto error = value.type().get(inner)) return error;
          if (inner != ondemand::json_type::array) continue;
          ondemand::array array;
          if (auto error = value.get_array().get(array)) return error;
          if (auto error = records(array)) return error;
          has_records = true;
        } else if (odd_key.data() ? odd_key == "digestStartTime" || odd_key == "logFiles"
                                  : is(key, "digestStartTime\"") || is(key, "logFiles\"")) {
          is_digest = true;
        }
      }
      if (auto error = end(result.end)) return error;
      found.close(base + result.end);
      if (has_records) {
        result.shape = PT_SHAPE_LOG_FILE;
      } else if (is_digest) {
        result.shape = PT_SHAPE_DIGEST;
      } else if (found.look_like_record()) {
        result.shape = PT_SHAPE_RECORD;
        number++;
        return finish(found, 0, result.end);
      }
      return simdjson::SUCCESS;
    } else {
      // A bare scalar; the caller says so.
      result.end = length;
      return simdjson::SUCCESS;
    }
    return end(result.end);
  }
};

}  // namespace

extern "C" {

bool pt_scan(pt_parser *parser, const uint8_t *bytes, size_t length, const pt_scan_options *options,
             pt_scan_result *result) {
  try {
    return scanner(*parser, bytes, length, *options).run(*result);
  } catch (...) {
    return false;
  }
}

uint64_t pt_generation(const pt_parser *parser) { return parser->generation; }

pt_slice pt_text(const pt_parser *parser, uint32_t index) {
  const std::string_view text = parser->texts.text(index);
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

}  // extern "C"
