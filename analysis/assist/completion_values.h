#pragma once
// The values that completion offers where they depend on the file, the build directory or the tools a RUN uses. Private
// to assist/.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/assist/completion.h"

namespace keyline::analysis {

// Of `FROM`: the stages above the item, images of this file and of others, and those that are widely used.
std::vector<Completion> bases_in(const Snapshot& snapshot, std::uint32_t item, std::span<const std::string> images);
// Of `--from`: the stages above the item, named contexts, and images.
std::vector<Completion> places_in(const Snapshot& snapshot, std::uint32_t item, std::span<const std::string> images);
// root, the account of the base image, and those that a RUN above creates.
std::vector<Completion> users_in(const Snapshot& snapshot, std::uint32_t item);
// What lies in a directory of the build context, as a COPY has to write it; "" is its root.
std::vector<Completion> paths_below(const BuildContext& context, std::string_view directory);
// Complete mounts for the tools that the RUN uses.
std::vector<Completion> whole_mounts(const Snapshot& snapshot, std::uint32_t item);
// The keys that go with the type of mount that `value` has so far, without those it has.
std::vector<Completion> mount_keys_for(std::string_view value);

}  // namespace keyline::analysis
