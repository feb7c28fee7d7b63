#pragma once
// Sources of COPY, ADD and bind mounts that are not in a context which is completely known, so that the build fails.
// For copy-source-missing and copy-source-ignored.

#include <string>
#include <vector>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

struct AbsentSource {
  StepId step = none;
  Span span = {};                       // within one line
  std::string path = {};                // from the context's root
  const HiddenEntry* hidden = nullptr;  // what .dockerignore hides; null: it is not there at all
};

// Those that this build needs, whatever arguments it is given. Wildcards that match nothing copy nothing, and no fault
// is made of that.
std::vector<AbsentSource> absent_sources(const StepFacts& facts);

// "COPY", "the mount": what asks for the source.
std::string asker(const StepFacts& facts, const AbsentSource& source);

}  // namespace keyline::analysis
