#include "analysis/knowledge/paths.h"

#include <vector>

namespace keyline::analysis {

std::string resolve_path(std::string_view base, std::string_view path) {
  if (path.find('$') != std::string_view::npos || path.starts_with('~')) return {};
  const bool absolute = path.starts_with('/');
  if (!absolute && (base.empty() || base.find('$') != std::string_view::npos)) return {};
  if (is_clean_path(path) && (absolute || is_clean_path(base))) {
    if (absolute || base == ".") return std::string(path);
    if (path == ".") return std::string(base);
    return std::string(base).append(base == "/" ? "" : "/").append(path);
  }
  std::vector<std::string_view> names;
  const auto walk = [&](std::string_view part) {
    while (!part.empty()) {
      const std::size_t slash = part.find('/');
      const std::string_view name = part.substr(0, slash);
      if (name == "..") {
        if (!names.empty()) names.pop_back();
      } else if (!name.empty() && name != ".") {
        names.push_back(name);
      }
      if (slash == std::string_view::npos) break;
      part.remove_prefix(slash + 1);
    }
  };
  if (!absolute) walk(base);
  walk(path);
  const bool rooted = absolute || base.starts_with('/');
  std::string joined;
  for (const std::string_view name : names) {
    if (rooted || !joined.empty()) joined += '/';
    joined += name;
  }
  if (joined.empty()) joined = rooted ? "/" : ".";
  return joined;
}

std::string expand_home(std::string_view path, std::string_view home) {
  for (const std::string_view name : {"~", "$HOME", "${HOME}"}) {
    if (home.empty() || !path.starts_with(name)) continue;
    const std::string_view rest = path.substr(name.size());
    if (rest.empty() || rest.starts_with('/')) return std::string(home) + std::string(rest);
  }
  return std::string(path);
}

std::string_view path_below(std::string_view path, std::string_view directory) {
  if (directory.empty() || directory == ".") return path == "." ? std::string_view() : path;
  std::string_view rest = path.substr(directory.size());
  while (rest.starts_with('/')) rest.remove_prefix(1);
  return rest;
}

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

bool matches_glob(std::string_view name, std::string_view glob) {
  std::size_t at = 0;
  std::size_t g = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (at < name.size()) {
    if (g < glob.size() && (glob[g] == '?' || (glob[g] == name[at] && glob[g] != '*'))) {
      ++at;
      ++g;
    } else if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = at;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace keyline::analysis
