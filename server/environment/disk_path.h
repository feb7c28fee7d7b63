#pragma once
// Cleaned paths of the disk, absolute or from the current directory ("."), as one goes up and down in a tree.

#include <string>
#include <string_view>

namespace keyline::server {

std::string parent_of(const std::string& path);                            // of "a" it is ".", of "/a" it is "/"
std::string path_in(const std::string& directory, std::string_view name);  // `name` may be several names
// `path` from `directory`, in which it lies; "" when it is that directory.
std::string path_from(const std::string& directory, const std::string& path);

}  // namespace keyline::server
