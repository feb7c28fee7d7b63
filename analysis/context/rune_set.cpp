#include "analysis/context/rune_set.h"

#include <algorithm>
#include <iterator>

namespace keyline::analysis {

namespace {

RuneSet negated(RuneSet set) {
  set.negate();
  return set;
}

}  // namespace

RuneSet::RuneSet(std::initializer_list<std::pair<char32_t, char32_t>> ranges) : ranges_(ranges) { tidy(); }

void RuneSet::add(char32_t low, char32_t high) {
  ranges_.emplace_back(low, high);
  tidy();
}

void RuneSet::add(const RuneSet& other) {
  ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
  tidy();
}

void RuneSet::negate() {
  std::vector<std::pair<char32_t, char32_t>> gaps;
  char32_t next = 0;
  for (const auto& [low, high] : ranges_) {
    if (low > next) gaps.emplace_back(next, low - 1);
    next = high + 1;
  }
  if (next <= 0x10FFFF) gaps.emplace_back(next, 0x10FFFF);
  ranges_ = std::move(gaps);
  tidy();
}

std::optional<char32_t> RuneSet::single() const {
  if (ranges_.size() != 1 || ranges_[0].first != ranges_[0].second) return std::nullopt;
  return ranges_[0].first;
}

bool RuneSet::contains_beyond_ascii(char32_t rune) const {
  const auto above = std::upper_bound(ranges_.begin(), ranges_.end(), rune,
                                      [](char32_t value, const auto& range) { return value < range.first; });
  return above != ranges_.begin() && rune <= std::prev(above)->second;
}

void RuneSet::tidy() {
  std::sort(ranges_.begin(), ranges_.end());
  std::vector<std::pair<char32_t, char32_t>> merged;
  for (const auto& range : ranges_) {
    if (!merged.empty() && range.first <= merged.back().second + 1) {
      merged.back().second = std::max(merged.back().second, range.second);
    } else {
      merged.push_back(range);
    }
  }
  ranges_ = std::move(merged);
  ascii_ = {};
  for (const auto& [low, high] : ranges_) {
    for (char32_t rune = low; rune <= high && rune < 128; ++rune) {
      ascii_[rune / 64] |= std::uint64_t{1} << (rune % 64);
    }
  }
}

std::optional<RuneSet> perl_class(char32_t letter) {
  switch (letter) {
    case 'd':
      return RuneSet{{'0', '9'}};
    case 's':
      return RuneSet{{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
    case 'w':
      return RuneSet{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    case 'D':
      return negated(*perl_class('d'));
    case 'S':
      return negated(*perl_class('s'));
    case 'W':
      return negated(*perl_class('w'));
    default:
      return std::nullopt;
  }
}

std::optional<RuneSet> unicode_class(char32_t category) {
  switch (category) {
    case 'L':
      return RuneSet{{'A', 'Z'}, {'a', 'z'}, {0x80, 0x10FFFF}};
    case 'N':
      return RuneSet{{'0', '9'}};
    case 'P':
      return RuneSet{{'!', '#'}, {'%', '*'}, {',', '/'}, {':', ';'}, {'?', '@'},
                     {'[', ']'}, {'_', '_'}, {'{', '{'}, {'}', '}'}};
    case 'S':
      return RuneSet{{'$', '$'}, {'+', '+'}, {'<', '>'}, {'^', '^'}, {'`', '`'}, {'|', '|'}, {'~', '~'}};
    case 'Z':
      return RuneSet{{' ', ' '}};
    case 'C':
      return RuneSet{{0, 0x1F}, {0x7F, 0x7F}};
    case 'M':
      return RuneSet{};
    default:
      return std::nullopt;
  }
}

std::optional<RuneSet> posix_class(std::u32string_view name) {
  const bool inverted = !name.empty() && name[0] == '^';
  if (inverted) name.remove_prefix(1);
  RuneSet set;
  if (name == U"alnum")
    set = RuneSet{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}};
  else if (name == U"alpha")
    set = RuneSet{{'A', 'Z'}, {'a', 'z'}};
  else if (name == U"ascii")
    set = RuneSet{{0, 0x7F}};
  else if (name == U"blank")
    set = RuneSet{{'\t', '\t'}, {' ', ' '}};
  else if (name == U"cntrl")
    set = RuneSet{{0, 0x1F}, {0x7F, 0x7F}};
  else if (name == U"digit")
    set = RuneSet{{'0', '9'}};
  else if (name == U"graph")
    set = RuneSet{{'!', '~'}};
  else if (name == U"lower")
    set = RuneSet{{'a', 'z'}};
  else if (name == U"print")
    set = RuneSet{{' ', '~'}};
  else if (name == U"punct")
    set = RuneSet{{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}};
  else if (name == U"space")
    set = RuneSet{{'\t', '\r'}, {' ', ' '}};
  else if (name == U"upper")
    set = RuneSet{{'A', 'Z'}};
  else if (name == U"word")
    set = RuneSet{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}, {'_', '_'}};
  else if (name == U"xdigit")
    set = RuneSet{{'0', '9'}, {'A', 'F'}, {'a', 'f'}};
  else
    return std::nullopt;
  return inverted ? negated(std::move(set)) : set;
}

}  // namespace keyline::analysis
