#pragma once
// Slash paths as Go's `path` package treats them; BuildKit compares and joins with it. No disk is asked.

#include <string>
#include <string_view>

namespace keyline::analysis {

bool is_clean_path(std::string_view path);                            // whether clean_path() changes nothing
std::string clean_path(std::string_view path);                        // path.Clean: "" becomes "."
std::string join_path(std::string_view base, std::string_view more);  // path.Join of two; empty parts vanish
inline bool is_absolute(std::string_view path) { return path.starts_with('/'); }
// Whether `path` is `directory` or lies below it. Both are clean; "" or "." as directory holds every relative path.
bool is_within(std::string_view path, std::string_view directory);
inline std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace keyline::analysis
