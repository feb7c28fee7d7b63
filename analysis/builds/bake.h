#pragma once
// The targets of a Bake file in HCL or JSON, as `docker buildx bake` reads them without an environment.

#include "analysis/builds/build_file.h"

namespace keyline::analysis {

BuildFile read_bake(std::string_view text);

}  // namespace keyline::analysis
