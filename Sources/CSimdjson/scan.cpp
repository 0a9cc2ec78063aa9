#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "members.h"
#include "outline.h"
#include "parser.h"

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

namespace {

using namespace pushtrail;

constexpr std::string_view codecommit = "codecommit.amazonaws.com";

/// The values of hexadecimal digits; -1 for any other byte.
constexpr std::array<int8_t, 256> hex = [] {
  std::array<int8_t, 256> values{};
  for (auto &value : values) value = -1;
  for (int digit = 0; digit < 10; digit++) values['0' + digit] = static_cast<int8_t>(digit);
  for (int digit = 0; digit < 6; digit++) {
    values['a' + digit] = values['A' + digit] = static_cast<int8_t>(10 + digit);
  }
  return values;
}();

/// The same without capitals.
constexpr std::array<int8_t, 256> small_hex = [] {
  std::array<int8_t, 256> values = hex;
  for (int digit = 0; digit < 6; digit++) values['A' + digit] = -1;
  return values;
}();

/// Two digits, or more than any clock has.
unsigned pair(const char *text) {
  const unsigned tens = static_cast<unsigned char>(text[0]) - '0', ones = static_cast<unsigned char>(text[1]) - '0';
  return tens < 10 && ones < 10 ? tens * 10 + ones : 1000;
}

bool is_clock(const char *time) {
  return time[10] == 'T' && time[13] == ':' && time[16] == ':' && time[19] == 'Z' && pair(time + 11) < 24 &&
         pair(time + 14) < 60 && pair(time + 17) < 60;
}

/// Whether one time, of the form `YYYY-MM-DDTHH:MM:SSZ`, is written before another: compared by words.
bool is_before(const char *time, const char *other) {
  for (size_t at : {0, 8, 12}) {
    uint64_t left, right;
    std::memcpy(&left, time + at, sizeof left);
    std::memcpy(&right, other + at, sizeof right);
    if (left != right) return __builtin_bswap64(left) < __builtin_bswap64(right);
  }
  return false;
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
    const auto *quote = static_cast<const char *>(std::memchr(at, '"', static_cast<size_t>(end - at)));
    if (!quote) return false;
    out = {at, static_cast<size_t>(quote - at)};
    at = quote + 1;
    return out.find('\\') == std::string_view::npos;
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
      const int high = hex[static_cast<uint8_t>(commit[2 * byte])], low = hex[static_cast<uint8_t>(commit[2 * byte + 1])];
      reference.commit[byte] = static_cast<uint8_t>(high << 4 | low);
      // A digit that is none makes it negative.
      any |= high | low;
    }
    if (any < 0) return false;
    reference.ref = any ? parser.texts.index(ref) : PT_NO_INDEX;
    if (reference.ref == PT_NO_INDEX) return false;
    parser.references.push_back(reference);
    return true;
  }
};

/// Whether a text of which only the start is given begins with another.
template <size_t length>
bool is(const char *text, const char (&beginning)[length]) {
  // The text is padded, so that this many bytes can be read.
  static_assert(length <= PT_PADDING);
  return std::memcmp(text, beginning, length - 1) == 0;
}

class scanner {
 public:
  scanner(pt_parser &parser, const uint8_t *bytes, size_t length, const pt_scan_options &options)
      : parser(parser), options(options), base(reinterpret_cast<const char *>(bytes)), length(length) {}

  bool run(pt_scan_result &result) {
    interner *const known[] = {&parser.identities, &parser.settings, &parser.nested, &parser.texts, &parser.origins};
    if (std::any_of(std::begin(known), std::end(known), [](const interner *one) { return one->is_full(); })) {
      for (interner *one : known) one->clear();
      parser.generation++;
    }
    clear();
    if (!usual(result)) {
      clear();
      has_no_escapes = false;
      simdjson::padded_string_view text(base, length, length + PT_PADDING);
      if (parser.lazy.iterate(text).get(document)) return false;
      if (root(result)) return false;
    }
    result.records = number;
    result.heads = parser.heads.data();
    result.count = parser.heads.size();
    result.spans = parser.spans.data();
    result.span_count = parser.spans.size();
    result.days = parser.days.data();
    result.day_count = parser.days.size();
    result.references = parser.references.data();
    result.sessions = parser.sessions.data();
    result.session_count = parser.sessions.size();
    result.session_bytes = session_bytes;
    return true;
  }

