#pragma once
// Steps as callers and callees: what a step needs before it can be reused, and what it takes along when it changes.

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct RelatedStep {
  StepId step = none;
  std::string how;  // "step above", "ENV MODE", "re-runs if content differs"
};

// In file order, each step once. What comes from outside the file (base image, context) is no step.
std::vector<RelatedStep> needs_of(const Snapshot& snapshot, StepId step);
std::vector<RelatedStep> invalidated_by(const Snapshot& snapshot, StepId step);

}  // namespace keyline::analysis
