#pragma once
// The regular expressions that moby/patternmatcher makes of ignore patterns, matched as Go's `regexp` would. Only what
// can come out of its translation exists: alternatives, each a row of characters, classes, `[^/]*`, `.*`, `(.*/)?`,
// repetitions of one character, and the zero-width assertions that a stray `^` or `\b` in a pattern turns into.
// Immutable; matching never takes more than (length of the path) x (length of the pattern).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/rune_set.h"

namespace keyline::analysis {

struct RegexItem {
  // `directories` is `(.*/)?` to the parser; to the matcher it stands before the two items of that group and says that
  // they may be left out.
  enum class Kind : std::uint8_t { one, maybe, star, directories, text_begin, text_end, word_edge, no_word_edge };
  Kind kind = Kind::one;
  RuneSet set;  // of one, maybe and star
};
using RegexItems = std::vector<RegexItem>;

// The alternatives of the expression for a cleaned pattern; absent when Go's regexp would not compile it.
std::optional<std::vector<RegexItems>> translate_pattern(std::string_view pattern);

// One alternative. It matches the whole path or not at all.
class PathRegex {
 public:
  explicit PathRegex(RegexItems items);
  bool matches(std::string_view path) const;
  std::size_t size() const { return items_.size(); }
  // The literal text that every match starts or ends with.
  const std::string& prefix() const { return prefix_; }
  const std::string& suffix() const { return suffix_; }

 private:
  // Shapes of what is left between the literal ends that need no simulation.
  enum class Middle : std::uint8_t { nothing, in_directory, anything, directories, directories_and_name, other };

  void classify();
  bool middle_matches(std::string_view middle) const;
  bool simulate(std::string_view path, std::size_t begin, std::size_t end) const;

  std::string prefix_;     // what every match starts with
  std::string suffix_;     // what every match ends with, behind the prefix
  std::string contained_;  // what every match has in the middle
  RegexItems items_;       // what stands between prefix and suffix
  Middle middle_ = Middle::other;
};

}  // namespace keyline::analysis
