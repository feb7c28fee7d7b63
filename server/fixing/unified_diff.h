#pragma once
// The difference of two texts as a unified diff that `patch` and `git apply` read: three lines of context, `a/` and
// `b/` before the path, and a note where the last line has no line ending. The shortest edit script by lines (Myers);
// texts that have next to nothing in common are shown as replaced as a whole instead of searched without bound.

#include <optional>
#include <string>
#include <string_view>

namespace keyline::server {

// "" when both are equal; without a text before, the file is a new one. Lines end at "\n"; a "\r" in front is part of
// the line.
std::string unified_diff(std::string_view path, std::optional<std::string_view> before, std::string_view after);

}  // namespace keyline::server
