#include "outline.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace pushtrail {

namespace {

constexpr size_t block_size = outline::block_size;
/// As much text as is looked at before its brackets are put away.
constexpr size_t piece_blocks = 128;

// The compiler makes the best of these for the processor that a function is compiled for.
typedef uint8_t block __attribute__((vector_size(block_size)));
typedef decltype(block() == block()) matches;
typedef bool block_bits __attribute__((ext_vector_type(block_size)));

[[gnu::always_inline]] inline uint64_t bits(const matches &found) {
  return __builtin_bit_cast(uint64_t, __builtin_convertvector(found, block_bits));
}

/// Every bit up to the next one that is set, that one not included, becomes set, in pairs: what lies between two quotes.
[[gnu::always_inline]] inline uint64_t between(uint64_t quotes) {
  quotes ^= quotes << 1;
  quotes ^= quotes << 2;
  quotes ^= quotes << 4;
  quotes ^= quotes << 8;
  quotes ^= quotes << 16;
  quotes ^= quotes << 32;
  return quotes;
}

/// Bytes that a backslash before them escapes. Source: simdjson's json_escape_scanner.
[[gnu::always_inline]] inline uint64_t escaped(uint64_t backslashes, uint64_t &next_is_escaped) {
  if (!backslashes) {
    const uint64_t first = next_is_escaped;
    next_is_escaped = 0;
    return first;
  }
  constexpr uint64_t odd = 0xaaaaaaaaaaaaaaaau;
  const uint64_t potential = backslashes & ~next_is_escaped;
  const uint64_t escapes_and_ends = (((potential << 1) | odd) - potential) ^ odd;
  const uint64_t result = escapes_and_ends ^ (backslashes | next_is_escaped);
  next_is_escaped = (escapes_and_ends & backslashes) >> 63;
  return result;
}

/// Which bit is the lowest that is set; any where none is.
[[gnu::always_inline]] inline uint32_t lowest(uint64_t bits) {
  return static_cast<uint32_t>(__builtin_ctzll(bits | uint64_t{1} << 63));
}

/// What one piece of the text leaves for the next.
struct state {
  uint64_t next_is_escaped = 0;
  /// All ones within a string.
  uint64_t in_string = 0;
  /// Not 0 where a string holds a control character.
  uint64_t broken = 0;
  /// Not 0 once there was one.
  uint64_t backslashes = 0;
  bool is_ascii = true;
};

/// Writes the quotes of a number of blocks, and the places of all brackets that are in no string. Returns one past the
/// last of those, behind which a few more are overwritten.
[[gnu::always_inline]] inline uint32_t *read(const char *text, uint32_t at, size_t blocks, state &carried,
                                             uint64_t *quotes, uint32_t *brackets) {
  state state = carried;
  block seen{};
  for (size_t index = 0; index < blocks; index++, text += block_size, at += block_size) {
    block bytes;
    std::memcpy(&bytes, text, sizeof bytes);
    const uint64_t backslashes = bits(bytes == '\\');
    state.backslashes |= backslashes;
    const uint64_t found = bits(bytes == '"') & ~escaped(backslashes, state.next_is_escaped);
    quotes[index] = found;
    const uint64_t in_strings = between(found) ^ state.in_string;
    state.in_string = static_cast<uint64_t>(static_cast<int64_t>(in_strings) >> 63);
    state.broken |= in_strings & bits(bytes < 0x20);
    seen |= bytes;
    // A square bracket becomes a brace by this bit.
    const block folded = bytes | 0x20;
    uint64_t marks = bits((folded == '{') | (folded == '}')) & ~in_strings;
    const int count = __builtin_popcountll(marks);
    // A loop that ends after any number of rounds would cost more than these few that are mostly for nothing.
    for (int round = 0; round < 2; round++, marks &= marks - 1) brackets[round] = at + lowest(marks);
    if (count > 2) {
      for (int round = 2; round < count; round++, marks &= marks - 1) brackets[round] = at + lowest(marks);
    }
    brackets += count;
  }
  state.is_ascii &= bits(seen >= 0x80) == 0;
  carried = state;
  return brackets;
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))) uint32_t *read_wide(const char *text, uint32_t at, size_t blocks,
                                                                          state &state, uint64_t *quotes,
                                                                          uint32_t *brackets) {
  return read(text, at, blocks, state, quotes, brackets);
}
#endif

uint32_t *read_any(const char *text, uint32_t at, size_t blocks, state &state, uint64_t *quotes, uint32_t *brackets) {
#if defined(__x86_64__)
  static const bool is_wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (is_wide) return read_wide(text, at, blocks, state, quotes, brackets);
#endif
  return read(text, at, blocks, state, quotes, brackets);
}

}  // namespace

bool outline::draw(const char *text, size_t length, uint32_t levels) {
  if (length >= end_of_brackets - block_size) return false;
  const size_t whole = length / block_size;
  quotes_.resize(whole + 2);
  quotes_.back() = ~uint64_t{0};
  brackets_.clear();
  // What lies behind the text is no part of it.
  char rest[block_size] = {};
  std::memcpy(rest, text + whole * block_size, length % block_size);

  state state;
  uint32_t depth = 0;
  uint32_t places[(piece_blocks + 1) * block_size];
  for (size_t index = 0; index <= whole && !state.broken;) {
    const size_t blocks = index == whole ? 1 : std::min(piece_blocks, whole - index);
    const size_t at = index * block_size;
    const uint32_t *end = read_any(index == whole ? rest : text + at, static_cast<uint32_t>(at), blocks, state,
                                   quotes_.data() + index, places);
    size_t kept = 0;
    for (const uint32_t *place = places; place < end; place++) {
      // Of a bracket that opens, this bit is set.
      const uint32_t opens = text[*place] >> 1 & 1;
      places[kept] = *place;
      kept += depth + opens <= levels;
      depth += opens * 2 - 1;
    }
    brackets_.insert(brackets_.end(), places, places + kept);
    index += blocks;
  }
  brackets_.push_back(end_of_brackets);
  has_backslashes_ = state.backslashes != 0;
  if (state.broken || state.in_string || depth != 0) return false;
  return state.is_ascii || simdjson::validate_utf8(text, length);
}

}  // namespace pushtrail
