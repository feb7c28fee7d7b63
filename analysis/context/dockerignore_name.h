#pragma once
// What a file of ignore patterns is called: this at the top of a build directory, or this behind the whole name of a
// Dockerfile, for its builds alone.

#include <string_view>

namespace keyline::analysis {

inline constexpr std::string_view dockerignore_name = ".dockerignore";

}  // namespace keyline::analysis
