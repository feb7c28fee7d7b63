#pragma once
// Paths and wildcards as Go's `path` package understands them (path.Clean, path.Match), because BuildKit looks up
// COPY sources with exactly these. Note that a class such as `[^a]` may match "/", while `*` and `?` never do.
// Pure and total; a pattern of N bytes costs at most N times the name.

#include <string>
#include <string_view>

namespace keyline::analysis {

// path.Clean: "." for the empty path; "a//b", "./a", "a/../b", "a/" lose what they do not need.
std::string clean_path(std::string_view path);

// Whether BuildKit treats the text as a wildcard: `*`, `?` or `[` that is not escaped.
bool has_wildcard(std::string_view text);

// False for what path.Match calls ErrBadPattern.
bool is_valid_glob(std::string_view pattern);
// False also for a bad pattern.
bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace keyline::analysis
