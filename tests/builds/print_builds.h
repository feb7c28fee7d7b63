#pragma once
// A build file's builds as text, for expectations that a person can read.

#include <string>
#include <string_view>

#include "analysis/builds/build_file.h"

namespace keyline::tests {

// Spans are shown as the text below them, in brackets.
std::string print_builds(const analysis::BuildFile& file, std::string_view text);

}  // namespace keyline::tests
