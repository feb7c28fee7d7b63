#include "server/environment/cache_directory.h"

#include <sys/stat.h>

#include <cstdlib>

#include "server/environment/directory.h"

namespace keyline::server {

std::string user_cache_directory() {
  // The XDG specification says to ignore a relative path.
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && cache[0] == '/')
    return std::string(cache) + "/keyline";
  if (const char* home = std::getenv("HOME"); home && home[0] == '/') return std::string(home) + "/.cache/keyline";
  return {};
}

std::string content_cache_folder() {
  const std::string cache = user_cache_directory();
  return cache.empty() ? cache : cache + "/contents";
}

bool make_private_directory(const std::string& path) {
  for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    mkdir(path.substr(0, end).c_str(), 0700);
  }
  mkdir(path.c_str(), 0700);
  return bool(OpenFile::directory(working_directory(), path, OpenFile::Links::follow));
}

}  // namespace keyline::server
