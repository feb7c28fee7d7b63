#include "analysis/rules/mount_uses.h"

#include <fmt/format.h>
#include <algorithm>
#include <optional>

#include "analysis/knowledge/manifests.h"
#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

bool covers(const Mount& mount, std::string_view directory) {
  if (mount.type == Mount::Type::secret || mount.type == Mount::Type::ssh) return false;
  if (!mount.target.known) return true;
  const std::string target = resolve_path("/", mount.target.text);
  return is_within(directory, target) || is_within(target, directory);
}

bool meant_for(const Mount& mount, const PackageManager& manager) {
  if (mount.type != Mount::Type::cache) return false;
  if (!mount.target.known) return true;
  const std::string& target = mount.target.text;
  bool meant = false;
  each_word(manager.mount_words,
            [&](std::string_view word) { meant = meant || target.find(word) != std::string::npos; });
  // A folder of caches holds that of the tool, whoever's home it lies in.
  const bool all_caches = target.ends_with("/.cache") || target.ends_with("/.cache/");
  const auto is_among_them = [](const CacheDirectory& directory) {
    return std::any_of(directory.rules.begin(), directory.rules.end(),
                       [](const PathRule& rule) { return rule.suffix.starts_with("/.cache/"); });
  };
  return meant || (all_caches && std::any_of(manager.caches.begin(), manager.caches.end(), is_among_them));
}

namespace {

// Where the directory would be for another user or on another image: what of `target` lies below such a place.
std::optional<std::string> place_elsewhere(const CacheDirectory& directory, std::string_view target) {
  std::optional<std::string> below;
  const auto look = [&](std::string_view path, std::string_view place) {
    if (!below && !place.empty() && is_within(path, place)) below = path_below(path, place);
  };
  const std::size_t home = target.starts_with("/root/")   ? 5
                           : target.starts_with("/home/") ? std::min(target.find('/', 6), target.size())
                                                          : target.size();
  for (const PathRule& rule : directory.rules) {
    if (rule.from == PathRule::From::home) look(target.substr(home), rule.suffix);
    if (rule.from == PathRule::From::root) look(target, rule.suffix);
  }
  each_word(directory.elsewhere, [&](std::string_view place) { look(target, place); });
  return below;
}

// Nothing that is not visible here moves the tool's cache.
bool place_is_certain(const StepFacts& facts, StepId step, const Install& install, const RunEnvironment& environment) {
  if (install.manager().system || install.other_user || install.tool == Tool::yarn_berry) return false;
  if (install.tool == Tool::yarn && !facts.context().context.complete()) return false;
  return !predates_cache(environment.image, install.tool) && !has_moved_cache(facts, step, install.tool);
}

}  // namespace

std::string mount_target(const Mount& mount) {
  return mount.target.known && !mount.target.text.empty() ? resolve_path("/", mount.target.text) : std::string();
}

std::vector<MountUse> mount_uses(const StepFacts& facts, StepId id, const RunEnvironment& environment) {
  std::vector<MountUse> uses;
  const Step& step = facts.model().steps[id];
  if (step.mounts.empty()) return uses;
  for (const Install& install : facts.installs(id)) {
    for (const CacheDirectory& directory : install.manager().caches) {
      const std::string path = resolve(directory, install, environment).path;
      if (path.empty()) continue;
      // Of mounts inside each other the innermost holds it.
      std::size_t innermost = 0;
      std::optional<std::size_t> holder;
      for (std::size_t i = 0; i < step.mounts.size(); ++i) {
        const std::string target = mount_target(step.mounts[i]);
        if (target.empty() || !is_within(path, target) || (holder && target.size() <= innermost)) continue;
        holder = i;
        innermost = target.size();
      }
      if (holder && step.mounts[*holder].type == Mount::Type::cache)
        uses.push_back({*holder, &install, &directory, path});
    }
  }
  return uses;
}

