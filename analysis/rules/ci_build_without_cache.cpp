// A build on machines that keep nothing, without a cache that it could come from.

#include <fmt/format.h>

#include "analysis/rules/build_facts.h"

namespace keyline::analysis {

namespace {

void check_build(const BuildFacts& facts, Findings& findings) {
  const Build& build = facts.build;
  const bool action = slice(facts.file.text, build.span).starts_with("docker/build-push-action@");
  if (!action || !build.throwaway || !build.cache_from.empty() || !build.cache_to.empty() || build.no_cache) return;
  Finding finding{.span = first_line_of(facts.file, build.span)};
  finding.message = fmt::format(
      "every step re-runs in every build: {} runs on a new machine each time, and names no cache", build.name);
  finding.fixes.push_back(
      {.title = "Add `cache-from: type=gha` and `cache-to: type=gha,mode=max` with a `scope` for this image",
       .safety = Safety::sketch});
  findings.push_back(std::move(finding));
}

}  // namespace

extern const Rule ci_build_without_cache;
const Rule ci_build_without_cache{
    .id = "ci-build-without-cache",
    .summary = "A build on a machine that is thrown away names no cache",
    .severity = Severity::information,
    .why =
        R"(BuildKit keeps its cache on the machine where it runs. The runners that GitHub hosts are made anew for each job, so a
build there finds nothing of the one before unless it is told where to look: `cache-from` and `cache-to` name a place
that outlives the machine (`gha`, a registry, a bucket).)",
    .silent = R"(- The job runs on machines of one's own, or by an expression that may name such.
- The step is not docker/build-push-action: other builders bring a cache of their own, and `docker build` in a script may
  pull an image that it builds on.
- The build asks for no cache.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
RUN apk add --no-cache curl
-- .github/workflows/build.yml --
on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis
