#pragma once
// Lines of .dockerignore that hide nothing though somebody wrote them to: misspelt, no comment though they look like
// one, or taken back by a later line. For the rule, whose finding stands in a Dockerfile, and for the file when it is
// open.

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

struct DeadPattern {
  std::size_t pattern = 0;  // index into Dockerignore::patterns()
  std::string fault;        // goes on after the line's name: "is taken back by line 3"
};

// In the order of the file; nothing when the context is not completely known.
std::vector<DeadPattern> dead_patterns(const BuildContext& context);

}  // namespace keyline::analysis
