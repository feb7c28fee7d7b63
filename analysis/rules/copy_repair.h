#pragma once
// Moves a COPY below the installs that it makes re-run and leaves the manifests in its place: the fix of
// copy-before-install. Safe only when nothing on the way reads or changes what the COPY brings.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/rules/install_inputs.h"

namespace keyline::analysis {

struct FedInstall {
  StepId step = none;
  const Install* install = nullptr;
  InstallInputs inputs;
};

// A COPY and the installs that it makes re-run.
struct Cause {
  StepId copy = none;
  std::string source;            // what it copies, "." for the whole context
  std::uint64_t files = 0;       // that it brings; 0: not known
  bool feeds_manifests = false;  // also brings what the installs need
  std::vector<FedInstall> installs;
};

Fix repair(const StepFacts& facts, const ContextCopies& copies, const Cause& cause);

}  // namespace keyline::analysis
