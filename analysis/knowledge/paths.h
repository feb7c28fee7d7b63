#pragma once
// Paths inside an image or a context, as text: "/" between names, nothing is looked up. An empty path means that it is
// not known. For knowledge/ and rules/.

#include <string>
#include <string_view>

#include "analysis/text/path.h"

namespace keyline::analysis {

// `path` seen from `base`, clean, and never above the root. An absolute path stays itself; "" when either is not known
// or when a variable stands in it.
std::string resolve_path(std::string_view base, std::string_view path);

// `path` with the home directory in place of "~" or "$HOME" at its beginning; as it is when `home` is "".
std::string expand_home(std::string_view path, std::string_view home);

// What remains of `path` below `directory`; "" when they are equal. `is_within` must hold.
std::string_view path_below(std::string_view path, std::string_view directory);

std::string_view directory_of(std::string_view path);  // "" for a bare name

// Shell-like matching of one name: "*" and "?" only.
bool matches_glob(std::string_view name, std::string_view glob);

}  // namespace keyline::analysis