std::vector<MountUse> misplaced_mounts(const StepFacts& facts, StepId id, const RunEnvironment& environment) {
  std::vector<MountUse> misplaced;
  const Step& step = facts.model().steps[id];
  if (step.mounts.empty() || !environment.image_described) return misplaced;
  const std::vector<MountUse> used = mount_uses(facts, id, environment);
  const auto has = [](const std::vector<MountUse>& uses, std::size_t mount) {
    return std::any_of(uses.begin(), uses.end(), [&](const MountUse& each) { return each.mount == mount; });
  };
  for (const Install& install : facts.installs(id)) {
    if (!place_is_certain(facts, id, install, environment)) continue;
    for (const CacheDirectory& directory : install.manager().caches) {
      if (!directory.checked && install.tool != Tool::composer) continue;
      if (directory.builds_only && install.verb != Verb::build) continue;
      const std::string path = resolve(directory, install, environment).path;
      if (path.empty() || path == "/dev/null") continue;
      if (std::any_of(step.mounts.begin(), step.mounts.end(), [&](const Mount& each) { return covers(each, path); }))
        continue;
      for (std::size_t i = 0; i < step.mounts.size(); ++i) {
        const std::string target = mount_target(step.mounts[i]);
        if (step.mounts[i].type != Mount::Type::cache || target.empty() || has(used, i) || has(misplaced, i)) continue;
        const auto below = place_elsewhere(directory, target);
        if (below) misplaced.push_back({i, &install, &directory, below->empty() ? path : path + '/' + *below});
      }
    }
  }
  return misplaced;
}

bool has_moved_cache(const StepFacts& facts, StepId step, Tool tool) {
  const PackageManager& manager = package_manager(tool);
  if (manager.cache_settings.empty()) return false;
  const auto moves = [&](const ShellCommand& command) {
    const std::size_t program = wrapped_program(command);
    return program < command.words.size() && lists(manager.programs, program_name(command.words[program].text)) &&
           std::any_of(command.words.begin(), command.words.end(), [&](const ShellWord& word) {
             return lists(manager.cache_settings, std::string_view(word.text).substr(0, word.text.find('=')));
           });
  };
  for (const StepId each : facts.config_steps()) {
    const std::vector<ShellCommand>& commands = facts.commands(each);
    const bool applies = each == step || facts.stands_on(step, each);
    if (applies && std::any_of(commands.begin(), commands.end(), moves)) return true;
  }
  if (manager.settings_files.empty()) return false;
  const BuildContext& context = facts.context().context;
  bool moved = false;
  each_word(manager.settings_files, [&](std::string_view name) {
    for (const std::uint32_t entry : facts.study(entries_named, name)) {
      const auto text = context.text(context.entries()[entry].path);
      moved = moved || (text && sets_any(*text, manager.cache_settings));
    }
  });
  return moved;
}

bool handles_docker_clean(const StepFacts& facts, StepId step) {
  const std::vector<StepId>& users = facts.docker_clean_steps();
  return std::any_of(users.begin(), users.end(),
                     [&](StepId each) { return each == step || facts.stands_on(step, each); });
}

std::string keep_archives_text(const StepFacts& facts, StepId step) {
  const std::vector<Install>& installs = facts.installs(step);
  const bool sudo = std::any_of(installs.begin(), installs.end(), [&](const Install& each) {
    return each.tool == Tool::apt && facts.commands(step)[each.command].words[0].text == "sudo";
  });
  std::string text = fmt::format("{}rm -f {};", sudo ? "sudo " : "", docker_clean);
  // apt-get keeps what it downloads, apt does not.
  if (std::any_of(installs.begin(), installs.end(),
                  [](const Install& each) { return each.title.starts_with("apt "); })) {
    text +=
        fmt::format(" echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' {} /etc/apt/apt.conf.d/keep-cache;",
                    sudo ? "| sudo tee" : ">");
  }
  return text;
}

}  // namespace keyline::analysis
