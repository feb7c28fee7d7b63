#pragma once
// UTF-8 as Go's `unicode/utf8` reads it: a byte that starts no well-formed character is U+FFFD, one byte wide. The
// context compares paths and patterns as BuildKit does, so it must fall over the same bytes. Pure; for this folder.

#include <cstddef>
#include <string>
#include <string_view>

namespace keyline::analysis {

struct Rune {
  char32_t value = 0;
  std::size_t width = 0;  // 0 only at the end of the text
};

constexpr char32_t replacement_rune = 0xFFFD;

Rune decode_rune(std::string_view text);
// As Go converts a rune to a string: values that are no character become U+FFFD.
void append_rune(std::string& text, char32_t value);

// Go's unicode.IsSpace.
bool is_space(char32_t value);
// Go's strings.TrimSpace.
std::string_view trim_space(std::string_view text);

}  // namespace keyline::analysis
