#include "analysis/text/path.h"

#include <algorithm>
#include <vector>

namespace keyline::analysis {

std::string clean_path(std::string_view path) {
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
