#include "analysis/text/unicode.h"

namespace keyline::analysis {

Rune rune_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto byte = [&](std::size_t i) -> char32_t { return static_cast<unsigned char>(text[at + i]); };
  const std::size_t left = text.size() - at;
  const auto follows = [&](std::size_t i) { return i < left && (byte(i) & 0xC0) == 0x80; };
  const char32_t lead = byte(0);
  constexpr Rune broken{replacement_rune, 1};
  if (lead < 0x80) return {lead, 1};
  if (lead >= 0xC2 && lead <= 0xDF && follows(1)) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (lead >= 0xE0 && lead <= 0xEF && follows(1) && follows(2)) {
    const char32_t value = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    if (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF)) return broken;
    return {value, 3};
  }
  if (lead >= 0xF0 && lead <= 0xF4 && follows(1) && follows(2) && follows(3)) {
    const char32_t value = (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    if (value < 0x10000 || value > 0x10FFFF) return broken;
    return {value, 4};
  }
  return broken;
}

void append_rune(std::string& text, char32_t value) {
  if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) value = replacement_rune;
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0 | value >> 6);
    put(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    put(0xE0 | value >> 12);
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  } else {
    put(0xF0 | value >> 18);
    put(0x80 | (value >> 12 & 0x3F));
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  }
}

bool is_space(char32_t rune) {
  switch (rune) {
    case '\t':
    case '\n':
    case '\v':
    case '\f':
    case '\r':
    case ' ':
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return rune >= 0x2000 && rune <= 0x200A;
  }
}

bool is_letter(char32_t rune) {
  if (rune < 0x80) return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
  if (rune < 0xC0) return rune == 0xAA || rune == 0xB5 || rune == 0xBA;
  if (rune < 0x2B0) return rune != 0xD7 && rune != 0xF7;
  // Punctuation and symbols that people paste into Dockerfiles end a name; the scripts beyond are letters.
  if (rune >= 0x2000 && rune <= 0x2BFF) return false;
  if (rune >= 0x3000 && rune <= 0x3004) return false;
  return rune != 0xFFFD && rune < 0x1F000;
}

bool is_digit(char32_t rune) { return rune >= '0' && rune <= '9'; }

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Rune rune = rune_at(text, at);
    if (!is_space(rune.value)) break;
    at += rune.length;
  }
  return at;
}

std::string_view trim_space_right(std::string_view text) {
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && text.size() - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    Rune rune = rune_at(text, start);
    if (start + rune.length != text.size()) {  // stray continuation bytes: each stands alone
      start = text.size() - 1;
      rune = rune_at(text, start);
    }
    if (!is_space(rune.value)) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

}  // namespace keyline::analysis
