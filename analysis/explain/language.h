#pragma once
// Hovers on the words of the Dockerfile language: what a flag asks for, and how an instruction is written. Private to
// explain/.

#include <optional>

#include "analysis/explain/explanation.h"

namespace keyline::analysis {

// The flag at `offset`, with what a mount comes to; empty when none stands there.
std::optional<Explanation> explain_flag(const Snapshot& snapshot, StepId step, Offset offset);

// Adds how the instruction is written to what is told about its keyword.
void add_usage(Explanation& explanation, Keyword keyword);

}  // namespace keyline::analysis
