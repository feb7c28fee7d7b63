#include "analysis/rules/dead_patterns.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

bool hides_something_below(const BuildContext& context, const std::string& directory) {
  const std::string start = directory + "/";
  const auto at =
      std::lower_bound(context.hidden().begin(), context.hidden().end(), start,
                       [](const HiddenEntry& hidden, const std::string& path) { return hidden.path < path; });
  return at != context.hidden().end() && at->path.starts_with(start);
}

// Comments of other languages, and those behind a pattern.
bool looks_like_comment(std::string_view line) {
  return line.starts_with('#') || line.starts_with("//") || line.starts_with("--") || line.starts_with(';') ||
         line.find(" #") != std::string_view::npos || line.find(" //") != std::string_view::npos;
}

// The path that the line names but for upper and lower case.
std::string in_other_case(const BuildContext& context, const std::string& path) {
  const std::string lower = to_lower(path);
  const auto found = std::find_if(context.entries().begin(), context.entries().end(), [&](const ContextEntry& entry) {
    return entry.path.size() == path.size() && to_lower(entry.path) == lower;
  });
  return found == context.entries().end() ? std::string() : found->path;
}

// What is wrong with the line, in words; "" when it has an effect, or may have one at other times.
std::string fault_of(const BuildContext& context, const IgnorePattern& pattern) {
  const Dockerignore& dockerignore = context.dockerignore();
  const std::string& path = pattern.text;
  if (path.find_first_of("*?[]\\") != std::string::npos) return {};
  if (const ContextEntry* entry = find_entry(context, path)) {
    if (pattern.exception || (entry->kind == EntryKind::directory && hides_something_below(context, path))) return {};
    const Dockerignore::Verdict verdict = dockerignore.match(path);
    if (verdict.ignored || !verdict.pattern) return {};
    return fmt::format("is taken back by line {}", dockerignore.patterns()[*verdict.pattern].line + 1);
  }
  if (find_hidden(context, path) != nullptr) return {};
  if (looks_like_comment(slice(dockerignore.text(), pattern.span)))
    return "is a pattern: comments have lines of their own, which start with `#`";
  const std::string other = in_other_case(context, path);
  return other.empty() ? std::string() : fmt::format("is not `{}`: upper and lower case differ", other);
}

}  // namespace

std::vector<DeadPattern> dead_patterns(const BuildContext& context) {
  std::vector<DeadPattern> dead;
  if (!context.complete()) return dead;
  const std::vector<IgnorePattern>& patterns = context.dockerignore().patterns();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (std::string fault = fault_of(context, patterns[i]); !fault.empty()) dead.push_back({i, std::move(fault)});
  }
  return dead;
}

}  // namespace keyline::analysis
