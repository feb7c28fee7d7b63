#pragma once
// Which cache mounts a RUN lacks and what else must change so that they are used: the reasoning behind
// missing-cache-mount. Nothing is planned over a directory that a later step, another stage or the image reads.

#include <string>
#include <vector>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

struct PlannedMount {
  std::string target;
  std::string sharing;
  Owner owner;

  std::string flag() const;  // "--mount=type=cache,target=..."
};

// What one RUN lacks for one tool.
struct CachePlan {
  StepId step = none;
  Tool tool = Tool::npm;
  std::vector<const Install*> installs = {};  // the commands that would use the mounts; of StepFacts::installs
  std::vector<PlannedMount> mounts = {};
  std::vector<std::string> variables = {};  // "NAME=value" to set on each of the commands
  std::vector<std::string> doubts = {};     // what keeps a fix from being proven
  std::string obstacle = {};                // why no edit can be offered; "" when one can
};

// The plans for one RUN, in the order of its commands; empty when nothing is missing.
std::vector<CachePlan> plan_cache_mounts(const StepFacts& facts, StepId step, const RunEnvironment& environment);

// The other RUNs that read the same directory and must get the same mount with it.
std::vector<StepId> steps_sharing_cache(const StepFacts& facts, const CachePlan& plan);

}  // namespace keyline::analysis
