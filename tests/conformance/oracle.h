#pragma once
// What a real builder reused and ran when one thing changed between two builds, replayed: every step of every build has
// to come out as it did there. "Only if content differs" is right where a step has to run before anyone can tell.

#include <filesystem>
#include <string>

#include "tests/conformance/agreement.h"

namespace keyline::conformance {

struct OracleCounts {
  std::size_t steps = 0;
  std::size_t wrong = 0;
  std::size_t left_open = 0;  // only if content differs
};

// Replays a file of cases, a field of the agreement for each category. False when there is no such file.
bool replay_oracle(const std::filesystem::path& cases, Agreement& agreement, OracleCounts& counts);

}  // namespace keyline::conformance
