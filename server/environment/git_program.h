#pragma once
// Runs the user's own git, found in PATH, on a repository that nobody vouches for: what its configuration could start
// or reach is switched off, and whatever in the environment leads to another repository is left out. The callers ask
// for plumbing only, which runs no hook, filter, pager or text conversion. Errors are git's first line.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.h"

namespace keyline::server {

protocol::Result<void> run_git(const std::string& directory, std::vector<std::string> arguments, std::string_view input,
                               const std::function<void(std::string_view)>& output);

// The answer of one line, without its end.
protocol::Result<std::string> line_of_git(const std::string& directory, std::vector<std::string> arguments);

}  // namespace keyline::server
