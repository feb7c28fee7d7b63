// A cache mount that several builds may write to at once, for a tool that cannot stand it.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

// The flag's end, or the `sharing=shared` that it has.
bool lock(EditList& edits, const SyntaxTree& tree, const Mount& mount) {
  const std::string_view flag = slice(*tree.text, mount.span);
  if (flag.ends_with('"') || flag.ends_with('\'')) return false;
  const auto given =
      std::find_if(mount.keys.begin(), mount.keys.end(), [](const auto& key) { return key.first == "sharing"; });
  if (given == mount.keys.end()) return edits.add({{mount.span.end, mount.span.end}, ",sharing=locked"});
  return slice(*tree.text, given->second) == "sharing=shared" && edits.add({given->second, "sharing=locked"});
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    const std::vector<Mount>& mounts = context.model.steps[step].mounts;
    if (mounts.empty() || facts.installs(step).empty()) continue;
    std::vector<std::size_t> unsafe;
    std::vector<std::string> clashes;
    for (const MountUse& use : mount_uses(facts, step, facts.environment(step))) {
      if (use.directory->clash.empty() || mounts[use.mount].sharing != "shared" || mounts[use.mount].read_only)
        continue;
      add_unique(clashes, std::string(use.directory->clash));
      if (std::find(unsafe.begin(), unsafe.end(), use.mount) == unsafe.end()) unsafe.push_back(use.mount);
    }
    if (unsafe.empty()) continue;
    std::sort(unsafe.begin(), unsafe.end());
    Finding finding{.span = first_line(context.tree, mounts[unsafe.front()].span)};
    std::vector<std::string> targets;
    Fix fix{.title = "Add `sharing=locked`", .safety = Safety::safe};
    bool editable = true;
    for (const std::size_t each : unsafe) {
      add_unique(targets, mount_target(mounts[each]));
      if (each != unsafe.front())
        finding.related.push_back({first_line(context.tree, mounts[each].span), "and this one"});
      editable = editable && lock(fix.edits, context.tree, mounts[each]);
    }
    finding.message = fmt::format("builds that run at the same time disturb each other: {}, and they share {}",
                                  list_words(clashes), list_words(targets));
    if (editable) finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule cache_mount_unsafe_sharing;
const Rule cache_mount_unsafe_sharing{
    .id = "cache-mount-unsafe-sharing",
    .summary = "A cache mount is shared by tools that cannot work in it at once",
    .severity = Severity::warning,
    .why =
        R"(A cache mount is one directory of the builder. Without `sharing` every step with the same id gets it at once: two
builds, two platforms of one build, two stages that do not depend on each other. Most tools are made for that. apt is not:
it locks its directories, and the second one fails. Nor are Maven's repository and Gradle's home safe for several
containers. With `sharing=locked` the second step waits until the first one is done.)",
    .silent =
        R"(- The mount has `sharing=locked` or `sharing=private`.
- The tool's cache may be written to by several builds at once: npm, pip, uv, Go, Cargo and others.
- Where the tool keeps its cache at this step is not known, or the mount is elsewhere.)",
    .unproven =
        R"(Nothing: who may use the directory at which time does not change what a step makes. The step runs once more,
as its mounts are part of its cache key.)",
    .example = {.before = R"(-- Dockerfile --
FROM debian:bookworm
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt \
    --mount=type=cache,target=/var/lib/apt \
    apt-get update && apt-get install -y curl
)",
                .after = R"(FROM debian:bookworm
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y curl
)"},
    .check = check,
};

}  // namespace keyline::analysis
