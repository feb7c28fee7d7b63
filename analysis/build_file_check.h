#pragma once
// The front door for a build file: what the rules about such files find in it. Pure and total, as analysis.h is.

#include <memory>

#include "analysis/analysis.h"
#include "analysis/rules/build_facts.h"

namespace keyline::analysis {

// `file` is one of `project`. The snapshot is of its text, and has its lines and findings; there is nothing else in it.
std::shared_ptr<const Snapshot> check_build_file(const ProjectBuildFiles& project, const ProjectBuildFile& file,
                                                 const FindDockerfile& dockerfile, const RuleSettings& rules);

}  // namespace keyline::analysis