 private:
  pt_parser &parser;
  const pt_scan_options &options;
  const char *base;
  size_t length;
  ondemand::document document;
  size_t number = 0;
  /// The parts of a setting that was numbered, in the order of `setting()`.
  struct known_setting {
    raw parts[4];
    uint32_t number = PT_NO_INDEX;
  };
  std::array<known_setting, 32> settings{};
  /// Which key followed each the last time: mostly it follows again. Copies, so that who goes from one to the next waits
  /// for nothing but their numbers.
  std::array<key_table::entry, key_table::count + 1> followers{};
  /// Among the parser's spans, and the date that was noted of it last.
  size_t last_span = 0;
  char last_date[10] = {};
  /// The date that a time was made of last, and its midnight: a file's records share few.
  char known_date[10] = {};
  int64_t midnight = 0;

  /// Whether nothing in the text is written with escapes.
  bool has_no_escapes = false;
  /// A `userIdentity` as it was met, and the number of one of both that it is.
  struct known_identity {
    raw text;
    uint32_t identity = PT_NO_INDEX;
    uint32_t session = PT_NO_INDEX;

    bool is_known() const { return identity != PT_NO_INDEX || session != PT_NO_INDEX; }
  };
  std::array<known_identity, 1024> identities{};
  size_t session_bytes = 0;
  /// An address as it was met, and its number.
  struct known_address {
    raw text;
    uint32_t number = PT_NO_INDEX;
  };
  std::array<known_address, 512> addresses{};
  uint32_t address_count = 0;
  /// The role that was met last, which is mostly met again: its text without a session's own, and its number.
  std::string_view last_role;
  uint32_t last_role_number = PT_NO_INDEX;
  /// What came with an identity and a setting, mostly comes with them again.
  struct habit {
    uint32_t key[7] = {PT_NO_INDEX};
    raw agent, recipient, address;
    uint32_t agent_number, recipient_number, address_number, origin;
  };
  std::array<habit, 512> habits{};

  void clear() {
    parser.heads.clear();
    parser.spans.clear();
    parser.days.clear();
    parser.references.clear();
    parser.sessions.clear();
    parser.unescaped.clear();
    number = 0;
    last_span = 0;
    session_bytes = 0;
  }

  // MARK: - The usual form, by its outline

  /// The zeros of the padding end it.
  static const char *skip_space(const char *at) {
    while (is_space(*at)) at++;
    return at;
  }

  /// Moves on to a byte that only space may precede, which it seldom does.
  static bool reach(const char *&at, char byte) {
    if (*at == byte) return true;
    at = skip_space(at);
    return *at == byte;
  }

  /// Reads `{"Records": [{...}, ...]}` or the array alone; `false` where the text has another form, or none, which the
  /// index of all its tokens then tells.
  bool usual(pt_scan_result &result) {
    const char *at = skip_space(base);
    const bool is_log_file = *at == '{';
    if (is_log_file) {
      at = skip_space(at + 1);
      if (!is(at, "\"Records\"")) return false;
      at = skip_space(at + sizeof "\"Records\"" - 1);
      if (*at != ':') return false;
      at = skip_space(at + 1);
    }
    if (*at != '[' || !parser.shape.draw(base, length, is_log_file ? 4 : 3)) return false;
    has_no_escapes = !parser.shape.has_backslashes();
    const uint32_t *bracket = parser.shape.brackets() + (is_log_file ? 2 : 1);
    at = skip_space(at + 1);
    if (*at == '{') {
      for (;;) {
        if (!usual_record(at, bracket)) return false;
        at = skip_space(at);
        if (*at != ',') break;
        at = skip_space(at + 1);
      }
    }
    if (*at != ']' || *bracket++ != offset(at)) return false;
    at = skip_space(at + 1);
    if (is_log_file) {
      if (*at != '}' || *bracket++ != offset(at)) return false;
      at = skip_space(at + 1);
    }
    if (offset(at) != length || *bracket != outline::end_of_brackets) return false;
    result.shape = is_log_file ? PT_SHAPE_LOG_FILE : PT_SHAPE_ARRAY;
    result.end = length;
    return true;
  }

