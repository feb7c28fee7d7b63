#pragma once
// The instruction under the cursor as far as it is typed: its words up to there. Reads the text, not the tree, because
// the tree of half an instruction is that of another one. For completion and signatures.

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct TypedWord {
  std::string text;  // as it stands there, without continuations
  Span span;         // absolute
};

struct Typed {
  enum class Place : std::uint8_t { nowhere, comment, instruction, heredoc };
  Place place = Place::nowhere;
  std::uint32_t item = none;  // that the cursor is in; none: in a blank line, where an instruction may begin
  Keyword keyword = Keyword::unknown;
  std::vector<TypedWord> words;   // the last one ends at the cursor, and may be empty; the keyword is among them
  std::size_t keyword_index = 0;  // of the keyword: 1 behind ONBUILD

  const TypedWord& current() const { return words.back(); }
  // How many words stand between the keyword and the current one, flags aside; and whether only flags do.
  std::size_t arguments() const;
  bool among_flags() const;
};

Typed typed_at(const Snapshot& snapshot, Offset offset);

}  // namespace keyline::analysis
