// Cache mounts of a build that runs on new machines only.

#include <fmt/format.h>
#include <algorithm>
#include <string>
#include <vector>

#include "analysis/rules/build_facts.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

// "lines 5 and 9": of the steps that the build needs and that have such a mount.
std::string lines_with_mounts(const BuildFacts& facts) {
  const LineIndex lines(*facts.tree->text);
  std::vector<std::string> numbers;
  for (const Step& step : facts.model->steps) {
    const bool mounted = std::any_of(step.mounts.begin(), step.mounts.end(),
                                     [](const Mount& mount) { return mount.type == Mount::Type::cache; });
    if (!mounted || !facts.model->stages[step.stage].reachable) continue;
    numbers.push_back(std::to_string(lines.line_at(step.span.begin) + 1));
  }
  return numbers.empty() ? std::string()
                         : fmt::format("line{} {}", numbers.size() == 1 ? "" : "s", list_words(numbers));
}

// The author's own machine, or one that stays, keeps the mounts of its builds.
bool all_are_thrown_away(const BuildFacts& facts) {
  for (const std::string& dockerfile : dockerfiles_of(facts.file, facts.build)) {
    for (const DockerfileBuild& each : builds_of(facts.project, dockerfile)) {
      if (!each.build->throwaway) return false;
    }
  }
  return true;
}

void check_build(const BuildFacts& facts, Findings& findings) {
  if (facts.model == nullptr || !facts.build.throwaway || facts.build.target || facts.build.no_cache) return;
  if (facts.file.text.find("cache-dance") != std::string::npos || !all_are_thrown_away(facts)) return;
  const std::string lines = lines_with_mounts(facts);
  if (lines.empty()) return;
  Finding finding{.span = first_line_of(facts.file, facts.build.span)};
  finding.message = fmt::format(
      "the cache mounts on {} of the Dockerfile are empty in every build: {} runs on a new machine each time, and "
      "caches "
      "that are exported hold no mounts",
      lines, facts.build.name);
  findings.push_back(std::move(finding));
}

}  // namespace

extern const Rule cache_mount_lost_in_ci;
const Rule cache_mount_lost_in_ci{
    .id = "cache-mount-lost-in-ci",
    .summary = "Cache mounts are empty in every build that is known",
    .severity = Severity::information,
    .why =
        R"(What a cache mount holds stays with the builder. It is in no layer, and in none of the caches that `cache-to` writes
(`gha`, `registry`, `local`). On a machine that is made anew for each job it is empty each time: the packages are fetched
again, as if the mount were not there. In CI the order of the instructions is what saves time, and an exported cache.
Mounts come along only with an action that carries them, such as buildkit-cache-dance, or with a builder that stays.)",
    .silent =
        R"(- Another build file of the project builds the same Dockerfile elsewhere: there the mounts keep what they hold.
- The job runs on machines of one's own, or its builder is a remote one.
- The workflow carries mounts along with buildkit-cache-dance.
- The build makes another stage than the last, or asks for no cache.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM golang:1.25
COPY . /src
RUN --mount=type=cache,target=/root/.cache/go-build cd /src && go build -o /app
-- .github/workflows/build.yml --
on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          cache-from: type=gha
          cache-to: type=gha,mode=max
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis
