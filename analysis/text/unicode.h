#pragma once
// White space and characters as Go's `unicode` package sees them, because BuildKit trims with it. A byte that is not
// UTF-8 decodes to U+FFFD with length 1, as in Go.

#include <cstdint>
#include <string>
#include <string_view>

namespace keyline::analysis {

struct Rune {
  char32_t value = 0;
  std::uint32_t length = 0;  // bytes; 0 at the end of the text
};

inline constexpr char32_t replacement_rune = 0xFFFD;

Rune rune_at(std::string_view text, std::size_t at);
void append_rune(std::string& text, char32_t value);  // what is no character becomes U+FFFD, as in Go

bool is_space(char32_t rune);   // unicode.IsSpace
bool is_letter(char32_t rune);  // unicode.IsLetter, exact for ASCII and Latin; other scripts count as letters
bool is_digit(char32_t rune);   // unicode.IsDigit, for ASCII

std::size_t skip_space(std::string_view text, std::size_t at);  // first byte that is not white space
std::string_view trim_space_right(std::string_view text);       // strings.TrimSpace, right half
inline std::string_view trim_space(std::string_view text) { return trim_space_right(text.substr(skip_space(text, 0))); }

// The blanks that split words: regexp [\t\v\f\r ].
inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

}  // namespace keyline::analysis
