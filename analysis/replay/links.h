#pragma once
// The links of a context, and where a source leads that is one or lies behind one: BuildKit follows every link on the
// way to what a COPY names, and those that a wildcard matches, but none inside of a directory (cache-model 4.4).

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyline::analysis {

using Links = std::map<std::string, std::string, std::less<>>;  // visible path -> target

// What the path stands for; "" for the root. Nothing when a loop keeps it from ending.
std::optional<std::string> follow_links(const Links& links, std::string_view path);

// The sources that a clean source is looked up as, beside itself. Sorted, each once; empty when no link is on its way.
struct Detour {
  std::string source;
  bool wildcard = false;
  friend auto operator<=>(const Detour&, const Detour&) = default;  // NOLINT(modernize-use-nullptr): not one
};
std::vector<Detour> detours_of(const Links& links, std::string_view source, bool wildcard);

}  // namespace keyline::analysis
