#pragma once
// What a user is told about one line of a .dockerignore: what it hides of the build directory as it is now, what brings
// some of it back, and why it does nothing where it does nothing.

#include <optional>

#include "analysis/explain/explanation.h"
#include "analysis/ignore_file.h"

namespace keyline::analysis {

// Empty on blank lines and comments.
std::optional<Explanation> explain_ignore_line(const IgnoreSnapshot& snapshot, Offset offset);

}  // namespace keyline::analysis
