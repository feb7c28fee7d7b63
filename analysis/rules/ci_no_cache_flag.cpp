// A build of a build file that uses no cache.

#include <fmt/format.h>

#include "analysis/rules/build_facts.h"

namespace keyline::analysis {

namespace {

void check_build(const BuildFacts& facts, Findings& findings) {
  if (!facts.build.no_cache) return;
  // Builds that are made from nothing at night, so that images do not grow old, say so by their schedule.
  if (facts.file.text.find("schedule:") != std::string::npos || facts.file.path.find("nightly") != std::string::npos)
    return;
  Finding finding{.span = first_line_of(facts.file, *facts.build.no_cache)};
  finding.message = fmt::format("every step re-runs in every build: {} asks for no cache", facts.build.name);
  finding.fixes.push_back(
      {.title = "Leave it out, and re-run single stages with `no-cache-filter` where they must be fresh",
       .safety = Safety::sketch});
  findings.push_back(std::move(finding));
}

}  // namespace

extern const Rule ci_no_cache_flag;
const Rule ci_no_cache_flag{
    .id = "ci-no-cache-flag",
    .summary = "A build file asks for no cache",
    .severity = Severity::information,
    .why =
        R"(`--no-cache`, `no-cache: true` and `no_cache: true` re-run every RUN, COPY and ADD of all stages in every build, and
empty the cache mounts of those RUNs before. It is a fine way to look at one broken build, and is often left behind
after that. What must be fresh can be named: `--no-cache-filter=STAGE`, or an ARG that a step uses.)",
    .silent =
        R"(- The workflow runs by a schedule, or the file is called nightly: images made from nothing at times are on purpose.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
RUN apk add --no-cache curl
-- compose.yaml --
services:
  app:
    build:
      context: .
      no_cache: true
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis
