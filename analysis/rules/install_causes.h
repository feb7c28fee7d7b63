#pragma once
// Which COPY makes which installs re-run though they read only manifests. One COPY is one cause, and one finding: of
// copy-before-install, or of install-and-build-in-one-run where its repair has to cut a RUN in two.

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

std::vector<Cause> find_install_causes(const StepFacts& facts, const ContextCopies& all_copies);

}  // namespace keyline::analysis
