#pragma once
// Since which version of Docker's frontend an instruction may be written as it is (docs.docker.com, release notes of
// docker/dockerfile). Plain facts, for rules/.

#include <optional>
#include <string_view>
#include <utility>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

struct FrontendFeature {
  std::string_view name;        // as people call it: "--parents"
  std::pair<int, int> version;  // the first stable one that has it
  Span span;                    // where it stands, in the instruction
};

// The newest feature that the instruction uses; nothing when Docker Engine 23 (1.4) can read it.
std::optional<FrontendFeature> newest_feature(const Instruction& instruction);

}  // namespace keyline::analysis
