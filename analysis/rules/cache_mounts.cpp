#include "analysis/rules/cache_mounts.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <span>

#include "analysis/knowledge/manifests.h"
#include "analysis/knowledge/paths.h"
#include "analysis/rules/cache_results.h"
#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

// Small one-off downloads of tools that install the rest.
constexpr std::string_view installers =
    "pip setuptools wheel virtualenv pipenv pipx poetry uv npm pnpm yarn corepack bundler pdm mamba conda hatch tox "
    "nox";

bool installs_installers(const Install& install) {
  if (install.verb != Verb::add || install.operands.empty()) return false;
  return std::all_of(install.operands.begin(), install.operands.end(), [](const ShellWord& word) {
    std::string_view name = word.text;
    name = name.substr(0, name.find_first_of("=<>~![", 1));
    name = name.substr(0, name.find('@', 1));
    return lists(installers, name);
  });
}

// Yarn 2 and later: with Plug'n'Play the app runs from the cache, and before version 4 it lies in the project.
bool has_usable_berry_cache(const RuleContext& context) {
  const auto settings_text = context.context.text(".yarnrc.yml");
  const auto package_text = context.context.text("package.json");
  if (!settings_text || !package_text) return false;
  const YarnSettings settings = read_yarn_settings(*settings_text);
  if (settings.cache_folder || (settings.node_linker != "node-modules" && settings.node_linker != "pnpm")) return false;
  if (!settings.global_cache.empty()) return settings.global_cache == "true";
  const std::string manager = read_package_json(*package_text).package_manager;
  int version = 0;
  if (!manager.starts_with("yarn@")) return false;
  const auto read = std::from_chars(manager.data() + 5, manager.data() + manager.size(), version);
  return read.ec == std::errc() && version >= 4;
}

// Yarn 1 unless something says otherwise; what says so is not visible when the context is not known.
bool may_be_berry(const StepFacts& facts, StepId step) {
  const RuleContext& context = facts.context();
  if (context.context.complete()) {
    if (!facts.study(entries_named, ".yarnrc.yml").empty()) return true;
    const auto text = context.context.text("package.json");
    const std::string manager = text ? read_package_json(*text).package_manager : std::string();
    return manager.starts_with("yarn@") && !manager.starts_with("yarn@1.");
  }
  const auto mentions = [&](StepId each) {
    const std::string& line = context.instruction(each).line.text;
    return line.find(".yarnrc.yml") != std::string::npos || line.find(".yarn") != std::string::npos ||
           line.find("corepack") != std::string::npos || line.find("yarn set version") != std::string::npos;
  };
  const std::vector<StepId> above = chain_above(context.model, step);
  return mentions(step) || std::any_of(above.begin(), above.end(), mentions);
}

bool wants_cache(const StepFacts& facts, StepId step, const Install& install) {
  if (install.verb == Verb::update || install.offline || installs_installers(install)) return false;
  switch (install.tool) {
    case Tool::apk:
      // "--no-cache" is the idiom of Alpine, and what a cache would save there is little.
      return !install.option("--no-cache");
    case Tool::yarn_berry:
      return has_usable_berry_cache(facts.context());
    case Tool::yarn:
      return !may_be_berry(facts, step);
    case Tool::go:
      return install.title != "go list" && install.title != "go tool";
    default:
      if (install.verb != Verb::build) return true;
      if (!install.manager().build_fetches) return false;
      if (!install.manager().build_reuses_install) return true;
      // Packages that an install above has fetched are there.
      const std::vector<StepId> above = chain_above(facts.model(), step);
      return std::none_of(above.begin(), above.end(), [&](StepId each) { return facts.uses(each, install.tool); });
  }
}

class Planner {
 public:
  Planner(const StepFacts& facts, StepId step, std::vector<const Install*> installs, const RunEnvironment& environment)
      : facts_(facts),
        context_(facts.context()),
        model_(facts.model()),
        step_(facts.model().steps[step]),
        id_(step),
        environment_(environment),
        plan_{.step = step, .tool = installs.front()->tool},
        manager_(installs.front()->manager()) {
    plan_.installs = std::move(installs);
  }

