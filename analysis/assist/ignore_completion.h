#pragma once
// What may be typed in a .dockerignore: paths that the build directory really has. Behind a "!" those that are hidden.

#include "analysis/assist/completion.h"
#include "analysis/ignore_file.h"

namespace keyline::analysis {

Completions complete_ignore_line(const IgnoreSnapshot& snapshot, Offset offset);

}  // namespace keyline::analysis
