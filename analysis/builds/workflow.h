#pragma once
// Steps of CI systems that build images: docker/build-push-action (and what takes the same inputs) and `run:` lines of
// GitHub workflows, `script:` lines of GitLab CI.

#include "analysis/builds/build_file.h"

namespace keyline::analysis {

BuildFile read_workflow(std::string_view text);
BuildFile read_gitlab(std::string_view text);

}  // namespace keyline::analysis
