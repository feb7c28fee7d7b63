#include "analysis/cache/digest.h"

#include <xxhash.h>

#include <cstdint>
#include <new>

namespace keyline::analysis {

struct Digest::State {
  XXH3_state_t* hash = XXH3_createState();
  State() {
    if (hash == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(hash);
  }
  ~State() { XXH3_freeState(hash); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;

Digest& Digest::add(std::string_view field) {
  const std::uint64_t size = field.size();
  XXH3_128bits_update(state_->hash, &size, sizeof size);
  XXH3_128bits_update(state_->hash, field.data(), field.size());
  return *this;
}

std::string Digest::hex() const {
  const XXH128_hash_t value = XXH3_128bits_digest(state_->hash);
  std::string text;
  text.reserve(32);
  for (const std::uint64_t half : {value.high64, value.low64}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[half >> shift & 0xF];
  }
  return text;
}

}  // namespace keyline::analysis
