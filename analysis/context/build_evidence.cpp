#include "analysis/context/build_evidence.h"

namespace keyline::analysis {

const PassedArgument* BuildEvidence::proof_that_it_differs(std::string_view name) const {
  for (const PassedArgument& each : arguments)
    if (each.name == name && !each.per_build.empty()) return &each;
  return nullptr;
}

bool BuildEvidence::is_constant(std::string_view name) const {
  bool passed = false;
  for (const PassedArgument& each : arguments) {
    if (each.name != name) continue;
    if (!each.value) return false;
    passed = true;
  }
  return passed;
}

}  // namespace keyline::analysis
