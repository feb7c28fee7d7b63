#include "analysis/text/path.h"

#include <algorithm>
#include <vector>

namespace keyline::analysis {

// Leaves a path that climbs, which few do, to be cleaned.
bool is_clean_path(std::string_view path) {
  if (path.empty() || path == "/" || path == ".") return !path.empty();
  std::size_t begin = is_absolute(path) ? 1 : 0;
  for (std::size_t i = begin; i <= path.size(); ++i) {
    if (i < path.size() && path[i] != '/') continue;
    const std::string_view name = path.substr(begin, i - begin);
    if (name.empty() || name == "." || name == "..") return false;
    begin = i + 1;
  }
  return true;
}

std::string clean_path(std::string_view path) {
  if (is_clean_path(path)) return std::string(path);
  const bool absolute = is_absolute(path);
  std::vector<std::string_view> parts;
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, slash - at);
    at = slash + 1;
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !absolute) {
      parts.push_back(part);
    }
  }
  std::string result = absolute ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) result += '/';
    result += parts[i];
  }
  return result.empty() ? "." : result;
}

std::string join_path(std::string_view base, std::string_view more) {
  if (base.empty()) return more.empty() ? std::string() : clean_path(more);
  if (more.empty()) return clean_path(base);
  return clean_path(std::string(base) + "/" + std::string(more));
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory.empty() || directory == ".") return !path.starts_with('/');
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace keyline::analysis
