#pragma once
// From a Dockerfile and the commits behind it to what `keyline replay` reports. Blocks while it reads.

#include <string>

#include "server/cli/build_flags.h"
#include "server/cli/replay_report.h"
#include "server/history/project_history.h"

namespace keyline::server {

// All commits with the Dockerfile and the .dockerignore that are on disk. `propose`: also as the fixes of findings
// about order and context would make it.
ReplayReport replay_file(const std::string& path, const Build& build, ProjectHistories& histories, bool propose);

// Each commit with those that it has itself; what of them a commit changes counts as well.
ReplayReport replay_file_as_committed(const std::string& path, const Build& build, ProjectHistories& histories);

}  // namespace keyline::server
