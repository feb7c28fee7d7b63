#pragma once
// Which parts of a build file's text are another one in every build: expressions of CI systems, commands like date and
// git, and variables named for them (peers.md 4.1).

#include <cstddef>
#include <string>
#include <string_view>

namespace keyline::analysis {

// Behind the variable's name that begins at `at`; `at` when there is none.
std::size_t end_of_variable_name(std::string_view text, std::size_t at);

// The first such part as written: "${{ github.sha }}", "$(git rev-parse HEAD)"; "" when none is known.
std::string part_per_build(std::string_view text);

// The same for one expression of GitHub without its braces: "github.sha".
bool expression_per_build(std::string_view expression);

}  // namespace keyline::analysis
