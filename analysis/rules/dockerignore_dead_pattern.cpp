// A line of .dockerignore that hides nothing: misspelt, no comment though it looks like one, or taken back.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/context_sources.h"
#include "analysis/rules/dead_patterns.h"
#include "analysis/rules/ignore_lines.h"

namespace keyline::analysis {

namespace {

// The file has no place in the Dockerfile: the instruction that takes most of the context stands for it.
const ContextSource* broadest(const std::vector<ContextSource>& sources) {
  if (sources.empty()) return nullptr;
  const auto whole = std::find_if(sources.begin(), sources.end(), [](const ContextSource& source) {
    return std::find(source.roots.begin(), source.roots.end(), "") != source.roots.end();
  });
  return whole == sources.end() ? &sources.front() : &*whole;
}

void check(const StepFacts& facts, Findings& findings) {
  const BuildContext& context = facts.context().context;
  if (!context.complete() || context.dockerignore().patterns().empty()) return;
  const std::vector<ContextSource> sources = context_sources(facts);
  const ContextSource* source = broadest(sources);
  if (source == nullptr) return;
  std::vector<std::string> faults;
  for (const DeadPattern& dead : facts.study(dead_patterns)) {
    const IgnorePattern& pattern = context.dockerignore().patterns()[dead.pattern];
    const std::string_view written = slice(context.dockerignore().text(), pattern.span);
    faults.push_back(fmt::format("line {} (`{}`) {}", pattern.line + 1, written, dead.fault));
  }
  if (faults.empty()) return;
  Finding finding{.span = source->span};
  finding.message =
      fmt::format("{} does not keep out what it seems to: {}", ignore_file_name(context), list_paths(faults));
  findings.push_back(std::move(finding));
}

}  // namespace

extern const Rule dockerignore_dead_pattern;
const Rule dockerignore_dead_pattern{
    .id = "dockerignore-dead-pattern",
    .summary = "A line of .dockerignore has no effect",
    .severity = Severity::information,
    .why =
        R"(Patterns are anchored at the top of the context, know upper and lower case, and the last line that matches a path decides.
A line that is spelled with another letter case, that has a comment behind the pattern, or that a later `!` line brings
back as a whole hides nothing: what it was meant to keep out is copied, counts in cache keys and lands in the image. A `#`
starts a comment only at the beginning of a line.

The finding stands on the instruction that takes most of the context. An editor that has the file open as well is shown it
there, on the lines themselves.)",
    .silent = R"(- The context is not known, or no step takes anything from it.
- The pattern has a wildcard: `*.pyc` is for files that come and go.
- There is no such path: builds, tests and other machines make what is not there now.
- The path lies below a directory that is hidden anyway.
- Something below the directory is still hidden.)",
    .unproven = "",
    .example = {.before = R"(-- .dockerignore --
recordings
Notes.txt
!recordings
-- recordings/1.wav --
0
-- notes.txt --
later
-- app.py --
print("hello")
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
