// A source that is there, but hidden by .dockerignore.

#include <fmt/format.h>

#include "analysis/rules/absent_sources.h"

namespace keyline::analysis {

namespace {

void check(const StepFacts& facts, Findings& findings) {
  const Dockerignore& dockerignore = facts.context().context.dockerignore();
  for (const AbsentSource& source : absent_sources(facts)) {
    if (source.hidden == nullptr) continue;
    const IgnorePattern& pattern = dockerignore.patterns()[source.hidden->pattern];
    Finding finding{.span = source.span};
    finding.message =
        fmt::format("the build fails here: {} asks for \"{}\", which line {} of .dockerignore (`{}`) hides",
                    asker(facts, source), source.path, pattern.line + 1, pattern.text);
    finding.fixes.push_back({.title = fmt::format("Add `!{}` to .dockerignore", source.path),
                             .safety = Safety::sketch,
                             .unproven = "that the path is meant to be in the build"});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule copy_source_ignored;
const Rule copy_source_ignored{
    .id = "copy-source-ignored",
    .summary = "A COPY, ADD or bind mount asks for what .dockerignore hides",
    .severity = Severity::error,
    .why =
        R"(What a line of .dockerignore matches is not in the build context: the builder never sees it. BuildKit then reports a file
that plainly exists as "not found". The last line that matches decides, and one that starts with `!` brings back.

BuildKit's check CopyIgnoredFile compares the source with the lines alone. It also speaks about directories of which
something is brought back, where the build works, and says nothing about mounts.)",
    .silent = R"(- The context is not known.
- Something below the directory is brought back by a `!` line.
- The path has a wildcard: what matches nothing copies nothing, without an error.
- It depends on an argument's default: a build may give another value.
- The target does not need the stage.)",
    .unproven = R"(That the path is meant to be in the build: the line may be right, and the instruction wrong.)",
    .example = {.before = R"(-- .dockerignore --
*.md
-- README.md --
# Tool
-- Dockerfile --
FROM python:3.12-slim
COPY README.md /usr/share/doc/tool/
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
