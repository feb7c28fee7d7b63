#pragma once
// What `record` and `build` share: from a Dockerfile on the command line to the inputs on disk, and from there into the
// history. `explain` asks what is remembered.

#include <string>

#include "protocol/result.h"
#include "server/cli/build_flags.h"
#include "server/history/progress_log.h"
#include "server/history/recorded_build.h"

namespace keyline::server {

// As they are on disk now.
protocol::Result<RecordedBuild> read_inputs(const std::string& file, const Build& build);

// Adds the build that has just succeeded, with what its log tells. What else the store has to say goes to stderr.
protocol::Result<void> remember(RecordedBuild& build, BuildLog log);

// Lets forecasts be made from the builds that are remembered of this Dockerfile.
void add_known_builds(LoadedDockerfile& loaded, const std::string& file);

}  // namespace keyline::server
