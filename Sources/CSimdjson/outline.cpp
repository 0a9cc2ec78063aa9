#include "outline.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

/// Where in a block its bytes of each kind are.
struct masks {
  uint64_t backslashes;
  uint64_t quotes;
  uint64_t controls;
  uint64_t brackets;
};

/// The quotes that no backslash escapes.
[[gnu::always_inline]] inline uint64_t true_quotes(const masks &block, state &state) {
  state.backslashes |= block.backslashes;
  return block.quotes & ~escaped(block.backslashes, state.next_is_escaped);
}

/// The brackets that are in no string, given what lies between the quotes of this block alone.
[[gnu::always_inline]] inline uint64_t true_brackets(const masks &block, uint64_t in_quotes, state &state) {
  const uint64_t in_strings = in_quotes ^ state.in_string;
  state.in_string = static_cast<uint64_t>(static_cast<int64_t>(in_strings) >> 63);
  state.broken |= in_strings & block.controls;
  return block.brackets & ~in_strings;
}

/// Writes the quotes of a number of blocks, and the places of all brackets that are in no string. Returns one past the
/// last of those, behind which as many more as a block has bytes may be overwritten.
[[gnu::always_inline]] inline uint32_t *read(const char *text, uint32_t at, size_t blocks, state &carried,
                                             uint64_t *quotes, uint32_t *brackets) {
  state state = carried;
  block seen{};
  for (size_t index = 0; index < blocks; index++, text += block_size, at += block_size) {
    block bytes;
    std::memcpy(&bytes, text, sizeof bytes);
    seen |= bytes;
    // A square bracket becomes a brace by this bit.
    const block folded = bytes | 0x20;
    const masks found{bits(bytes == '\\'), bits(bytes == '"'), bits(bytes < 0x20),
                      bits((folded == '{') | (folded == '}'))};
    quotes[index] = true_quotes(found, state);
    uint64_t marks = true_brackets(found, between(quotes[index]), state);
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

/// The same in the instructions that were made for it.
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,pclmul,bmi,bmi2,lzcnt,popcnt"))) uint32_t *read_widest(
    const char *text, uint32_t at, size_t blocks, state &carried, uint64_t *quotes, uint32_t *brackets) {
  static constexpr auto numbers = [] {
    std::array<uint8_t, block_size> numbers{};
    for (size_t index = 0; index < block_size; index++) numbers[index] = static_cast<uint8_t>(index);
    return numbers;
  }();
  const __m512i places = _mm512_loadu_si512(numbers.data());
  const __m512i space = _mm512_set1_epi8(0x20);
  const __m128i ones = _mm_set1_epi8(-1);
  state state = carried;
  __m512i seen = _mm512_setzero_si512();
  for (size_t index = 0; index < blocks; index++, text += block_size, at += block_size) {
    const __m512i bytes = _mm512_loadu_si512(text);
    seen = _mm512_or_si512(seen, bytes);
    const __m512i folded = _mm512_or_si512(bytes, space);
    const masks found{_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
                      _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')), _mm512_cmplt_epu8_mask(bytes, space),
                      _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('{')) |
                          _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('}'))};
    quotes[index] = true_quotes(found, state);
    // Multiplied by ones without carrying, bits become what `between` makes of them.
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(quotes[index])), ones, 0);
    const uint64_t marks = true_brackets(found, static_cast<uint64_t>(_mm_cvtsi128_si64(product)), state);
    const __m512i marked = _mm512_maskz_compress_epi8(marks, places);
    const __m512i start = _mm512_set1_epi32(static_cast<int>(at));
    const int count = __builtin_popcountll(marks);
    _mm512_storeu_si512(brackets, _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(marked))));
    if (count > 16) {
      uint64_t left = marks;
      for (int round = 0; round < count; round++, left &= left - 1) brackets[round] = at + lowest(left);
    }
    brackets += count;
  }
  state.is_ascii &= _mm512_movepi8_mask(seen) == 0;
  carried = state;
  return brackets;
}
#endif

uint32_t *read_any(const char *text, uint32_t at, size_t blocks, state &state, uint64_t *quotes, uint32_t *brackets) {
#if defined(__x86_64__)
  static const bool is_wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  static const bool is_widest = is_wide && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                                __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("pclmul");
  if (is_widest) return read_widest(text, at, blocks, state, quotes, brackets);
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
