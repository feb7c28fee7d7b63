#pragma once
// By which context files a step re-runs, and by way of which lines: the steps on its chain that read the context, and
// the stages whose output enters it. Private to `explain/`.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct Influence {
  // COPY, ADD and bind steps on the chain, the step itself included: how many, the first and the last.
  std::uint32_t readers = 0;
  StepId first_reader = none, last_reader = none;
  std::uint64_t files = 0;  // that they read together, each counted once
  // Stages that read the context and whose output enters the chain: the step re-runs if that output differs.
  std::uint32_t copied = 0;
  StageId first_copied = none;
  bool known = true;  // false: something of the context is not known, and `files` means nothing
};

// One for each step, in one pass.
std::vector<Influence> influences(const Snapshot& snapshot);

// "re-runs when any of 14 files changes: line 11 (`COPY . .`) reads them"
std::string forecast_text(const Snapshot& snapshot, StepId step, const Influence& influence);
// The same in a few words, for the end of a line; "" when nothing is known or nothing is to say.
std::string hint_text(const Snapshot& snapshot, StepId step, const Influence& influence);

}  // namespace keyline::analysis
