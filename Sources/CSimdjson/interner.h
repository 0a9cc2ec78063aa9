#ifndef PUSHTRAIL_INTERNER_H
#define PUSHTRAIL_INTERNER_H

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace pushtrail {

/// Numbers byte strings, the same ones by the same number, and keeps a copy of each.
class interner {
 public:
  static constexpr uint32_t none = UINT32_MAX;

  /// `none` where it is full, or where the text fits too ill into the table (so that nobody can make it slow).
  uint32_t index(std::string_view text) {
    if (texts_.size() >= most_texts || bytes_ > most_bytes) return find(text, hash(text));
    if (texts_.size() * 2 >= slots_.size()) grow();
    const uint64_t key = hash(text);
    size_t slot = key & (slots_.size() - 1);
    for (int probe = 0; probe < most_probes; probe++) {
      const uint32_t at = slots_[slot];
      if (at == none) {
        slots_[slot] = static_cast<uint32_t>(texts_.size());
        texts_.push_back({key, bytes_of(text)});
        return slots_[slot];
      }
      if (texts_[at].key == key && texts_[at].text == text) return at;
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return none;
  }

  std::string_view text(uint32_t index) const {
    return index < texts_.size() ? texts_[index].text : std::string_view();
  }

  bool is_full() const { return texts_.size() >= most_texts || bytes_ > most_bytes; }

  void clear() {
    texts_.clear();
    slots_.clear();
    blocks_.clear();
    bytes_ = 0;
    room_ = 0;
  }

 private:
  static constexpr size_t most_texts = 1 << 17;
  static constexpr size_t most_bytes = 32 << 20;
  static constexpr int most_probes = 64;
  static constexpr size_t block_size = 1 << 16;

  struct entry {
    uint64_t key;
    std::string_view text;
  };

  static uint64_t mix(uint64_t a, uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  static uint64_t load(const char *bytes, size_t count) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, count);
    return word;
  }

  static uint64_t hash(std::string_view text) {
    uint64_t state = 0x9e3779b97f4a7c15u ^ text.size();
    const char *bytes = text.data();
    size_t left = text.size();
    if (left >= 64) {
      // Two chains, which the processor follows at once.
      uint64_t other = state;
      for (; left >= 32; left -= 32, bytes += 32) {
        state = mix(load(bytes, 8) ^ state, load(bytes + 8, 8) ^ 0xe7037ed1a0b428dbu);
        other = mix(load(bytes + 16, 8) ^ other, load(bytes + 24, 8) ^ 0x8ebc6af09c88c6e3u);
      }
      state ^= other;
    }
    for (; left >= 16; left -= 16, bytes += 16) {
      state = mix(load(bytes, 8) ^ state, load(bytes + 8, 8) ^ 0xe7037ed1a0b428dbu);
    }
    if (left > 8) {
      state = mix(load(bytes, 8) ^ state, load(bytes + 8, left - 8) ^ 0x8ebc6af09c88c6e3u);
    } else if (left > 0) {
      state = mix(load(bytes, left) ^ state, 0x589965cc75374cc3u);
    }
    return mix(state, 0xa0761d6478bd642fu);
  }

  uint32_t find(std::string_view text, uint64_t key) const {
    if (slots_.empty()) return none;
    size_t slot = key & (slots_.size() - 1);
    for (int probe = 0; probe < most_probes; probe++) {
      const uint32_t at = slots_[slot];
      if (at == none) return none;
      if (texts_[at].key == key && texts_[at].text == text) return at;
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return none;
  }

  void grow() {
    std::vector<uint32_t> wider(slots_.empty() ? 256 : slots_.size() * 2, none);
    for (size_t at = 0; at < texts_.size(); at++) {
      size_t slot = texts_[at].key & (wider.size() - 1);
      while (wider[slot] != none) slot = (slot + 1) & (wider.size() - 1);
      wider[slot] = static_cast<uint32_t>(at);
    }
    slots_.swap(wider);
  }

  /// A copy that stays where it is.
  std::string_view bytes_of(std::string_view text) {
    if (text.size() > room_) {
      const size_t size = text.size() > block_size ? text.size() : block_size;
      blocks_.emplace_back(size);
      room_ = size;
    }
    char *at = blocks_.back().data() + (blocks_.back().size() - room_);
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    room_ -= text.size();
    bytes_ += text.size();
    return {at, text.size()};
  }

  std::vector<entry> texts_;
  std::vector<uint32_t> slots_;
  std::vector<std::vector<char>> blocks_;
  size_t bytes_ = 0;
  size_t room_ = 0;
};

}  // namespace pushtrail

#endif
