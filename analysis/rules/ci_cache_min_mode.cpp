// A cache that is exported without the stages that the image is made from.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/build_facts.h"

namespace keyline::analysis {

namespace {

// Stages whose steps are no layers of the image: with mode=min nothing of them is kept.
bool has_other_stages(const Model& model) {
  return std::count_if(model.stages.begin(), model.stages.end(),
                       [](const Stage& stage) { return !stage.steps.empty(); }) > 1;
}

void check_build(const BuildFacts& facts, Findings& findings) {
  if (facts.model == nullptr || !has_other_stages(*facts.model)) return;
  for (const CacheBackend& to : facts.build.cache_to) {
    if (!to.understood || to.type == "inline" || to.option("mode") == "max") continue;
    Finding finding{.span = first_line_of(facts.file, to.span)};
    finding.message = fmt::format(
        "the steps of build stages re-run in every build: without `mode=max` the cache of {} keeps only what the image "
        "itself holds",
        facts.build.name);
    finding.fixes.push_back({.title = "Add `mode=max`", .safety = Safety::sketch});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule ci_cache_min_mode;
const Rule ci_cache_min_mode{
    .id = "ci-cache-min-mode",
    .summary = "An exported cache leaves out the build stages",
    .severity = Severity::information,
    .why =
        R"(`cache-to` exports with `mode=min` unless it says otherwise: the layers of the final image, and no result of the stages
that it copies from. Where compilers and package managers run in such a stage, the next machine imports the cache, finds
nothing for those steps, and runs them all. `mode=max` exports the results of all steps.)",
    .silent = R"(- The Dockerfile has one stage with steps, or is not known.
- The type is `inline`, which can do no other.
- A variable is part of the value.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM golang:1.23 AS build
COPY . /src
RUN cd /src && go build -o /app .
FROM alpine:3.22
COPY --from=build /app /app
-- docker-bake.hcl --
target "app" {
  cache-from = ["type=gha"]
  cache-to   = ["type=gha"]
}
-- go.mod --
module example
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis
