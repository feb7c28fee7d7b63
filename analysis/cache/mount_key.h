#pragma once
// What of the mounts of a RUN is part of its key (cache-model 3): numbers as numbers, files by target, then variables
// and files that are secrets, then agents, each in the order of their flags. Contents of caches and secrets are not.

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/cache/digest.h"
#include "analysis/model/model.h"

namespace keyline::analysis {

// Binds, caches and tmpfs, as indices into Step::mounts, in the order in which BuildKit numbers their inputs.
std::vector<std::uint32_t> mounts_by_target(const Step& step);

// `cache_namespace` is what the build argument BUILDKIT_CACHE_MOUNT_NS says.
void add_mounts(Digest& own, const Step& step, std::string_view cache_namespace);

}  // namespace keyline::analysis
