#pragma once
// Which context files an install reads, as far as its manifests tell, and what could not be told. For
// copy-before-install.

#include <string>
#include <vector>

#include "analysis/rules/context_copies.h"

namespace keyline::analysis {

struct InstallInputs {
  bool known = false;               // the context is known and holds the main manifest
  std::vector<std::string> files;   // context paths, sorted; without a known context they may be globs
  std::vector<std::string> doubts;  // why it might read more
  std::string obstacle;             // why no list can be given
  bool reads_sources = false;       // it surely reads more than manifests
  std::vector<std::string> locks;   // those of `files` that the install may rewrite
  std::string project;              // context directory of the main manifest, "." for the root
};

InstallInputs inputs_of(const StepFacts& facts, StepId step, const Install& install, const CopyList& copies);

}  // namespace keyline::analysis