  /// Reads a record, whose first bracket is next; both then stand behind it.
  bool usual_record(const char *&at, const uint32_t *&bracket) {
    const char *const start = at;
    if (*at != '{' || *bracket++ != offset(at)) return false;
    number++;
    members found;
    size_t known = 0;
    at = skip_space(at + 1);
    while (*at == '"') {
      const char *const key = at + 1;
      key_table::entry &follower = followers[known];
      if (!follower.is(key)) follower = keys.find(key);
      known = follower.number;
      if (known > 0) {
        at = key + follower.length;
      } else {
        const size_t quote = parser.shape.next_quote(offset(key));
        if (quote >= length || std::memchr(key, '\\', quote - offset(key))) return false;
        at = base + quote + 1;
      }
      if (!reach(at, ':')) return false;
      at = skip_space(at + 1);
      const char *const value = at;
      if (*value == '"') {
        const size_t quote = parser.shape.next_quote(offset(value) + 1);
        if (quote >= length) return false;
        at = base + quote + 1;
      } else if (*value == '{' || *value == '[') {
        if (*bracket++ != offset(value)) return false;
        at = base + *bracket++;
        if (*at++ != *value + ('}' - '{')) return false;
      } else {
        while (at < base + length && is_scalar(*at)) at++;
        if (at == value) return false;
      }
      found.put(follower.which, value, at);
      if (!reach(at, ',')) break;
      if (!reach(++at, '"')) return false;
    }
    if (*at != '}' || *bracket++ != offset(at)) return false;
    at++;
    return !finish(found, offset(start), offset(at));
  }

  /// Whether a byte may be part of a number or a word.
  static bool is_scalar(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'E';
  }

  // MARK: - Any other, token by token

  size_t offset(const char *location) const { return static_cast<size_t>(location - base); }

