#pragma once
// Who else wants what lies in a cache directory: another stage, or the finished image. Such a directory is a result and
// gets no mount. For cache_mounts only.

#include <string_view>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

// Whether another stage takes files from the directory (or from all around it).
bool is_copied_out(const StepFacts& facts, StageId stage, std::string_view directory, CacheUse use);

// Whether the image that is built stands on the stage.
bool in_target_image(const Model& model, StageId stage);

// Whether a build of this file may end with an image that stands on the stage: the target, and what no other stage
// uses.
bool may_be_image(const Model& model, StageId stage);

// The image itself is meant to go on with what was downloaded.
bool runs_tool_later(const RuleContext& context, StageId stage, const PackageManager& manager);

}  // namespace keyline::analysis
