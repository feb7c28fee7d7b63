#pragma once
// Which program a command of a RUN really runs. Plain facts about names and wrappers, for knowledge/ and rules/.

#include <cstddef>
#include <string>
#include <string_view>

#include "analysis/syntax/shell.h"

namespace keyline::analysis {

// The name of the program that a word runs: "pip" for "/usr/bin/pip3.11", "mvnw" for "./mvnw".
std::string program_name(std::string_view word);

// Index of the word that is the program, seen through more wrappers than the syntax knows ("npx pnpm", "uv run pip").
std::size_t wrapped_program(const ShellCommand& command);

}  // namespace keyline::analysis
