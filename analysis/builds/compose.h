#pragma once
// The services of a Compose file that are built, as `docker compose build` reads them.

#include "analysis/builds/build_file.h"

namespace keyline::analysis {

BuildFile read_compose(std::string_view text, const BuildVariables& variables);

}  // namespace keyline::analysis
