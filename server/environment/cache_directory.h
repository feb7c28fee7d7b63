#pragma once
// Where keyline keeps what it can find out again: a folder of its own in the user's cache directory. Only the user may
// look in, since it tells what lies in private directories.

#include <string>

namespace keyline::server {

// $XDG_CACHE_HOME/keyline or ~/.cache/keyline; "" when the environment names neither.
std::string user_cache_directory();

// Where hashes of contents are remembered, within it; "" likewise.
std::string content_cache_folder();

// Makes the directory and what is missing above it, for the user alone; false when there is none then.
bool make_private_directory(const std::string& path);

}  // namespace keyline::server
