// A .dockerignore that leaves in what changes by itself.

#include <fmt/format.h>

#include "analysis/rules/context_sources.h"

namespace keyline::analysis {

namespace {

std::string cause(const std::string& paths, const std::string& ignore_file) {
  return fmt::format("{} lets {} in", ignore_file, paths);
}

void check(const StepFacts& facts, Findings& findings) {
  if (!has_dockerignore(facts.context().context)) return;
  report_brought_paths(facts, {.cause = cause}, findings);
}

}  // namespace

extern const Rule volatile_path_in_context;
const Rule volatile_path_in_context{
    .id = "volatile-path-in-context",
    .summary = "The .dockerignore lets in what changes by itself",
    .severity = Severity::warning,
    .why =
        R"(A COPY of a directory has every file below it in its cache key. Version control, local installs, caches and editors write
files there all the time; each such file that .dockerignore does not hide re-runs the COPY and what stands on it, although
no source was edited. Patterns are anchored at the top of the context: `node_modules` does not hide `web/node_modules`,
`**/node_modules` does.)",
    .silent = R"(- There is no .dockerignore: `dockerignore-missing` says so.
- The context is not known.
- A COPY, ADD or bind mount names the path itself or something below it, or leaves it out with `--exclude`.
- No step of the Dockerfile makes the path again: where nothing installs, `node_modules` of the context is wanted.
- For `.git`: something asks git for a version (`setuptools_scm`, `hatch-vcs` and the like), or a step below builds the
  sources with anything that may (`make`, `cargo build`, `npm run build`).)",
    .unproven =
        R"(That nothing in the finished image reads the paths, where git records them: a clean checkout has none of those that git
ignores, so without them the image is the one of a clean checkout. And where another Dockerfile names one of them.)",
    .example = {.before = R"(-- .dockerignore --
*.md
-- .git/HEAD --
ref: refs/heads/main
-- app.py --
print("hello")
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
)",
                .after = R"(-- .dockerignore --
*.md
.git
)"},
    .check = check,
};

}  // namespace keyline::analysis
