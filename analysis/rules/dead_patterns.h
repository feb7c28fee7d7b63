#pragma once
// Lines of .dockerignore that hide nothing though somebody wrote them to: misspelt, no comment though they look like
// one, or taken back by a later line. For the rule, whose finding stands in a Dockerfile, and for the file when it is
// open, where they can be mended.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/context/build_context.h"
#include "analysis/rules/rule.h"

namespace keyline::analysis {

struct DeadPattern {
  enum class Kind : std::uint8_t { taken_back, comment, other_case };
  std::size_t pattern = 0;  // index into Dockerignore::patterns()
  Kind kind = Kind::taken_back;
  std::string fault;       // goes on after the line's name: "is taken back by line 3"
  std::string meant = {};  // other_case: the path that is there
};

// In the order of the file; nothing when the context is not completely known.
std::vector<DeadPattern> dead_patterns(const BuildContext& context);

// What gives the line the effect that was meant, or takes it away; in the offsets of the file.
Fix mend_pattern(const BuildContext& context, const DeadPattern& dead);

}  // namespace keyline::analysis
