#pragma once
// Builds that commands of a shell start: `docker build`, `docker buildx build` and their relatives, with the flags of
// peers.md 4.3. The text may be a script, a recipe of a Makefile or a step of a CI system.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/builds/build.h"

namespace keyline::analysis {

struct CommandText {
  std::string_view text;
  // Where byte `at` of `text` stands in the file that it comes from.
  std::function<Offset(std::size_t at)> place;
  // The value of a variable that the file sets itself, or nothing; expansions are handed over as written: "$(NAME)".
  std::function<std::optional<std::string>(std::string_view expansion)> value = {};
};

// Paths in the result count from the directory in which the text runs; `cd` in front is followed.
std::vector<Build> builds_of_commands(const CommandText& commands);
// The same for a part of a longer script, which begins and leaves the shell in `directory`.
std::vector<Build> builds_of_commands(const CommandText& commands, std::string& directory);

// "type=gha,mode=max" or "example.org/app:cache".
CacheBackend read_cache_backend(std::string_view text, Span span);

// The cleaned context and Dockerfile of a build whose command or file runs in `directory`; `file` may be empty.
void set_paths(Build& build, std::string_view directory, BuildText context, BuildText file, bool file_in_context);

bool is_remote_context(std::string_view context);

}  // namespace keyline::analysis