  // No mounts in the plan: nothing is missing, or nothing may be mounted.
  CachePlan plan() && {
    for (const Mount& mount : step_.mounts) {
      if (meant_for(mount, manager_)) return std::move(plan_);
    }
    const bool builds = std::any_of(plan_.installs.begin(), plan_.installs.end(),
                                    [](const Install* each) { return each->verb == Verb::build; });
    for (const CacheDirectory& directory : manager_.caches) {
      if (directory.builds_only && !builds) continue;
      if (!add(directory)) {
        plan_.mounts.clear();
        return std::move(plan_);
      }
    }
    add_doubts();
    return std::move(plan_);
  }

 private:
  bool add(const CacheDirectory& directory) {
    ResolvedDirectory resolved = resolve(directory, *plan_.installs.front(), environment_);
    for (const Install* install : std::span(plan_.installs).subspan(1)) {
      if (resolve(directory, *install, environment_).path != resolved.path) {
        plan_.obstacle = "its commands keep their caches in different places";
      }
    }
    if (resolved.path == "/dev/null") return false;  // switched off on purpose
    const bool clash = directory.use == CacheUse::once && is_within(resolved.path, "/tmp") && empties_temporary_files();
    if (resolved.path.empty() || clash) {
      const bool has_mounts = std::any_of(step_.mounts.begin(), step_.mounts.end(),
                                          [](const Mount& mount) { return mount.type == Mount::Type::cache; });
      // One of them may be it; and for the system's packages a directory is not worth guessing.
      if (has_mounts || manager_.system) return false;
      if (directory.variable.empty() || plan_.installs.front()->other_user) {
        plan_.obstacle = fmt::format("where {} lies is not known: {}", directory.what, resolved.reason);
      } else {
        plan_.variables.push_back(fmt::format("{}={}", directory.variable, directory.place));
        plan_.doubts.push_back(fmt::format("{} moves to {}", directory.what, directory.place));
      }
      resolved.path = directory.place;
    } else if (!directory.checked) {
      plan_.doubts.push_back(fmt::format("that {} lies at {} in this image", directory.what, resolved.path));
    }
    if (std::any_of(step_.mounts.begin(), step_.mounts.end(),
                    [&](const Mount& mount) { return covers(mount, resolved.path); })) {
      return false;
    }
    if (is_result(directory, resolved.path)) return false;
    if (manager_.tool == Tool::apt && resolved.path == "/var/lib/apt" && keeps_package_marks())
      resolved.path += "/lists";
    const Owner owner = mount_owner(environment_);
    if (!owner.known && !manager_.system) {
      plan_.obstacle = fmt::format("the numeric id of user `{}` is not known, and the mount would belong to root",
                                   environment_.user);
    }
    const std::string home = home_directory(environment_);
    if (!manager_.system && !owner.uid.empty() && directory_of(resolved.path) != home) {
      plan_.doubts.push_back(
          fmt::format("{} is created for the mount and belongs to root in the image", directory_of(resolved.path)));
    }
    if (!plan_.obstacle.empty()) resolved.path.clear();
    plan_.mounts.push_back({resolved.path, std::string(directory.sharing), manager_.system ? Owner{} : owner});
    return true;
  }

