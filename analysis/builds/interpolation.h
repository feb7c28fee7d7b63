#pragma once
// The variables of Compose files: $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message},
// ${NAME:+instead}; "$$" is one dollar.

#include "analysis/builds/build_file.h"

namespace keyline::analysis {

// A variable that `variables` does not set is open; where it has a default, that is what stands in the text.
BuildText interpolate(const BuildText& raw, const BuildVariables& variables);

}  // namespace keyline::analysis