  /// Takes note of a member, whose value is left for the caller, or for nobody.
  simdjson::error_code note(ondemand::field &member, members &found, std::string_view &odd_key, const char *&key) {
    key = member.key().raw();
    found.close(key - 1);
    slot which = keys.find(key).which;
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
        which = keys.find(quoted.data()).which;
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

  /// Text that reads as it is written.
  bool is_plain_text(raw value) const { return value.is_text() && (has_no_escapes || !value.has_escape()); }

  /// The text of a value; none where it is no text. Escapes are resolved.
  simdjson::error_code text(raw value, pt_slice &out) {
    out = {nullptr, 0};
    if (!value.is_text()) return simdjson::SUCCESS;
    std::string_view view = value.inside();
    if (!has_no_escapes && value.has_escape()) {
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
    // Made where it is to stay, for it is large.
    pt_head &head = parser.heads.emplace_back();
    bool is_wanted = true;
    const auto error = finish(found, start, end, head, is_wanted);
    if (!is_wanted) parser.heads.pop_back();
    return error;
  }

  simdjson::error_code finish(const members &found, size_t start, size_t end, pt_head &head, bool &is_wanted) {
    const raw flag = found[read_only];
    head.read_only = flag.is_true() || flag.is("\"true\"") ? 1 : flag.is_false() || flag.is("\"false\"") ? 0 : -1;
    const raw source = found[event_source];
    if (is_plain_text(source)) {
      head.source = source.inside() == codecommit ? PT_SOURCE_CODECOMMIT
                    : source.size() > 2           ? PT_SOURCE_OTHER
                                                  : PT_SOURCE_UNREADABLE;
    } else {
      pt_slice name;
      if (auto error = text(source, name)) return error;
      const std::string_view view(reinterpret_cast<const char *>(name.bytes), name.length);
      head.source = view == codecommit ? PT_SOURCE_CODECOMMIT : view.empty() ? PT_SOURCE_UNREADABLE : PT_SOURCE_OTHER;
    }
    if (auto error = text(found[event_time], head.time)) return error;
    if (options.wants_place) {
      if (auto error = place(found, head)) return error;
    }
    head.is_in_span = note_time(head);
    is_wanted = head.source != PT_SOURCE_OTHER || !head.is_in_span;
    if (!is_wanted) return simdjson::SUCCESS;
    head.offset = start;
    head.length = end - start;
    head.number = number;
    head.is_object = true;
    if (head.source == PT_SOURCE_CODECOMMIT) {
      head.has_seconds = read_time(head);
      head.is_plain = read_plain(found, head);
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code place(const members &found, pt_head &head) {
    if (auto error = text(found[aws_region], head.region)) return error;
    if (auto error = text(found[recipient], head.account)) return error;
    const raw identity = found[user_identity];
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
    if (is_before(time, options.earliest) || is_before(options.latest, time)) return true;
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
    if (is_before(time, span.first)) std::memcpy(span.first, time, 20);
    if (is_before(span.last, time)) std::memcpy(span.last, time, 20);
    if (head.read_only == 1) span.has_read_only = true;
    return true;
  }

  static constexpr size_t most_spans = 64;
  static constexpr size_t most_days = 512;

  /// The time at which an identity's session began, which is new with each session and tells nothing of who: a time and
  /// nothing else, between its quotes. Empty, and at the end, where it has none.
  static std::string_view creation(std::string_view identity) {
    constexpr std::string_view key = "\"creationDate\"";
    constexpr size_t length = sizeof "YYYY-MM-DDTHH:MM:SSZ" - 1;
    const std::string_view none = identity.substr(identity.size());
    size_t at = identity.rfind(key);
    if (at == std::string_view::npos) return none;
    at += key.size();
    while (at < identity.size() && (is_space(identity[at]) || identity[at] == ':')) at++;
    if (identity.size() - at < length + 2 || identity[at] != '"' || identity[at + length + 1] != '"' ||
        !is_date(identity.data() + at + 1) || !is_clock(identity.data() + at + 1)) {
      return none;
    }
    return identity.substr(at + 1, length);
  }

  /// The number of an identity without some parts of it, which are given in their order.
  uint32_t number_without(std::string_view identity, std::initializer_list<std::string_view> parts) {
    parser.scratch.clear();
    const char *at = identity.data();
    for (const std::string_view part : parts) {
      parser.scratch.append(at, static_cast<size_t>(part.data() - at));
      at = part.data() + part.size();
    }
    parser.scratch.append(at, static_cast<size_t>(identity.data() + identity.size() - at));
    return parser.identities.index(parser.scratch);
  }

  /// The same of an assumed role, which is mostly the one that was met last.
  uint32_t role_number(std::string_view identity, std::initializer_list<std::string_view> parts) {
    size_t left = identity.size();
    for (const std::string_view part : parts) left -= part.size();
    if (left == last_role.size() && is_last_role(identity, parts)) return last_role_number;
    last_role_number = number_without(identity, parts);
    last_role = parser.identities.text(last_role_number);
    return last_role_number;
  }

  /// Whether an identity that has the length of the last role's, its parts left out, has its text too.
  bool is_last_role(std::string_view identity, std::initializer_list<std::string_view> parts) const {
    const char *at = identity.data(), *known = last_role.data();
    const auto is_next = [&](const char *end) {
      const auto size = static_cast<size_t>(end - at);
      const bool is_same = std::memcmp(at, known, size) == 0;
      known += size;
      return is_same;
    };
    for (const std::string_view part : parts) {
      if (!is_next(part.data())) return false;
      at = part.data() + part.size();
    }
    return is_next(identity.data() + identity.size());
  }

  /// Whether a text is ASCII without control characters below the space, which JSON does not allow.
  static bool is_plain_ascii(std::string_view text) {
    constexpr uint64_t ones = 0x0101010101010101u;
    size_t at = 0;
    for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, text.data() + at, sizeof word);
      // A byte's highest bit is set in the one where it is no ASCII, in the other where it is less than a space.
      if ((word | (word - ones * ' ')) & ones * 0x80) return false;
    }
    return std::all_of(text.begin() + at, text.end(), [](signed char byte) { return byte >= ' '; });
  }

  /// Reads the identity of an assumed role, in which its type, ids and key stand before any object. `false` where it is of
  /// another form: it is then known by all of its text.
  bool read_session(raw identity, pt_session &session) {
    if (!has_no_escapes) return false;
    std::string_view arn, principal, access_key;
    std::array<std::string_view *, 3> order{};
    size_t count = 0;
    bool is_role = false;
    const char *at = identity.start;
    do {
      at = skip_space(at + 1);
      std::string_view name, value;
      if (*at != '"' || !quoted(at, identity.end, name) || !reach(at, ':')) break;
      at = skip_space(at + 1);
      if (*at != '"' || !quoted(at, identity.end, value)) break;
      std::string_view *const place = name == "arn"           ? &arn
                                      : name == "principalId" ? &principal
                                      : name == "accessKeyId" ? &access_key
                                                              : nullptr;
      if (name == "type") is_role = value == "AssumedRole";
      if (!place) continue;
      // The last of equal names would count.
      if (place->data() || value.empty() || !is_plain_ascii(value)) return false;
      *place = value;
      order[count++] = place;
    } while (reach(at, ','));
    const size_t colon = principal.find(':');
    if (!is_role || count < order.size() || colon == std::string_view::npos) return false;
    principal.remove_prefix(colon + 1);
    const std::string_view name = principal;
    if (name.empty() || name.find('/') != std::string_view::npos) return false;
    if (arn.size() <= name.size() || arn[arn.size() - name.size() - 1] != '/') return false;
    arn.remove_prefix(arn.size() - name.size());
    const std::string_view whole = identity.view(), began = creation(whole);
    if (arn != name || began.data() < order[2]->data()) return false;
    session = {role_number(whole, {*order[0], *order[1], *order[2], began}), slice(name), slice(access_key)};
    return session.role != PT_NO_INDEX;
  }

  static pt_slice slice(std::string_view text) { return {reinterpret_cast<const uint8_t *>(text.data()), text.size()}; }

  /// Reads what stands between the quote that is next and the one after it, and moves on behind that.
  static bool quoted(const char *&at, const char *end, std::string_view &out) {
    const auto *quote = static_cast<const char *>(std::memchr(at + 1, '"', static_cast<size_t>(end - at - 1)));
    if (!quote) return false;
    out = {at + 1, static_cast<size_t>(quote - at - 1)};
    at = quote + 1;
    return true;
  }

  /// The number of what a record tells of its repository and of how that was reached.
  uint32_t setting(const members &found) {
    const raw parts[] = {found[extra_data], found[resources], found[aws_region], found[recipient]};
    // There are few in a file, and mostly of different lengths: what stood there last is compared first.
    auto &known = settings[parts[0].size() % settings.size()];
    if (known.number != PT_NO_INDEX && parts[0].view() == known.parts[0].view() &&
        parts[1].view() == known.parts[1].view() && parts[2].view() == known.parts[2].view() &&
        parts[3].view() == known.parts[3].view()) {
      return known.number;
    }
    parser.scratch.clear();
    for (const raw &part : parts) {
      if (!part.is_absent()) parser.scratch += part.view();
      parser.scratch += '\0';
    }
    parser.scratch.append(reinterpret_cast<const char *>(options.place.bytes), options.place.length);
    known = {{parts[0], parts[1], parts[2], parts[3]}, parser.settings.index(parser.scratch)};
    return known.number;
  }

  bool read_plain(const members &found, pt_head &head) {
    if (found.has_odd_key || found.has_overflow) return false;
    head.is_push = found[event_name].is("\"GitPush\"");
    if (!head.is_push && !found[event_name].is("\"GitPull\"")) return false;
    if (!is_plain_text(found[event_id]) || found[event_id].size() <= 2 || head.time.length == 0) return false;
    if (!is_plain_text(found[event_time]) || !is_plain_text(found[event_version])) return false;
    for (slot none : {error_code, error_message, addendum, shared_id, response}) {
      if (!found[none].is_null_or_absent()) return false;
    }
    if (found[user_identity].is_absent() || *found[user_identity].start != '{') return false;
    if (found[extra_data].is_absent() || *found[extra_data].start != '{') return false;
    if (found[resources].is_absent() || *found[resources].start != '[') return false;
    if (!found[read_only].is_true() && !found[read_only].is_false()) return false;

    for (slot text : {address, user_agent, recipient}) {
      const raw value = found[text];
      if (!value.is_null_or_absent() && (!is_plain_text(value) || value.size() <= 2)) return false;
    }
    if (!found[aws_region].is_null_or_absent() && !is_plain_text(found[aws_region])) return false;

    int nested = 0;
    head.nested[0] = head.nested[1] = PT_NO_INDEX;
    for (int index = 0; index < found.other_count; index++) {
      const raw &value = found.others[index];
      if (is_plain_text(value) || value.is_true() || value.is_false() || value.is_null_or_absent()) continue;
      if ((*value.start != '{' && *value.start != '[') || nested == 2) return false;
      head.nested[nested] = parser.nested.index(value.view());
      if (head.nested[nested++] == PT_NO_INDEX) return false;
    }

    const raw parameters = found[request];
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

    const raw identity = found[user_identity];
    const known_identity &who = read_identity(identity);
    head.identity = who.identity;
    head.session = who.session;
    head.identity_offset = offset(identity.start);
    head.identity_length = identity.size();
    head.setting = setting(found);
    if (!who.is_known() || head.setting == PT_NO_INDEX || !read_client(found, head)) return false;
    head.event_id = {reinterpret_cast<const uint8_t *>(found[event_id].start + 1), found[event_id].size() - 2};
    head.has_uuid = read_uuid(found[event_id].inside(), head.uuid);
    return true;
  }

  /// Who it was. Sessions come again and again, unchanged: what looked alike is compared first.
  const known_identity &read_identity(raw identity) {
    // Every second word of the text: keys and names are longer than what lies between.
    uint64_t sum = identity.size();
    for (size_t at = 0; at + sizeof(uint64_t) <= identity.size(); at += 2 * sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, identity.start + at, sizeof word);
      sum += word * (0x9e3779b97f4a7c15u + 2 * at);
    }
    auto &known = identities[(sum >> 32 ^ sum >> 48) % identities.size()];
    if (known.is_known() && known.text.view() == identity.view()) return known;
    known = {identity};
    pt_session session;
    if (read_session(identity, session)) {
      known.session = static_cast<uint32_t>(parser.sessions.size());
      parser.sessions.push_back(session);
      session_bytes += session.name.length + session.access_key.length;
    } else {
      known.identity = number_without(identity.view(), {creation(identity.view())});
    }
    return known;
  }

  /// Numbers a text that may be absent; `false` where it cannot be.
  static bool find(interner &texts, raw value, uint32_t &found) {
    found = PT_NO_INDEX;
    if (value.is_null_or_absent()) return true;
    found = texts.index(value.inside());
    return found != PT_NO_INDEX;
  }

  static bool is_same(raw left, raw right) { return left.start && right.start && left.view() == right.view(); }

  /// The numbers of address, agent and recipient, and of all that is shared.
  bool read_client(const members &found, pt_head &head) {
    const raw source = found[address], agent = found[user_agent], owner = found[recipient];
    if (!source.is_null_or_absent()) {
      head.address = {reinterpret_cast<const uint8_t *>(source.start + 1), source.size() - 2};
    }
    const uint32_t key[] = {head.setting,   head.nested[0],
                            head.nested[1], head.is_push,
                            static_cast<uint32_t>(head.read_only), head.identity, head.session};
    const uint32_t who = head.session == PT_NO_INDEX ? head.identity : head.session;
    habit &usual = habits[(who * 8 + head.setting * 2 + head.is_push) % habits.size()];
    static_assert(sizeof key == sizeof usual.key);
    const bool is_known = std::memcmp(key, usual.key, sizeof key) == 0;
    if (!is_known || !is_same(agent, usual.agent) || !is_same(owner, usual.recipient)) {
      if (!find(parser.texts, agent, head.agent) || !find(parser.texts, owner, head.recipient)) return false;
      const uint32_t shared[] = {key[0], key[1], key[2], key[3], key[4], head.agent, head.recipient};
      head.origin = parser.origins.index({reinterpret_cast<const char *>(shared), sizeof shared});
      if (head.origin == PT_NO_INDEX) return false;
      std::memcpy(usual.key, key, sizeof key);
      usual.agent = agent;
      usual.recipient = owner;
      usual.address = {};
      usual.agent_number = head.agent;
      usual.recipient_number = head.recipient;
      usual.origin = head.origin;
    }
    head.agent = usual.agent_number;
    head.recipient = usual.recipient_number;
    head.origin = usual.origin;
    if (!is_same(source, usual.address)) {
      usual.address = source;
      usual.address_number = address_number(source);
    }
    head.address_number = usual.address_number;
    return true;
  }

  /// The number of an address, which most of its file's records share with others.
  uint32_t address_number(raw address) {
    if (address.is_null_or_absent()) return PT_NO_INDEX;
    // Its last bytes differ most; the quotes and what stands before them make up for what it is shorter.
    uint64_t word;
    std::memcpy(&word, address.end - sizeof word, sizeof word);
    word *= 0x9e3779b97f4a7c15u;
    known_address &known = addresses[word >> 32 & (addresses.size() - 1)];
    if (known.number == PT_NO_INDEX || known.text.view() != address.view()) known = {address, address_count++};
    return known.number;
  }

  /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. Capitals are left to others: they make another text.
  static bool read_uuid(std::string_view text, uint64_t (&words)[2]) {
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
    int any = 0;
    const auto digits = [&](size_t from, size_t count, uint64_t word) {
      for (size_t at = from; at < from + count; at++) {
        const int value = small_hex[static_cast<uint8_t>(text[at])];
        // A digit that is none makes it negative.
        any |= value;
        word = word << 4 | (static_cast<uint64_t>(value) & 15);
      }
      return word;
    };
    words[0] = digits(14, 4, digits(9, 4, digits(0, 8, 0)));
    words[1] = digits(24, 12, digits(19, 4, 0));
    return any >= 0;
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
      bool has_records = false, is_digest = false, has_export = false;
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
        } else if (odd_key.data() ? odd_key == "Events" || odd_key == "events" || odd_key == "logEvents" || odd_key == "QueryResultRows"
                                  : is(key, "Events\"") || is(key, "events\"") || is(key, "logEvents\"") ||
                                        is(key, "QueryResultRows\"")) {
          has_export = true;
        }
      }
      if (auto error = end(result.end)) return error;
      found.close(base + result.end);
      if (has_records) {
        result.shape = PT_SHAPE_LOG_FILE;
        result.has_export = has_export;
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