  bool is_result(const CacheDirectory& directory, const std::string& path) const {
    if (is_copied_out(facts_, step_.stage, path, directory.use)) return true;
    // A file brought to that place would be hidden from the commands that have the mount.
    const std::span<const StepId> below = facts_.standing_on(id_);
    const auto lands_there = [&](StepId step) {
      return !facts_.destination(step).empty() && is_within(facts_.destination(step), path);
    };
    if (std::any_of(below.begin(), below.end(), lands_there)) return true;
    for (StepId above = step_.parent; above != none; above = model_.steps[above].parent) {
      if (lands_there(above)) return true;
    }
    bool consumed = false;
    for (const StepId later : below) {
      if (!facts_.uses(later, manager_.tool)) continue;
      for (const Install& install : facts_.installs(later)) {
        if (install.tool != manager_.tool) continue;
        consumed = consumed || install.verb == Verb::build;
        if (install.offline && directory.use == CacheUse::later) return true;
      }
      // There the author mounts something, and leaves this to the layers.
      const std::vector<Mount>& mounts = model_.steps[later].mounts;
      const bool other_mounts =
          std::any_of(mounts.begin(), mounts.end(), [&](const Mount& mount) { return meant_for(mount, manager_); });
      const bool mounted =
          std::any_of(mounts.begin(), mounts.end(), [&](const Mount& mount) { return covers(mount, path); });
      if (directory.use == CacheUse::later && other_mounts && !mounted) return true;
    }
    if (directory.use == CacheUse::once || !in_target_image(model_, step_.stage)) return false;
    const bool builds = consumed || std::any_of(plan_.installs.begin(), plan_.installs.end(),
                                                [](const Install* each) { return each->verb != Verb::install; });
    return !builds || runs_tool_later(context_, step_.stage, manager_);
  }

  bool empties_temporary_files() const {
    for (const ShellCommand& command : facts_.commands(id_)) {
      for (const ShellWord& word : command.words) {
        if (word.text.starts_with("/tmp/*") || word.text == "/tmp" || word.text == "/tmp/") return true;
      }
    }
    return false;
  }

  // apt keeps in /var/lib/apt which packages were installed automatically: whoever asks for that must not lose it.
  bool keeps_package_marks() const {
    const std::vector<StepId>& steps = facts_.package_mark_steps();
    return std::any_of(steps.begin(), steps.end(),
                       [&](StepId each) { return each == id_ || facts_.stands_on(each, id_); });
  }

  void add_doubts() {
    if (!environment_.image_described) {
      const std::string image =
          environment_.image_reference.empty() ? "base image" : fmt::format("image `{}`", environment_.image_reference);
      plan_.doubts.push_back(fmt::format("the user and the variables of the {}, which may move the cache", image));
    }
    const bool later = std::any_of(manager_.caches.begin(), manager_.caches.end(),
                                   [](const CacheDirectory& each) { return each.use == CacheUse::later; });
    if (later && in_target_image(model_, step_.stage)) {
      plan_.doubts.push_back("that nothing in the finished image reads the directory: it will be empty there");
    }
    const bool fetches_only = std::all_of(plan_.installs.begin(), plan_.installs.end(),
                                          [](const Install* each) { return each->verb == Verb::install; });
    const bool publishes =
        std::any_of(plan_.installs.begin(), plan_.installs.end(), [](const Install* each) { return each->publishes; });
    if (later && (fetches_only || publishes)) {
      StepId reader = none;
      for (const StepId each : facts_.standing_on(id_)) {
        if (!is_plain_run(context_, each) || facts_.is_plain(each)) continue;
        // What was fetched can be fetched again; what was published is gone when the mount is emptied.
        if (publishes || facts_.installs(each).empty()) reader = std::min(reader, each);
      }
      if (reader != none) {
        plan_.obstacle = fmt::format("a later step (`{}`) may read the directory and would need {}",
                                     slice(*context_.tree.text, first_line(context_.tree, model_.steps[reader].span)),
                                     publishes ? "what this one installs there" : "the same mount");
      }
    }
    if (manager_.tool == Tool::yarn && !context_.context.complete()) {
      plan_.doubts.push_back("that the project uses Yarn 1: its files are not known");
    }
    if (manager_.tool == Tool::maven && plan_.installs.front()->option("-s --settings -gs --global-settings")) {
      plan_.doubts.push_back("that the settings file names no other local repository");
    }
    const bool marks = std::any_of(plan_.mounts.begin(), plan_.mounts.end(),
                                   [](const PlannedMount& each) { return each.target == "/var/lib/apt"; });
    if (marks)
      plan_.doubts.push_back(
          "that nobody asks in the image which packages were installed automatically: apt notes that below "
          "/var/lib/apt");
    if (manager_.tool == Tool::apk) {
      plan_.doubts.push_back("an empty /etc/apk/cache stays in the image and switches apk's cache on there");
    }
  }

