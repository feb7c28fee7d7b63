// Archives of apt that a cache mount was to keep, deleted after each installation by the hook of Debian's images.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/cache_results.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view archives = "/var/cache/apt/archives";

// The mount in which this command's archives would stay; null when there is none, or when its options keep them.
const Mount* archive_mount(const StepFacts& facts, StepId step, const Install& install) {
  if (install.tool != Tool::apt || install.verb != Verb::add) return nullptr;
  for (const ShellWord& word : install.words) {
    if (word.text.find("Dir::Cache") != std::string::npos) return nullptr;
  }
  const Mount* found = nullptr;
  for (const Mount& mount : facts.model().steps[step].mounts) {
    const std::string target = mount_target(mount);
    if (target.empty() || !is_within(archives, target)) continue;
    if (mount.type != Mount::Type::cache || mount.read_only) return nullptr;
    if (found == nullptr || mount_target(*found).size() < target.size()) found = &mount;
  }
  return found;
}

// Something of this file may take the hook's place: settings of apt that it copies, writes or names.
bool configures_apt(const StepFacts& facts, StepId step) {
  const auto brings_settings = [&](StepId each) {
    const std::string& destination = facts.destination(each);
    return !destination.empty() && destination != "/" &&
           (is_within(destination, "/etc/apt") || is_within("/etc/apt", destination));
  };
  const auto names_hook = [&](StepId each) {
    const std::string_view source = facts.source(each);
    return source.find("Post-Invoke") != std::string_view::npos || source.find("APT_CONFIG") != std::string_view::npos;
  };
  const std::vector<StepId> above = chain_above(facts.model(), step);
  return names_hook(step) || std::any_of(above.begin(), above.end(),
                                         [&](StepId each) { return brings_settings(each) || names_hook(each); });
}

Fix make_fix(const StepFacts& facts, StepId step) {
  Fix fix{.title = "Remove docker-clean first, so that the mount keeps the archives", .safety = Safety::review};
  const Model& model = facts.model();
  const StageId stage = model.steps[step].stage;
  if (!may_be_image(model, stage) && !is_copied_out(facts, stage, docker_clean, CacheUse::later)) {
    fix.safety = Safety::safe;
  } else {
    fix.unproven = "removing docker-clean changes the image: an apt-get in it will keep the archives it downloads";
  }
  RunEditor editor(facts.context().tree, model.steps[step].item, facts.commands(step));
  editor.run_first(keep_archives_text(facts, step));
  if (!editor.finish(fix.edits)) {
    fix.edits = {};
    fix.safety = Safety::sketch;
    fix.unproven = "the exec form has no room for what the command needs; write it as text";
  }
  return fix;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  std::vector<StepId> found;
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    if (!facts.uses(step, Tool::apt) || handles_docker_clean(facts, step)) continue;
    // What the first RUN removes is gone for those that stand on it.
    if (std::any_of(found.begin(), found.end(), [&](StepId each) { return facts.stands_on(step, each); })) continue;
    for (const Install& install : facts.installs(step)) {
      const Mount* mount = archive_mount(facts, step, install);
      if (mount == nullptr) continue;
      const BaseImage& image = facts.environment(step).image;
      if (image.distribution != Distribution::debian || image.windows || configures_apt(facts, step)) break;
      found.push_back(step);
      Finding finding{.span = first_line(context.tree, mount->span)};
      finding.message =
          fmt::format("`{}` downloads every package again: `{}` deletes the archives that this mount is to keep",
                      install.title, docker_clean);
      finding.related.push_back(
          {first_line(context.tree, context.absolute(step, install.span)), "the archives are fetched here"});
      finding.fixes.push_back(make_fix(facts, step));
      findings.push_back(std::move(finding));
      break;
    }
  }
}

}  // namespace

extern const Rule docker_clean_empties_mount;
const Rule docker_clean_empties_mount{
    .id = "docker-clean-empties-mount",
    .summary = "Debian's docker-clean deletes the archives that a cache mount is to keep",
    .severity = Severity::warning,
    .why =
        R"(The images of Debian and Ubuntu, and those made from them, have a file `/etc/apt/apt.conf.d/docker-clean`. It makes apt
delete each archive from `/var/cache/apt/archives` once it is installed, so that it does not end up in a layer. In a cache
mount it could not anyway, but the hook empties the mount just the same: when the step re-runs, every package is
downloaded again, and only the package lists were kept.)",
    .silent =
        R"(- The file is removed or rewritten in the RUN or in a step above it.
- The step above it brings settings for apt, or the command names a hook or another archive directory.
- The base image is none that is known to come from Debian or Ubuntu.
- No mount covers `/var/cache/apt/archives`.)",
    .unproven =
        R"(Where the stage may become an image: that nobody relies on `docker-clean` there. An apt-get that runs in a container of that
image keeps its archives. In stages from which other stages only copy, the fix is safe.)",
    .example = {.before = R"(-- main.c --
int main(void) { return 0; }
-- Dockerfile --
FROM debian:bookworm AS build
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y gcc
COPY main.c .
RUN gcc -static -o /app main.c
FROM scratch
COPY --from=build /app /app
)",
                .after = R"(FROM debian:bookworm AS build
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean; \
    apt-get update && apt-get install -y gcc
COPY main.c .
RUN gcc -static -o /app main.c
FROM scratch
COPY --from=build /app /app
)"},
    .check = check,
};

}  // namespace keyline::analysis
