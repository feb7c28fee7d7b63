#pragma once
// Reads one instruction with its continuations and heredoc bodies. The parser calls it for every stretch of text that
// is not shared with an earlier tree; nothing but the escape character comes from outside the stretch.

#include <cstddef>
#include <string_view>
#include <unordered_map>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

// Tells early that a heredoc has no end, so that a file full of them does not cost a search to its end for each. After
// a few misses it looks at all lines once. It never changes an answer; one parse shares one.
class HeredocEnds {
 public:
  explicit HeredocEnds(std::string_view text) : text_(text) {}

  // False only when no line from `from` on ends a heredoc of that name.
  bool possible(std::string_view name, bool chomp, std::size_t from);
  void missed() { ++misses_; }

 private:
  std::string_view text_;
  std::size_t misses_ = 0;
  std::unordered_map<std::string_view, std::size_t> last_;          // line -> where it stands last
  std::unordered_map<std::string_view, std::size_t> last_chomped_;  // the same without leading tabs
};

// `begin` is the start of a line that is neither blank nor a comment. Spans are relative to `begin`.
Instruction read_instruction(std::string_view text, Offset begin, char escape, HeredocEnds& ends);

}  // namespace keyline::analysis
