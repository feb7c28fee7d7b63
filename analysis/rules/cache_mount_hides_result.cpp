// Something that is needed later lies in a cache mount: it is in no layer, so whoever needs it finds nothing.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/cache_results.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

// The cache mount of the step that holds the path; null when there is none.
const Mount* mount_over(const Step& step, std::string_view path) {
  for (const Mount& mount : step.mounts) {
    const std::string target = mount_target(mount);
    if (mount.type == Mount::Type::cache && !target.empty() && is_within(path, target)) return &mount;
  }
  return nullptr;
}

// A command of which nobody can say here what it writes.
bool may_write_anything(const StepFacts& facts, StepId step, std::size_t command) {
  const ShellCommand& each = facts.commands(step)[command];
  if (facts.is_plain_command(step, command)) return false;
  if (const Install* install = facts.install_at(step, command)) return install->verb == Verb::build;
  const std::size_t program = facts.program(step, command);
  return program < each.words.size() && !lists("cargo rustup dotnet", program_name(each.words[program].text));
}

// Whether a step without the mount may have put something at `path`, which lies in it.
bool may_write(const StepFacts& facts, StepId step, std::string_view path, std::string_view target) {
  const Step& each = facts.model().steps[step];
  if (each.keyword == Keyword::copy || each.keyword == Keyword::add) {
    const std::string& destination = facts.destination(step);
    return destination.empty() || is_within(destination, target);
  }
  if (each.keyword != Keyword::run) return false;
  if (!is_plain_run(facts.context(), step) || !facts.instruction(step).script.complete) return true;
  const std::string_view source = facts.source(step);
  if (source.find(base_name(path)) != std::string_view::npos || source.find(target) != std::string_view::npos)
    return true;
  for (std::size_t i = 0; i < facts.commands(step).size(); ++i) {
    if (may_write_anything(facts, step, i)) return true;
  }
  return false;
}

struct Hidden {
  StepId step = none;  // that has the mount
  const Mount* mount = nullptr;
};

// The mount that keeps the path out of the stage's files; nothing when another step may have put it there.
Hidden hidden_in(const StepFacts& facts, StageId stage, const std::string& path) {
  const Model& model = facts.model();
  const StepId last = model.stages[stage].last_op;
  if (last == none) return {};
  std::vector<StepId> steps = chain_above(model, last);
  steps.insert(steps.begin(), last);
  Hidden hidden;
  for (const StepId each : steps) {
    const Mount* mount = mount_over(model.steps[each], path);
    if (mount != nullptr && hidden.mount == nullptr) hidden = {each, mount};
  }
  if (hidden.mount == nullptr) return {};
  const std::string target = mount_target(*hidden.mount);
  for (const StepId each : steps) {
    if (mount_over(model.steps[each], path) == nullptr && may_write(facts, each, path, target)) return {};
  }
  return hidden;
}

// COPY --from takes a file out of a directory that was a mount when the file was made.
void check_copies(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (const StepId reader : facts.stage_readers()) {
    const Step& step = context.model.steps[reader];
    if (step.onbuild) continue;
    for (const Origin& origin : step.origins) {
      if (origin.kind != Origin::Kind::stage || origin.stage == none) continue;
      for (std::size_t i = 0; i < origin.paths.size(); ++i) {
        if (!origin.paths[i].known) continue;
        const std::string path = resolve_path("/", origin.paths[i].text);
        const Hidden hidden = hidden_in(facts, origin.stage, path);
        if (hidden.mount == nullptr) continue;
        Finding finding{.span = first_line(context.tree, i < origin.spans.size() ? origin.spans[i] : step.span)};
        finding.message =
            fmt::format("nothing is found at {}: it lies in the cache mount at {}, and what lies there is in no layer",
                        path, mount_target(*hidden.mount));
        finding.related.push_back({first_line(context.tree, hidden.mount->span), "the mount"});
        finding.fixes.push_back(
            {.title = fmt::format("Copy {} out of the mount in the RUN that makes it", base_name(path)),
             .safety = Safety::sketch,
             .unproven = fmt::format("for example `&& cp {} /usr/local/bin/`, and take it from there", path)});
        findings.push_back(std::move(finding));
      }
    }
  }
}

