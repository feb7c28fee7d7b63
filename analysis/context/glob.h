#pragma once
// Wildcards as Go's `path` package understands them (path.Match), because BuildKit looks up COPY sources with exactly
// these. Note that a class such as `[^a]` may match "/", while `*` and `?` never do.
// Pure and total; a pattern of N bytes costs at most N times the name.

#include <string_view>

namespace keyline::analysis {

// Whether BuildKit treats the text as a wildcard: `*`, `?` or `[` that is not escaped.
bool has_wildcard(std::string_view text);

// False for what path.Match calls ErrBadPattern.
bool is_valid_glob(std::string_view pattern);
// False also for a bad pattern.
bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace keyline::analysis
