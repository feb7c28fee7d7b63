#pragma once
// Commands that build images in Makefiles (recipes, with the variables that the file sets) and in shell scripts.

#include "analysis/builds/build_file.h"

namespace keyline::analysis {

BuildFile read_makefile(std::string_view text);
BuildFile read_script(std::string_view text);

}  // namespace keyline::analysis
