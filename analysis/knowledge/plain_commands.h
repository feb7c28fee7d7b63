#pragma once
// Commands that act on what their words name and on nothing else (coreutils, package managers of the system,
// downloads), and which files those are. Says too much rather than too little: a rule moves steps on this word.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/syntax/shell.h"

namespace keyline::analysis {

bool is_plain_command(const ShellCommand& command);

// A command that shows all variables of its environment.
bool prints_environment(const ShellCommand& command);

// The paths in the image that a plain command may read or change, when it runs in `directory` for a user with this
// `home`; "" among them stands for any path. A directory stands for all below it. Of a command without words, where
// its output goes.
std::vector<std::string> touched_paths(const ShellCommand& command, std::string_view directory, std::string_view home);

}  // namespace keyline::analysis