// A later command of the tool takes packages from a folder that was a mount when they were fetched.
void check_stores(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  for (StepId reader = 0; reader < model.steps.size(); ++reader) {
    for (const Install& install : facts.installs(reader)) {
      if (install.manager().stores.empty() || !install.option("--no-restore --no-build")) continue;
      const RunEnvironment& environment = facts.environment(reader);
      const std::string path = resolve(install.manager().stores.front(), install, environment).path;
      const std::vector<Mount>& own = model.steps[reader].mounts;
      if (path.empty() || !environment.image_described) break;
      if (std::any_of(own.begin(), own.end(), [&](const Mount& each) { return covers(each, path); })) break;
      // The nearest step above that fetches packages.
      const std::vector<StepId> above = chain_above(model, reader);
      const auto fetches = [&](StepId each) {
        const std::vector<Install>& found = facts.installs(each);
        return std::any_of(found.begin(), found.end(), [&](const Install& other) {
          return other.tool == install.tool && !other.option("--no-restore --no-build");
        });
      };
      const auto source = std::find_if(above.begin(), above.end(), fetches);
      if (source == above.end()) break;
      const Mount* mount = mount_over(model.steps[*source], path);
      const auto here = [&](const Install& other) {
        return &other != &install && other.command < install.command && !other.option("--no-restore --no-build");
      };
      if (mount == nullptr || std::any_of(facts.installs(reader).begin(), facts.installs(reader).end(), here)) break;
      Finding finding{.span = first_line(context.tree, context.absolute(reader, install.span))};
      finding.message =
          fmt::format("`{}` finds no packages: they were left in the cache mount at {}, which this step does not have",
                      install.title, mount_target(*mount));
      finding.related.push_back({first_line(context.tree, mount->span), "the mount"});
      Fix fix{
          .title = "Mount the same cache here",
          .safety = Safety::review,
          .unproven = "that the packages are still there when only this step re-runs: a builder may empty the mount"};
      RunEditor editor(context.tree, model.steps[reader].item, facts.commands(reader));
      editor.add_flag(std::string(slice(*context.tree.text, mount->span)));
      if (editor.finish(fix.edits)) finding.fixes.push_back(std::move(fix));
      findings.push_back(std::move(finding));
      break;
    }
  }
}

// A tool that builds nothing fetches for whatever the image runs: browsers and models are no cache.
void check_results(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId id = 0; id < context.model.steps.size(); ++id) {
    const Step& step = context.model.steps[id];
    for (const Install& install : facts.installs(id)) {
      const PackageManager& manager = install.manager();
      if (manager.stores.empty() || !manager.stores.front().checked || !manager.build.empty()) continue;
      if (install.option("--local-dir --dry-run") || !in_target_image(context.model, step.stage)) continue;
      const RunEnvironment& environment = facts.environment(id);
      const std::string path = resolve(manager.stores.front(), install, environment).path;
      const Mount* mount = path.empty() || !environment.image_described ? nullptr : mount_over(step, path);
      if (mount == nullptr) continue;
      const auto names_it = [&](StepId each) {
        return facts.source(each).find(mount_target(*mount)) != std::string_view::npos;
      };
      const std::span<const StepId> below = facts.standing_on(id);
      const std::string_view source = facts.source(id);
      const bool copies = source.find("cp ") != std::string_view::npos || source.find("mv ") != std::string_view::npos;
      if (copies || std::any_of(below.begin(), below.end(), names_it)) continue;
      Finding finding{.span = first_line(context.tree, context.absolute(id, install.span))};
      finding.message = fmt::format("{} are not in the image: they were left in the cache mount at {}",
                                    manager.stores.front().what, mount_target(*mount));
      finding.related.push_back({first_line(context.tree, mount->span), "the mount"});
      finding.fixes.push_back({.title = "Leave the mount out, and keep the step above the sources",
                               .safety = Safety::sketch,
                               .unproven = "or copy what is needed to another place in the same RUN"});
      findings.push_back(std::move(finding));
      break;
    }
  }
}

void check(const StepFacts& facts, Findings& findings) {
  check_copies(facts, findings);
  check_results(facts, findings);
  check_stores(facts, findings);
}

}  // namespace

extern const Rule cache_mount_hides_result;
const Rule cache_mount_hides_result{
    .id = "cache-mount-hides-result",
    .summary = "A cache mount holds what a later step needs",
    .severity = Severity::error,
    .why =
        R"(What a RUN writes below a cache mount stays in the mount and never reaches a layer. A program built in a mounted `target`
directory is not there for `COPY --from`, and packages that `dotnet restore` put into a mounted folder are not there for
`dotnet publish --no-restore`: the build fails, or fails only on the next machine. Browsers that `playwright install` fetches
into a mount, and models, are missing when the image runs. What is needed has to be copied out of the
mount in the same RUN, or the step that needs it has to have the same mount.)",
    .silent =
        R"(- Another step may have put something there: it copies into the directory, names it, or runs commands that may write
  anything.
- The result is copied out in the RUN and taken from that place.
- The packages folder is mounted in the step that needs it, or the command fetches packages itself.)",
    .unproven =
        R"(That the mount still holds the packages when only the later step re-runs; copying a result out of a mount is for a human to
write.)",
    .example = {.before = R"(-- app.csproj --
<Project Sdk="Microsoft.NET.Sdk"/>
-- Dockerfile --
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY app.csproj .
RUN --mount=type=cache,target=/root/.nuget/packages dotnet restore
COPY . .
RUN dotnet publish --no-restore -o /app
)",
                .after = R"(FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY app.csproj .
RUN --mount=type=cache,target=/root/.nuget/packages dotnet restore
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish --no-restore -o /app
)"},
    .check = check,
};

}  // namespace keyline::analysis
