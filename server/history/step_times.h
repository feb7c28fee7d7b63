#pragma once
// From remembered builds to what their steps took.

#include <span>
#include <string>

#include "analysis/cache/step_times.h"
#include "server/history/store.h"

namespace keyline::server {

// Of builds in the order in which they ran, so that the newest has the last word.
analysis::StepTimes times_of(std::span<const RecordedBuild> builds);
// Of the builds of a Dockerfile that the user's store remembers, however it was built. The path is absolute.
analysis::StepTimes step_times(const std::string& dockerfile);
// The same from another store than the user's own.
analysis::StepTimes step_times(HistoryStore& store, const std::string& dockerfile);

}  // namespace keyline::server
