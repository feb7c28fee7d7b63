#pragma once
// Numbers and texts as bytes, for what is remembered. Reading is total: damaged bytes give nothing, never a crash, and
// never ask for more memory than they take themselves.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace keyline::server {

// Numbers as LEB128, texts behind their length.
class ByteWriter {
 public:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>((value & 0x7fU) | 0x80U);
    bytes_ += static_cast<char>(value);
  }
  void fixed(std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>((value >> shift) & 0xffU);
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_ += text;
  }
  std::string take() { return std::exchange(bytes_, {}); }

 private:
  std::string bytes_;
};

// Once something is wrong, everything that follows reads as nothing.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t byte = next();
      value |= (byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) return good_ ? value : 0;
    }
    return fail();
  }
  std::uint64_t fixed() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) value |= next() << shift;
    return value;
  }
  std::string text() {
    const std::uint64_t size = number();
    if (size > bytes_.size()) fail();
    if (!good_) return {};
    std::string text(bytes_.substr(0, static_cast<std::size_t>(size)));
    bytes_.remove_prefix(text.size());
    return text;
  }
  // How many of something follow; each takes at least a byte.
  std::uint64_t count() {
    const std::uint64_t count = number();
    return count <= bytes_.size() ? count : fail();
  }

  std::uint64_t fail() {
    good_ = false;
    bytes_ = {};
    return 0;
  }
  bool good() const { return good_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::uint64_t next() {
    if (bytes_.empty()) return fail();
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

  std::string_view bytes_;
  bool good_ = true;
};

// How much two texts have in common at their beginning.
inline std::size_t common_prefix(std::string_view one, std::string_view other) {
  const auto ends = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  return static_cast<std::size_t>(std::distance(one.begin(), ends.first));
}

}  // namespace keyline::server
