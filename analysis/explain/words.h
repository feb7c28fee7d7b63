#pragma once
// Small phrases that hover, hints and terminal share, so that the same fact reads the same everywhere.

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/analysis.h"

namespace keyline::analysis {

std::string count_of(std::uint64_t number, std::string_view singular,
                     std::string_view plural);                      // "1 file", "214 files"
std::string size_of(std::uint64_t bytes);                           // "1.2 MB"
std::string duration_of(double seconds);                            // "0.4 s", "41 s", "3 min 12 s"
std::string line_reference(const Snapshot& snapshot, Span place);   // "line 4"; "" for no place
std::string shortened(std::string_view text, std::size_t longest);  // at the end of a character
// The instruction's first line, cut to a length that fits a sentence: "COPY . ."
std::string short_text(const Snapshot& snapshot, StepId step, std::size_t longest = 40);
std::string stage_title(const Model& model, StageId stage);  // its name, or "stage 1"
// "line 3 (`COPY . .`)"
std::string step_reference(const Snapshot& snapshot, StepId step);

}  // namespace keyline::analysis
