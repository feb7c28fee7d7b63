#include "server/environment/disk_path.h"

namespace keyline::server {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string path_in(const std::string& directory, std::string_view name) {
  if (directory == ".") return std::string(name);
  std::string path = directory;
  if (path.back() != '/') path += '/';
  path += name;
  return path;
}

std::string path_from(const std::string& directory, const std::string& path) {
  if (path == directory) return {};
  return path.substr(directory == "/" ? 1 : directory == "." ? 0 : directory.size() + 1);
}

}  // namespace keyline::server
