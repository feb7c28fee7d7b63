#pragma once
// The shape of a Dockerfile for those who look at it from above: an outline of stages and instructions, what can be
// folded, and what a selection grows to. Spans are absolute and lie within each other as the specification of the
// Language Server Protocol asks: an entry's span holds its selection and its children.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct OutlineEntry {
  enum class Kind : std::uint8_t { directive, stage, variable, command, files, setting };
  Kind kind = Kind::setting;
  std::string name;
  std::string detail;
  Span span;
  Span selection;
  std::vector<OutlineEntry> children;
};

// Parser directives and ARGs in front of the first FROM, then the stages with their instructions.
std::vector<OutlineEntry> outline(const Snapshot& snapshot);
// From its FROM to the end of its last instruction.
Span stage_span(const Snapshot& snapshot, StageId stage);

struct Fold {
  enum class Kind : std::uint8_t { stage, continuation, heredoc, comment };
  Kind kind = Kind::stage;
  std::uint32_t first_line = 0, last_line = 0;
};
// Of two lines or more, sorted; stages first.
std::vector<Fold> folds(const Snapshot& snapshot);

// What a selection at `offset` grows to, each within the next: word, argument or flag, command, instruction, stage,
// file.
std::vector<Span> selection_spans(const Snapshot& snapshot, Offset offset);

}  // namespace keyline::analysis
