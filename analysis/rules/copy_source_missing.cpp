// A source that is not in the build context.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/context/git_ignores.h"
#include "analysis/context/source_match.h"
#include "analysis/knowledge/paths.h"
#include "analysis/rules/absent_sources.h"
#include "analysis/text/similar.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t longest_name = 100;  // no name that a person misspells

// The name in `directory` that `name` was probably meant to be: a letter or two off, or another extension.
std::string nearest_name(const BuildContext& context, std::string_view directory, std::string_view name, bool inner) {
  std::vector<std::string_view> names;
  const auto [begin, end] = range_below(context, directory);
  const std::size_t skipped = directory.empty() ? 0 : directory.size() + 1;
  for (std::size_t i = begin; i < end; ++i) {
    const ContextEntry& entry = context.entries()[i];
    const std::string_view below = std::string_view(entry.path).substr(skipped);
    if (below.find('/') != std::string_view::npos || (inner && entry.kind != EntryKind::directory)) continue;
    names.push_back(below);
  }
  if (name.size() > longest_name) return {};
  return std::string(nearest_word(name, names, std::min<std::size_t>(2, name.size() / 3)));
}

// The path with the first name that does not exist corrected; "" when what remains does not exist either.
std::string respelt(const BuildContext& context, const std::string& path) {
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = path.find('/', begin);
    if (find_entry(context, path.substr(0, end)) != nullptr) continue;
    const std::string_view directory = begin == 0 ? std::string_view() : std::string_view(path).substr(0, begin - 1);
    const std::string_view name = std::string_view(path).substr(begin, end - begin);
    const std::string meant = nearest_name(context, directory, name, end != std::string::npos);
    if (meant.empty()) return {};
    std::string corrected = path.substr(0, begin) + meant;
    if (end != std::string::npos) corrected += path.substr(end);
    return find_entry(context, corrected) != nullptr ? corrected : std::string();
  }
  return {};
}

// The one path of the context that ends as this one does, or that this one ends with: the Dockerfile was written for
// another directory.
std::string elsewhere(const BuildContext& context, const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (find_entry(context, path.substr(slash + 1)) != nullptr) return path.substr(slash + 1);
  }
  std::string found;
  for (const ContextEntry& entry : context.entries()) {
    if (!entry.path.ends_with(path) || entry.path.size() == path.size()) continue;
    if (entry.path[entry.path.size() - path.size() - 1] != '/') continue;
    if (!found.empty()) return {};
    found = entry.path;
  }
  return found;
}

void propose(const StepFacts& facts, const AbsentSource& source, Finding& finding) {
  const RuleContext& context = facts.context();
  std::string meant = respelt(context.context, source.path);
  if (meant.empty()) meant = elsewhere(context.context, source.path);
  if (meant.empty()) return;
  finding.message += fmt::format("; there is `{}`", meant);
  const std::string_view written = slice(*context.tree.text, source.span);
  const std::size_t place = written.find(source.path);
  if (place == std::string_view::npos || written.find(source.path, place + 1) != std::string_view::npos) return;
  Fix fix{.title = fmt::format("Take `{}`", meant),
          .safety = Safety::review,
          .unproven = "the path meant is a guess from its name"};
  const Offset begin = source.span.begin + static_cast<Offset>(place);
  if (fix.edits.add({{begin, begin + static_cast<Offset>(source.path.size())}, meant}))
    finding.fixes.push_back(std::move(fix));
}

void check(const StepFacts& facts, Findings& findings) {
  const std::vector<AbsentSource> absent = absent_sources(facts);
  const auto is_missing = [](const AbsentSource& source) { return source.hidden == nullptr; };
  if (std::none_of(absent.begin(), absent.end(), is_missing)) return;
  const GitIgnores ignores(facts.context().context);
  for (const AbsentSource& source : absent) {
    if (!is_missing(source) || ignores.ignores(source.path)) continue;
    Finding finding{.span = source.span};
    finding.message = fmt::format("the build fails here: {} asks for \"{}\", which is not in the build context",
                                  asker(facts, source), source.path);
    propose(facts, source, finding);
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule copy_source_missing;
const Rule copy_source_missing{
    .id = "copy-source-missing",
    .summary = "A COPY, ADD or bind mount asks for what is not in the build context",
    .severity = Severity::error,
    .why =
        R"(Sources are paths in the build context, wherever the Dockerfile lies. BuildKit looks each of them up before the step runs,
to compute its cache key, and stops when it is not there: "failed to compute cache key: ... not found". Nothing outside
of the context can be copied; `../x` means `x`.)",
    .silent = R"(- The context is not known, or some directory of it cannot be read.
- git ignores the path: something makes it before the build, and it may just not have run yet.
- The path has a wildcard: what matches nothing copies nothing, without an error.
- It depends on an argument's default: a build may give another value.
- The target does not need the stage; `COPY --parents`, unless a syntax line asks for a frontend that insists (1.20).
- .dockerignore hides it: that is `copy-source-ignored`.)",
    .unproven = R"(That the path meant is the one whose name is nearest, or the only one that ends alike.)",
    .example = {.before = R"(-- requirements.txt --
flask
-- Dockerfile --
FROM python:3.12-slim
COPY requirement.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
)",
                .after = R"(FROM python:3.12-slim
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
)"},
    .check = check,
};

}  // namespace keyline::analysis
