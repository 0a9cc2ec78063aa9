#ifndef PUSHTRAIL_OUTLINE_H
#define PUSHTRAIL_OUTLINE_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pushtrail {

/// What a JSON text looks like from afar: its quotes, and the brackets of its outer levels.
///
/// That is a fraction of what an index of every token costs, and all that is needed to go from member to member of a
/// log file's records, nine in ten of which are another service's.
class outline {
 public:
  /// Bytes that are looked at together.
  static constexpr size_t block_size = 64;

  /// Draws the outline of a text, which must be padded by a whole block. `false` where the text is no JSON (invalid UTF-8,
  /// a control character in a string, brackets that do not fit), or too long.
  ///
  /// - levels: How deep a bracket may lie that is kept; those of the outermost value are on level 1.
  bool draw(const char *text, size_t length, uint32_t levels);

  /// Positions of the kept brackets, those of one level in pairs; `end_of_brackets` follows.
  const uint32_t *brackets() const { return brackets_.data(); }
  static constexpr uint32_t end_of_brackets = UINT32_MAX;

  /// Whether the text has any backslash, hence whether anything in it may be written with escapes.
  bool has_backslashes() const { return has_backslashes_; }

  /// The first quote at or after a position that belongs to the text; the text's length, or somewhat more, where there is
  /// none. A quote after a backslash is none.
  size_t next_quote(size_t position) const {
    size_t block = position / block_size;
    const size_t shift = position % block_size;
    // A block's length from the position on, without asking where one block ends.
    uint64_t bits = quotes_[block] >> shift | quotes_[block + 1] << 1 << (block_size - 1 - shift);
    if (bits) return position + static_cast<size_t>(__builtin_ctzll(bits));
    while (!(bits = quotes_[++block])) {}
    return block * block_size + static_cast<size_t>(__builtin_ctzll(bits));
  }

 private:
  /// A bit a byte, and behind the last a word that is all ones.
  std::vector<uint64_t> quotes_;
  std::vector<uint32_t> brackets_;
  bool has_backslashes_ = false;
};

}  // namespace pushtrail

#endif
