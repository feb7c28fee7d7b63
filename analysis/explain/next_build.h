#pragma once
// What the next build does with a step, compared with the builds that are known, in words. Every sentence names the
// first cause; both forms are "" where no build is known or the step is not built.

#include <optional>
#include <string>

#include "analysis/analysis.h"

namespace keyline::analysis {

// "re-runs: src/app.ts and 2 more files differ from the last build (line 3)"
std::string next_build_text(const Snapshot& snapshot, StepId step);
// For the end of a line: "cached", "re-runs: src/app.ts +2", "re-runs if dist differs".
std::string next_build_hint(const Snapshot& snapshot, StepId step);
// Of a stage, for the line above it: "3 re-run now, 1 if copied files differ"
std::string next_build_tally(const Snapshot& snapshot, StageId stage);

// What the step took when it was last executed; nothing when no log of a build tells.
std::optional<double> last_seconds(const Snapshot& snapshot, StepId step);

// What happened, without the step: "VERSION is \"2\", was \"1\"", "src/app.ts changed".
std::string cause_text(const BuildView& build, const LineIndex& lines, const MissCause& cause);

}  // namespace keyline::analysis
