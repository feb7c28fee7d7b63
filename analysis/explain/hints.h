#pragma once
// The short forms shown while reading: one hint behind a step, one lens above a stage. Nothing is shown where nothing
// is known; both are computed from the snapshot alone.

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct Hint {
  Offset at = 0;        // end of the instruction's first line
  std::string text;     // "re-runs with 14 files of line 3"
  std::string tooltip;  // Markdown
  StepId step = none;
};

struct Lens {
  Span span;          // the FROM's header
  std::string title;  // "4 steps, 2 re-run on context edits"
  StageId stage = 0;
};

std::vector<Hint> hints(const Snapshot& snapshot);
std::vector<Lens> lenses(const Snapshot& snapshot);

}  // namespace keyline::analysis
