#pragma once
// How continued lines are laid out: their indentation, their line of escape characters, and nothing else. The author's
// way wins: what an instruction or the file does elsewhere is what is done to the lines that differ. A second round
// changes nothing, and the instructions stay what they are but for blanks between words; where that cannot be had, an
// instruction is left alone.

#include <cstdint>
#include <string>

#include "analysis/analysis.h"
#include "analysis/text/edit.h"

namespace keyline::analysis {

struct LayoutOptions {
  std::uint32_t tab_size = 4;  // for files in which nothing is indented
  bool insert_spaces = true;
};

// Of the instructions that `within` touches.
EditList format(const Snapshot& snapshot, Span within, const LayoutOptions& options);

// For a line that was just begun behind a continued one: its indentation. Empty where there is nothing to do.
EditList indent_new_line(const Snapshot& snapshot, std::uint32_t line, const LayoutOptions& options);

}  // namespace keyline::analysis
