#pragma once
// How the cache mounts of a RUN and the package managers in it meet: which mount holds the cache of which command, and
// which mount is meant for a tool. Nothing is guessed: a cache whose place is not known meets no mount.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

// The mount and the directory overlap; also when the target is not known.
bool covers(const Mount& mount, std::string_view directory);

// A cache mount that is plainly meant for this tool, wherever it points.
bool meant_for(const Mount& mount, const PackageManager& manager);

// Clean and absolute; "" when not known.
std::string mount_target(const Mount& mount);

// One command whose cache lies, as a whole, in a cache mount of its RUN.
struct MountUse {
  std::size_t mount = 0;                      // index into Step::mounts
  const Install* install = nullptr;           // of StepFacts::installs
  const CacheDirectory* directory = nullptr;  // of the tool's table row
  std::string path;                           // where that is at this step
};
std::vector<MountUse> mount_uses(const StepFacts& facts, StepId step, const RunEnvironment& environment);

// Cache mounts in places where a tool of the step has its cache on another image, for another user or without the
// variables that are set here; no other tool of the step uses them. `path` is where the mount would be of use.
std::vector<MountUse> misplaced_mounts(const StepFacts& facts, StepId step, const RunEnvironment& environment);

// A setting that no variable or option shows puts the cache elsewhere.
bool has_moved_cache(const StepFacts& facts, StepId step, Tool tool);

// Debian's and Ubuntu's images delete each package archive after its installation, by a hook in this file.
inline constexpr std::string_view docker_clean = "/etc/apt/apt.conf.d/docker-clean";
// A RUN at the step or above it takes care of that hook.
bool handles_docker_clean(const StepFacts& facts, StepId step);
// Shell text that makes apt keep the archives, for the front of the RUN: "rm -f ...;".
std::string keep_archives_text(const StepFacts& facts, StepId step);

}  // namespace keyline::analysis
