// An ignore file, a line "--", then paths. Whatever the patterns: places lie in the file, verdicts name a pattern of
// the right kind, and a walk that keeps the parents' state says what asking for each path says.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/context/dockerignore.h"
#include "analysis/context/glob.h"
#include "analysis/context/source_match.h"

namespace {

using keyline::analysis::Dockerignore;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_places(const Dockerignore& dockerignore, std::string_view text) {
  for (const auto& pattern : dockerignore.patterns()) {
    require(!pattern.text.empty());
    require(pattern.span.begin < pattern.span.end && pattern.span.end <= text.size());
    require(std::count(text.begin(), text.begin() + pattern.span.begin, '\n') == pattern.line);
  }
  for (const auto& problem : dockerignore.problems()) require(problem.span.end <= text.size());
}

Dockerignore::Verdict walk_to(const Dockerignore& dockerignore, std::string_view path) {
  Dockerignore::Parents above;
  Dockerignore::Parents own;
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string_view entry = path.substr(0, end);
    const Dockerignore::Verdict verdict = dockerignore.match(entry, above, own);
    if (end == std::string_view::npos) return verdict;
    if (verdict.ignored && !dockerignore.may_reinclude_below(entry)) return verdict;
    std::swap(above, own);
  }
}

void check_path(const Dockerignore& dockerignore, std::string_view path) {
  const Dockerignore::Verdict verdict = dockerignore.match(path);
  const Dockerignore::Verdict walked = walk_to(dockerignore, path);
  require(verdict.ignored == walked.ignored && verdict.pattern == walked.pattern);
  require(!verdict.ignored || verdict.pattern.has_value());
  if (verdict.pattern) require(dockerignore.patterns().at(*verdict.pattern).exception != verdict.ignored);

  const std::string clean = keyline::analysis::clean_source(path);
  require(clean == keyline::analysis::clean_source(clean));
  if (!keyline::analysis::has_wildcard(clean)) require(keyline::analysis::source_selects(path, clean));
  for (const auto& pattern : dockerignore.patterns()) keyline::analysis::source_selects(pattern.text, path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view separator = "\n--\n";
  const std::size_t end = std::min(input.find(separator), input.size());
  const std::string_view text = input.substr(0, end);
  std::string_view paths = input.substr(std::min(end + separator.size(), input.size()));

  const Dockerignore dockerignore(text);
  check_places(dockerignore, text);
  while (!paths.empty()) {
    const std::string_view path = paths.substr(0, paths.find('\n'));
    if (!path.empty()) check_path(dockerignore, path);
    paths.remove_prefix(std::min(path.size() + 1, paths.size()));
  }
  return 0;
}
