#pragma once
// The patterns of ${v#p}, ${v%p} and ${v/p/r}: `*`, `?` and backslash escapes, no brackets, as BuildKit translates them
// (lex.go convertShellPatternToRegex). Neither wildcard matches a newline. Matching is linear in text times pattern.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyline::analysis {

class ShellGlob {
 public:
  // nullopt: an escape of something other than * ? \ / }.
  static std::optional<ShellGlob> parse(std::string_view pattern);

  // `greedy`: the longest match goes, else the shortest.
  std::string trim_prefix(std::string_view text, bool greedy) const;
  std::string trim_suffix(std::string_view text, bool greedy) const;
  std::string replace(std::string_view text, std::string_view with, bool all) const;

 private:
  enum class Kind : std::uint8_t { literal, any, star };
  struct Token {
    Kind kind = Kind::literal;
    char32_t rune = 0;
  };

  static std::optional<std::size_t> match(const std::vector<Token>& tokens, const std::u32string& text,
                                          std::size_t begin, bool greedy);

  std::vector<Token> tokens_;
};

}  // namespace keyline::analysis
