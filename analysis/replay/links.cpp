#include "analysis/replay/links.h"

#include <algorithm>
#include <utility>

#include "analysis/context/glob.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// As many links as contenthash follows before it gives up on a loop.
constexpr int most_links = 255;

// The directories that a wildcard spells out.
std::string_view literal_directory(std::string_view pattern) {
  const std::string_view plain = pattern.substr(0, pattern.find_first_of("*?[\\"));
  const std::size_t slash = plain.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : plain.substr(0, slash);
}

void add_target(const Links& links, std::string_view path, std::vector<Detour>& detours) {
  const std::optional<std::string> target = follow_links(links, path);
  if (target && *target != path) detours.push_back({target->empty() ? "." : *target, false});
}

}  // namespace

std::optional<std::string> follow_links(const Links& links, std::string_view path) {
  std::string done;
  std::string rest(path);
  for (int followed = 0; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string name = rest.substr(0, slash);
    rest = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      done.erase(done.rfind('/') == std::string::npos ? 0 : done.rfind('/'));
      continue;
    }
    std::string next = join_path(done, name);
    const auto link = links.find(next);
    if (link == links.end()) {
      done = std::move(next);
      continue;
    }
    if (++followed > most_links) return std::nullopt;
    if (is_absolute(link->second)) done.clear();
    rest = rest.empty() ? link->second : link->second + '/' + rest;
  }
  return done;
}

std::vector<Detour> detours_of(const Links& links, std::string_view source, bool wildcard) {
  std::vector<Detour> detours;
  if (links.empty() || source == ".") return detours;
  if (!wildcard) {
    add_target(links, source, detours);
    return detours;
  }
  std::string pattern(source);
  const std::string_view directory = literal_directory(source);
  const std::optional<std::string> real = follow_links(links, directory);
  if (!real) return detours;
  if (*real != directory) {
    pattern = join_path(*real, source.substr(directory.size() + 1));
    detours.push_back({pattern, true});
  }
  for (const auto& [link, target] : links) {
    if (glob_matches(pattern, link)) add_target(links, link, detours);
  }
  std::sort(detours.begin(), detours.end());
  detours.erase(std::unique(detours.begin(), detours.end()), detours.end());
  return detours;
}

}  // namespace keyline::analysis
