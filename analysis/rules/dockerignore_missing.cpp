// A source that takes in the whole context though no .dockerignore keeps out what changes by itself.

#include <fmt/format.h>

#include "analysis/rules/context_sources.h"

namespace keyline::analysis {

namespace {

std::string cause(const std::string& paths, const std::string& ignore_file) {
  return fmt::format("no {} keeps {} out", ignore_file, paths);
}

void check(const StepFacts& facts, Findings& findings) {
  if (has_dockerignore(facts.context().context)) return;
  report_brought_paths(facts, {.cause = cause}, findings);
}

}  // namespace

extern const Rule dockerignore_missing;
const Rule dockerignore_missing{
    .id = "dockerignore-missing",
    .summary = "No .dockerignore keeps out of the build what changes by itself",
    .severity = Severity::warning,
    .why =
        R"(A COPY of a directory has every file below it in its cache key. `.git` differs after every commit, `node_modules` after
every local install, caches after every run of the tests: then the COPY and all steps that stand on it re-run although no
source was edited. The files also land in the image, and those of a local install take the place of the installed ones.)",
    .silent =
        R"(- There is a .dockerignore, even an empty one: `volatile-path-in-context` looks after what it leaves in.
- The context is not known, or nothing in it is known to change by itself.
- A COPY, ADD or bind mount names the path itself or something below it.
- No step of the Dockerfile makes the path again: where nothing installs, `node_modules` of the context is wanted.
- For `.git`: something asks git for a version (`setuptools_scm`, `hatch-vcs` and the like), or a step below builds the
  sources with anything that may (`make`, `cargo build`, `npm run build`).)",
    .unproven =
        R"(That nothing in the finished image reads the paths, where git records them: a clean checkout has none of those that git
ignores, so without them the image is the one of a clean checkout. And where another Dockerfile names one of them.)",
    .example = {.before = R"(-- .git/HEAD --
ref: refs/heads/main
-- .git/index --
-- app.py --
print("hello")
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
)",
                .after = R"(-- .dockerignore --
.git
)"},
    .check = check,
};

}  // namespace keyline::analysis
