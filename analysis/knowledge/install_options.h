#pragma once
// What options of an install say about its result: those that choose among the groups of packages which the manifests
// list, and those that change nothing of what is installed. Of any other option nothing is said. Plain facts, for
// rules/.

#include <string_view>

#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

// Lists of words, as in PackageManager.
struct InstallOptions {
  std::string_view groups = {};
  std::string_view group_variables = {};  // the same in the environment
  std::string_view harmless = {};
};

InstallOptions install_options(Tool tool);

}  // namespace keyline::analysis
