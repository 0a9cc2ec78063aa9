#ifndef PUSHTRAIL_MEMBERS_H
#define PUSHTRAIL_MEMBERS_H

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "pushtrail_json.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "keys are compared by words");

namespace pushtrail {

/// Nearly every byte that is asked about is no space, and told by one comparison.
inline bool is_space(char byte) {
  return static_cast<uint8_t>(byte) <= ' ' && (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r');
}

/// A value as it stands in the text: from its first byte up to its last; `raw{}` where the member is absent.
struct raw {
  const char *start;
  const char *end;

  bool is_absent() const { return !start; }
  size_t size() const { return static_cast<size_t>(end - start); }
  std::string_view view() const { return {start, size()}; }
  bool is(std::string_view token) const { return start && view() == token; }
  bool is_null_or_absent() const { return !start || is_word("null"); }
  /// Whether it is a word of four letters.
  bool is_word(const char (&word)[5]) const { return size() == 4 && std::memcmp(start, word, 4) == 0; }
  bool is_true() const { return start && is_word("true"); }
  bool is_false() const { return start && size() == 5 && std::memcmp(start, "false", 5) == 0; }
  bool is_text() const { return start && size() >= 2 && *start == '"' && end[-1] == '"'; }
  /// Between the quotes.
  std::string_view inside() const { return {start + 1, size() - 2}; }
  bool has_escape() const { return std::memchr(start, '\\', size()) != nullptr; }
  /// Text that reads as it is written.
  bool is_plain_text() const { return is_text() && !has_escape(); }
};

/// The members that are read.
enum slot : uint8_t {
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

/// The keys of a record, each told by three words that cover it.
class key_table {
 public:
  struct entry {
    uint64_t head = 0, middle = 0, tail = 0;
    uint8_t middle_offset = 0, tail_offset = 0;
    /// The closing quote included; 0 of the entry that no key has.
    uint8_t length = 0;
    /// From 1; 0 of the entry that no key has.
    uint8_t number = 0;
    slot which = unknown;

    /// Whether a key, of which only the start is given, is this one. The text is padded, so that as many bytes as the
    /// longest key has can be read.
    bool is(const char *key) const {
      return length > 0 && word(key) == head && word(key + middle_offset) == middle && word(key + tail_offset) == tail;
    }
  };

  const entry &find(const char *key) const {
    const entry &found = entries_[place(word(key))];
    return found.is(key) ? found : none();
  }

  const entry &none() const { return none_; }

  constexpr key_table() {
    // A multiplier that gives each key a place of its own.
    for (;;) {
      if (fill()) return;
      multiplier_ = multiplier_ * 6364136223846793005u + 1442695040888963407u;
    }
  }

 private:
  struct name {
    std::string_view text;
    slot which;
  };
  static constexpr name names[] = {
      {"eventID\"", event_id},
      {"eventName\"", event_name},
      {"eventSource\"", event_source},
      {"eventTime\"", event_time},
      {"eventVersion\"", event_version},
      {"errorCode\"", error_code},
      {"errorMessage\"", error_message},
      {"userIdentity\"", user_identity},
      {"userAgent\"", user_agent},
      {"awsRegion\"", aws_region},
      {"additionalEventData\"", extra_data},
      {"addendum\"", addendum},
      {"sourceIPAddress\"", address},
      {"sharedEventID\"", shared_id},
      {"requestParameters\"", request},
      {"responseElements\"", response},
      {"readOnly\"", read_only},
      {"resources\"", resources},
      {"recipientAccountId\"", recipient},
      {"eventType\"", ignored},
      {"eventCategory\"", ignored},
      {"apiVersion\"", ignored},
      {"requestID\"", ignored},
      {"managementEvent\"", ignored},
      {"tlsDetails\"", ignored},
  };
  static constexpr int bits = 7;

 public:
  static constexpr size_t count = sizeof names / sizeof names[0];

 private:

  std::array<entry, 1 << bits> entries_{};
  entry none_{};
  uint64_t multiplier_ = 0x9e3779b97f4a7c15u;

  static uint64_t word(const char *bytes) {
    uint64_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }

  static constexpr uint64_t word(std::string_view text, size_t from) {
    uint64_t value = 0;
    for (size_t at = 8; at-- > 0;) value = value << 8 | static_cast<uint8_t>(text[from + at]);
    return value;
  }

  constexpr size_t place(uint64_t head) const { return static_cast<size_t>((head * multiplier_) >> (64 - bits)); }

  constexpr bool fill() {
    entries_ = {};
    for (const name &name : names) {
      entry wanted{};
      const size_t length = name.text.size();
      wanted.length = static_cast<uint8_t>(length);
      wanted.number = static_cast<uint8_t>(&name - names + 1);
      wanted.which = name.which;
      wanted.tail_offset = static_cast<uint8_t>(length - 8);
      wanted.middle_offset = length > 16 ? 8 : wanted.tail_offset;
      wanted.head = word(name.text, 0);
      wanted.middle = word(name.text, wanted.middle_offset);
      wanted.tail = word(name.text, wanted.tail_offset);
      entry &at = entries_[place(wanted.head)];
      if (at.length > 0) return false;
      at = wanted;
    }
    return true;
  }
};

inline constexpr key_table keys;

/// One record's members while they go by.
class members {
 public:
  static constexpr int most_others = 16;

  raw others[most_others];
  int other_count = 0;
  bool has_overflow = false;
  /// A key was written with escapes.
  bool has_odd_key = false;

  raw operator[](slot which) const { return present_ >> which & 1 ? slots_[which] : raw{}; }

  /// A member; the last of equal names counts.
  void put(slot which, const char *start, const char *end) { *place(which) = {start, end}; }

  /// A member whose end is not known yet.
  void begin(slot which, const char *start) {
    pending_ = place(which);
    pending_->start = start;
  }

  /// `limit` stands after the comma or brace that follows the value.
  void close(const char *limit) {
    if (!pending_) return;
    while (limit > pending_->start && is_space(limit[-1])) limit--;
    if (limit > pending_->start && (limit[-1] == ',' || limit[-1] == '}')) limit--;
    while (limit > pending_->start && is_space(limit[-1])) limit--;
    pending_->end = limit;
    pending_ = nullptr;
  }

  bool look_like_record() const {
    return !(*this)[event_id].is_absent() || !(*this)[event_name].is_absent() || !(*this)[event_source].is_absent() ||
           !(*this)[event_version].is_absent();
  }

 private:
  // Not initialised where `present_` does not say so: clearing them would cost as much as reading a record.
  raw slots_[slot_count];
  raw overflow_;
  raw *pending_ = nullptr;
  uint32_t present_ = 0;

  raw *place(slot which) {
    if (which < slot_count) {
      present_ |= 1u << which;
      return &slots_[which];
    }
    if (other_count < most_others) return &others[other_count++];
    has_overflow = true;
    return &overflow_;
  }
};

}  // namespace pushtrail

#endif
