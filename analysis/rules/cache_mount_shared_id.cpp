// One cache id for contents that have nothing to do with each other.

#include <fmt/format.h>
#include <algorithm>
#include <optional>

#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

// A cache mount, with what is known of its content.
struct Place {
  StepId step = none;
  const Mount* mount = nullptr;
  const CacheDirectory* directory = nullptr;
  std::string release = {};  // of the distribution whose packages are in it: "debian bookworm"
};

std::string release_of(const BaseImage& image) {
  if (image.name != "debian" && image.name != "ubuntu") return {};
  const std::string_view tag = image.tag;
  if (tag.empty() || tag == "latest") return {};
  std::string_view release = tag.substr(0, tag.find('-'));
  if (image.name == "debian") release = release.substr(0, release.find('.'));  // 12.9 takes its packages from 12
  return fmt::format("{} {}", image.name, release);
}

std::vector<Place> cache_places(const StepFacts& facts) {
  std::vector<Place> places;
  const std::vector<Step>& steps = facts.model().steps;
  for (StepId step = 0; step < steps.size(); ++step) {
    if (steps[step].mounts.empty() || !is_plain_run(facts.context(), step)) continue;
    const RunEnvironment& environment = facts.environment(step);
    const std::vector<MountUse> uses = mount_uses(facts, step, environment);
    for (std::size_t i = 0; i < steps[step].mounts.size(); ++i) {
      const Mount& mount = steps[step].mounts[i];
      if (mount.type != Mount::Type::cache || !mount.id.known || mount_target(mount).empty()) continue;
      Place place{.step = step, .mount = &mount};
      std::size_t held = 0;
      for (const MountUse& use : uses) {
        if (use.mount != i) continue;
        held += place.directory != use.directory ? 1 : 0;
        place.directory = use.directory;
        if (use.install->tool == Tool::apt) place.release = release_of(environment.image);
      }
      // A mount around several caches has room for all of them.
      if (held > 1) place.directory = nullptr;
      places.push_back(std::move(place));
    }
  }
  return places;
}

// Why two mounts of one id should not have it in common; "" when they may.
std::string conflict(const Place& first, const Place& second) {
  const std::string a = mount_target(*first.mount);
  const std::string b = mount_target(*second.mount);
  if (a != b && first.directory != nullptr && second.directory != nullptr && first.directory != second.directory)
    return fmt::format("{} and {} get mixed in one directory", first.directory->what, second.directory->what);
  if (!first.release.empty() && !second.release.empty() && first.release != second.release)
    return fmt::format("apt's files of {} and {} push each other out", first.release, second.release);
  return {};
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const std::vector<Place> places = cache_places(facts);
  for (std::size_t i = 1; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (places[i].mount->id.text != places[j].mount->id.text) continue;
      const std::string reason = conflict(places[j], places[i]);
      if (reason.empty()) continue;
      Finding finding{.span = first_line(context.tree, places[i].mount->span)};
      finding.message = fmt::format("{}: both mounts have the id `{}`", reason, places[i].mount->id.text);
      finding.related.push_back({first_line(context.tree, places[j].mount->span), "the other mount"});
      finding.fixes.push_back({.title = "Give the mount an `id` of its own",
                               .safety = Safety::sketch,
                               .unproven = "`id=` can be any name; what has the same name is the same directory"});
      findings.push_back(std::move(finding));
      break;
    }
  }
}

}  // namespace

extern const Rule cache_mount_shared_id;
const Rule cache_mount_shared_id{
    .id = "cache-mount-shared-id",
    .summary = "Two cache mounts that hold different things have one id",
    .severity = Severity::information,
    .why =
        R"(The id of a cache mount says which directory of the builder it is; without `id=` it is the target path. Mounts with one id
are one directory, in all stages and all projects of the builder. Downloads of one tool may well be shared like that. Caches
of different tools or of different releases of a distribution may not: `apt-get update` deletes the lists that are not of its
own release, so that both stages download theirs in every build.)",
    .silent =
        R"(- The mounts hold the same cache, wherever they are mounted.
- What lies in them is not known, or which release of Debian or Ubuntu the stage stands on.)",
    .unproven = R"(Which mounts belong together: the id is for a human to choose.)",
    .example = {.before = R"(-- Dockerfile --
FROM python:3.12
RUN --mount=type=cache,id=packages,target=/root/.cache/pip pip install uv
RUN --mount=type=cache,id=packages,target=/root/.cache/uv uv pip install --system flask
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
