#pragma once
// Cuts a RUN in two between its commands, where both halves do together what the whole did. What the shell was told in
// front (`set -e`, `cd`, `export`) is told to the second half again; a RUN whose halves share more is not cut.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

struct RunCut {
  Span gap;            // between the halves, absolute
  std::string resume;  // what the second half begins with: "set -e; "
};

// Behind the command `last`, which is not the last of all.
std::optional<RunCut> cut_run(const SyntaxTree& tree, std::uint32_t item, const std::vector<ShellCommand>& commands,
                              std::size_t last);

}  // namespace keyline::analysis
