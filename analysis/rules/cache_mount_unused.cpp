// A cache mount in the place where a tool has its cache for another user or on another image, so that it stays empty.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/cache_results.h"
#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

Fix make_fix(const StepFacts& facts, StepId step, const MountUse& use) {
  const RuleContext& context = facts.context();
  const Step& run = context.model.steps[step];
  const Mount& mount = run.mounts[use.mount];
  Fix fix{.title = fmt::format("Mount {} instead", use.path), .safety = Safety::review};
  const auto target = std::find_if(mount.keys.rbegin(), mount.keys.rend(), [](const auto& key) {
    return key.first == "target" || key.first == "dst" || key.first == "destination";
  });
  const bool exact = target != mount.keys.rend() && slice(*context.tree.text, target->second) ==
                                                        fmt::format("{}={}", target->first, mount.target.text);
  const bool result = is_copied_out(facts, run.stage, use.path, use.directory->use);
  if (result || !exact || !fix.edits.add({target->second, fmt::format("target={}", use.path)})) {
    fix.edits = {};
    fix.safety = Safety::sketch;
    fix.unproven = result ? "another stage copies files from there" : "the flag cannot be edited safely";
    return fix;
  }
  fix.unproven = fmt::format("that no later step and nobody in the image needs what is in {} now", use.path);
  return fix;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    const Step& run = context.model.steps[step];
    if (run.mounts.empty() || facts.installs(step).empty()) continue;
    for (const MountUse& use : misplaced_mounts(facts, step, facts.environment(step))) {
      Finding finding{.span = first_line(context.tree, run.mounts[use.mount].span)};
      finding.message =
          fmt::format("the cache mount at {} stays empty: here `{}` keeps {} in {}",
                      mount_target(run.mounts[use.mount]), use.install->title, use.directory->what, use.path);
      finding.fixes.push_back(make_fix(facts, step, use));
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

extern const Rule cache_mount_unused;
const Rule cache_mount_unused{
    .id = "cache-mount-unused",
    .summary = "A cache mount is not where the tool keeps its cache",
    .severity = Severity::warning,
    .why =
        R"(Where a tool keeps its cache depends on options, variables, the base image and the user. The official `rust` image sets
`CARGO_HOME=/usr/local/cargo`, so a mount at `/root/.cargo/registry` stays empty there; so does one below `/root` when the
step runs as another user, or one in the default place when a variable has moved the cache. The mount then costs nothing
and saves nothing: each re-run downloads everything again, into a layer.)",
    .silent =
        R"(- Where the tool looks is not known: an image that is not listed, a variable without a known value, a settings file that may
  move the cache.
- Some mount of the step covers the place, or another tool of the step uses the mount.
- The mount is in no place where this tool would have its cache elsewhere: it may be there for something else.)",
    .unproven =
        R"(That nothing takes files from the directory later: once it is a mount it is empty in the image and in later steps.)",
    .example = {.before = R"(-- Dockerfile --
FROM rust:1.83
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cargo/registry cargo build --release
)",
                .after = R"(FROM rust:1.83
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry cargo build --release
)"},
    .check = check,
};

}  // namespace keyline::analysis
