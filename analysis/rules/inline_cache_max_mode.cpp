// mode=max asked of a cache that cannot have it.

#include <fmt/format.h>

#include "analysis/rules/build_facts.h"

namespace keyline::analysis {

namespace {

void check_build(const BuildFacts& facts, Findings& findings) {
  for (const CacheBackend& to : facts.build.cache_to) {
    if (to.type != "inline" || to.option("mode") != "max") continue;
    Finding finding{.span = first_line_of(facts.file, to.span)};
    finding.message = fmt::format(
        "`mode=max` has no effect: an inline cache keeps only the layers of the image, so build stages of {} re-run",
        facts.build.name);
    finding.fixes.push_back({.title = "Export to `type=registry` or `type=gha` instead", .safety = Safety::sketch});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule inline_cache_max_mode;
const Rule inline_cache_max_mode{
    .id = "inline-cache-max-mode",
    .summary = "An inline cache is asked for more than it can hold",
    .severity = Severity::information,
    .why =
        R"(`type=inline` writes the cache into the image itself, which has only its own layers: it supports `mode=min` alone. The
results of build stages are not exported, whatever `mode` says; a cache of its own in a registry can hold them.)",
    .silent = R"(- The type is another one, or no mode is asked for.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
RUN apk add --no-cache curl
-- compose.yaml --
services:
  app:
    build:
      context: .
      cache_from: [example.org/app]
      cache_to: ["type=inline,mode=max"]
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis
