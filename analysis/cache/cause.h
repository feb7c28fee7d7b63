#pragma once
// Why a step is not reused: which of its inputs is another one than when it was last built. One cause a step, the first
// in the order in which BuildKit meets them: what stands above it, the instruction, what is in force there, its files.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/cache/builder_cache.h"
#include "analysis/text/span.h"

namespace keyline::analysis {

struct FileChange {
  enum class Kind : std::uint8_t { added, removed, content, mode, type, link };
  Kind kind = Kind::content;
  std::string path;  // from the root of its context
};

struct MissCause {
  enum class Kind : std::uint8_t {
    reused,
    first_build,  // nothing is remembered that could be reused
    step_above,   // `step` re-runs, and this one stands on it
    step_files,   // `step` re-runs, and this one takes files from its stage
    new_step,     // nothing like it was built at this place
    instruction,  // its text
    variable,     // `label` has another value, or is set or no longer
    order,        // the same variables in another order
    user,
    workdir,
    shell,
    platform,
    options,  // flags, mounts, options of the build
    files,
    base_image,
    sent_anew,  // the named context `label` is the base, and is another one in each build
    remote,     // a server decides
    unknown,    // `label` is not known
  };
  Kind kind = Kind::reused;
  StepId step = none;
  std::string label = {};
  std::string before = {}, after = {};  // "" where there was, or is, nothing to show
  Span place = {};                      // in the present Dockerfile; empty: outside of it
  std::vector<FileChange> files = {};
};

// One entry a step. `past` are the builds that were added to the cache, in order; `forecasts` is what it predicted.
std::vector<MissCause> causes_of(const BuildView& next, const std::vector<BuildView>& past,
                                 const std::vector<StepForecast>& forecasts);

// The step whose own inputs changed, at the end of the chain of step_above and step_files; `step` itself when it has a
// cause of its own.
StepId first_step(const std::vector<MissCause>& causes, StepId step);

// What differs between the files that one source selects in two states of a context.
std::vector<FileChange> changed_files(const BuildContext& before, const BuildContext& after, std::string_view path);

}  // namespace keyline::analysis
