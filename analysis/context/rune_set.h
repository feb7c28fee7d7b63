#pragma once
// Sets of characters as regular expressions name them: ranges, and the classes that Go's regexp/syntax knows. Beyond
// ASCII the Unicode classes are coarse, since file names hardly ever meet them. Pure; for this folder.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace keyline::analysis {

class RuneSet {
 public:
  RuneSet() = default;
  RuneSet(std::initializer_list<std::pair<char32_t, char32_t>> ranges);

  void add(char32_t low, char32_t high);
  void add(const RuneSet& other);
  void negate();
  bool contains(char32_t rune) const {
    return rune < 128 ? ((ascii_[rune / 64] >> (rune % 64)) & 1U) != 0 : contains_beyond_ascii(rune);
  }
  // The character, when the set has exactly one.
  std::optional<char32_t> single() const;
  friend bool operator==(const RuneSet& a, const RuneSet& b) { return a.ranges_ == b.ranges_; }

 private:
  bool contains_beyond_ascii(char32_t rune) const;
  void tidy();

  std::vector<std::pair<char32_t, char32_t>> ranges_;  // sorted, disjoint, not adjacent
  std::array<std::uint64_t, 2> ascii_{};
};

// Of \d, \s, \w and their negations; absent for other letters.
std::optional<RuneSet> perl_class(char32_t letter);
// Of \pL and the like, exact for ASCII; every other character counts as a letter.
std::optional<RuneSet> unicode_class(char32_t category);
// Of [:alpha:] or [:^alpha:], without brackets and colons.
std::optional<RuneSet> posix_class(std::u32string_view name);

}  // namespace keyline::analysis