  const StepFacts& facts_;
  const RuleContext& context_;
  const Model& model_;
  const Step& step_;
  StepId id_;
  const RunEnvironment& environment_;
  CachePlan plan_;
  const PackageManager& manager_;
};

// A later install without an update of its own reads the package lists that this step leaves in the image.
bool leaves_lists_to_others(const StepFacts& facts, StepId step) {
  if (facts.source(step).find("/var/lib/apt") != std::string::npos) return false;
  for (const StepId later : facts.standing_on(step)) {
    if (!facts.uses(later, Tool::apt)) continue;
    const std::vector<Install>& installs = facts.installs(later);
    if (std::none_of(installs.begin(), installs.end(),
                     [](const Install& each) { return each.tool == Tool::apt && each.verb == Verb::update; })) {
      return true;
    }
  }
  return false;
}

bool is_windows(const RuleContext& context, StepId step, const RunEnvironment& environment) {
  if (context.tree.escape == '`') return true;
  const Step& run = context.model.steps[step];
  if (!run.shell.empty()) {
    const std::string name = program_name(run.shell.front());
    if (name.starts_with("powershell") || name == "pwsh" || name == "cmd") return true;
  }
  return environment.image.windows;
}

}  // namespace

std::string PlannedMount::flag() const {
  std::string text = fmt::format("--mount=type=cache,target={}", target);
  if (sharing != "shared") text += fmt::format(",sharing={}", sharing);
  if (!owner.uid.empty() && owner.uid != "0") text += fmt::format(",uid={}", owner.uid);
  if (!owner.gid.empty() && owner.gid != "0") text += fmt::format(",gid={}", owner.gid);
  return text;
}

std::vector<CachePlan> plan_cache_mounts(const StepFacts& facts, StepId step, const RunEnvironment& environment) {
  std::vector<CachePlan> plans;
  const std::vector<Install>& installs = facts.installs(step);
  if (installs.empty() || is_windows(facts.context(), step, environment)) return plans;

  std::vector<Tool> tools;
  for (const Install& install : installs) {
    if (std::find(tools.begin(), tools.end(), install.tool) == tools.end()) tools.push_back(install.tool);
  }
  for (const Tool tool : tools) {
    std::vector<const Install*> wanted;
    bool updates = false;
    for (const Install& install : installs) {
      if (install.tool != tool) continue;
      updates = updates || install.verb == Verb::update;
      if (wants_cache(facts, step, install)) wanted.push_back(&install);
    }
    if (predates_cache(environment.image, tool) || has_moved_cache(facts, step, tool)) continue;
    // Lists and archives only work together: a lone update or a lone install gets no mount.
    if (tool == Tool::apt && !updates) continue;
    if (wanted.empty()) continue;
    if (tool == Tool::apt && leaves_lists_to_others(facts, step)) continue;
    CachePlan plan = Planner(facts, step, std::move(wanted), environment).plan();
    if (!plan.mounts.empty()) plans.push_back(std::move(plan));
  }
  return plans;
}

std::vector<StepId> steps_sharing_cache(const StepFacts& facts, const CachePlan& plan) {
  std::vector<StepId> steps;
  const PackageManager& manager = package_manager(plan.tool);
  const bool later = std::any_of(manager.caches.begin(), manager.caches.end(),
                                 [](const CacheDirectory& each) { return each.use == CacheUse::later; });
  if (!later) return steps;
  const auto add = [&](StepId step) {
    if (facts.uses(step, plan.tool)) steps.push_back(step);
  };
  for (const StepId each : facts.standing_on(plan.step)) add(each);
  for (const StepId each : chain_above(facts.model(), plan.step)) add(each);
  return steps;
}

}  // namespace keyline::analysis
