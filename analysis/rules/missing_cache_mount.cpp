// An install whose download cache is thrown away with the step, so that each re-run fetches everything again.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/cache_defeaters.h"
#include "analysis/rules/cache_mounts.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

// Collects into one RunEditor what a RUN needs, for all tools that lack mounts in it.
class RunRepair {
 public:
  RunRepair(const StepFacts& facts, StepId step, const RunEnvironment& environment)
      : facts_(facts),
        step_(step),
        environment_(environment),
        editor_(facts.context().tree, facts.model().steps[step].item, facts.commands(step)) {}

  void add(const CachePlan& plan) {
    const PackageManager& manager = package_manager(plan.tool);
    for (const PlannedMount& mount : plan.mounts) {
      if (std::find(targets_.begin(), targets_.end(), mount.target) != targets_.end()) continue;
      targets_.push_back(mount.target);
      editor_.add_flag(mount.flag());
    }
    for (const std::string& doubt : plan.doubts) note(doubt);
    for (const Install* install : plan.installs) prepare(*install, plan, manager);
    for (const Install& install : facts_.installs(step_)) {
      if (install.tool == plan.tool) keep_downloads(install);
    }
    for (std::size_t i = 0; i < facts_.commands(step_).size(); ++i) {
      if (is_cleaner(facts_.commands(step_)[i], facts_.program(step_, i), manager, manager.cleaners))
        editor_.remove_command(i);
    }
    if (plan.tool == Tool::apt) keep_archives();
  }

  // False when something in the RUN would still work against the mounts.
  bool finish(EditList& edits) {
    const std::vector<ShellCommand>& commands = facts_.commands(step_);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const std::size_t program = program_word(commands[i]);
      if (program >= commands[i].words.size()) continue;
      const bool removes = commands[i].words[program].text == "rm";
      for (std::size_t w = program + 1; w < commands[i].words.size(); ++w) {
        if (!keep_out(i, w, removes)) return false;
      }
    }
    if (!facts_.instruction(step_).script.complete && !facts_.instruction(step_).json) {
      note("that nothing else in the command empties the cache: parts of it were not understood");
    }
    return editor_.finish(edits);
  }

  const std::vector<std::string>& doubts() const { return doubts_; }

 private:
  void note(std::string doubt) { add_unique(doubts_, std::move(doubt)); }

  // Also of commands that alone would need no mount: `pip install --no-cache-dir --upgrade pip`.
  void keep_downloads(const Install& install) {
    remove_no_cache_options(editor_, install, facts_.commands(step_)[install.command].words);
  }

  void prepare(const Install& install, const CachePlan& plan, const PackageManager& manager) {
    const std::vector<ShellWord>& words = facts_.commands(step_)[install.command].words;
    std::vector<std::string> variables = plan.variables;
    each_word(manager.no_cache_variables, [&](std::string_view name) {
      const RunEnvironment::Variable* variable = environment_.variable(name);
      // pip takes any value as "no cache" and an empty one as not set.
      if (variable != nullptr && !(variable->known && variable->value.empty())) {
        variables.push_back(fmt::format("{}=", name));
        if (plan.tool != Tool::pip) note(fmt::format("that an empty `{}` counts as not set", name));
      }
      for (const auto& [own, value] : install.variables) blocked_ = blocked_ || (own == name && !value.empty());
    });
    each_word(manager.mount_variables, [&](std::string_view assignment) {
      if (environment_.variable(assignment.substr(0, assignment.find('='))) == nullptr)
        variables.emplace_back(assignment);
    });
    if (!variables.empty()) editor_.set_variable(install.command, fmt::format("{}", fmt::join(variables, " ")));
    each_word(manager.mount_options, [&](std::string_view option) { keep_packages(install, option, words); });
    const std::string_view first = manager.mount_command.substr(0, manager.mount_command.find(';'));
    if (!first.empty() && facts_.source(step_).find(first) == std::string_view::npos) {
      editor_.run_first(fmt::format("{}{}", words.front().text == "sudo" ? "sudo " : "", manager.mount_command));
      note(fmt::format("`{}` changes the image: it goes on to keep the packages it downloads", first));
    }
  }

  // "--setopt=keepcache=1", unless the command says something about it already.
  void keep_packages(const Install& install, std::string_view option, const std::vector<ShellWord>& words) {
    std::string_view key = option.substr(option.find('=') + 1);
    key = key.substr(0, key.find('='));
    const bool said = std::any_of(words.begin(), words.end(),
                                  [&](const ShellWord& word) { return word.text.find(key) != std::string::npos; });
    if (!said) editor_.add_word(install.command, install.words.front().span, std::string(option));
    if (install.title.starts_with("microdnf") || install.title.starts_with("yum"))
      note(fmt::format("that this release of `{}` knows {}", install.words.front().text, key));
  }

  void keep_archives() {
    if (handles_docker_clean(facts_, step_)) return;
    editor_.run_first(keep_archives_text(facts_, step_));
    note("removing docker-clean changes the image: an apt-get in it will keep the archives it downloads");
  }

  // One word of a command that stays: takes it away when it empties a mount; false when that cannot be done.
  bool keep_out(std::size_t command, std::size_t word, bool removes) {
    if (blocked_) return false;
    const ShellWord& text = facts_.commands(step_)[command].words[word];
    if (text.text.starts_with('-') || editor_.removes(command, word)) return true;
    const std::string directory = emptied_directory(text, environment_);
    for (const std::string& target : targets_) {
      const bool inside = !directory.empty() && is_within(directory, target);
      const bool around = !directory.empty() && is_within(target, directory);
      if (removes && directory.empty() && names_only_below(text.text, target, environment_.workdir)) {
        editor_.remove_word(command, word);
        return true;
      }
      if (removes && directory.empty() && may_name(text.text, target)) return false;
      if (!removes && inside) return false;
      if (!removes || (!inside && !around)) continue;
      // "/" and its like are no clean-up of a cache.
      if (around && !inside && directory.find('/', 1) == std::string::npos) return false;
      editor_.remove_word(command, word);
      if (around && !inside)
        note(fmt::format("that nothing but this cache lay below {}, which is no longer emptied", directory));
      return true;
    }
    return true;
  }

  // Whether a word with globs or braces may reach the target: "/var/lib/{apt,dpkg}".
  static bool may_name(std::string_view word, std::string_view target) {
    const std::size_t special = word.find_first_of("*{?[$");
    const std::string_view fixed = word.substr(0, special);
    return special != std::string_view::npos && fixed.size() > 1 && target.starts_with(fixed);
  }

  const StepFacts& facts_;
  StepId step_;
  const RunEnvironment& environment_;
  RunEditor editor_;
  std::vector<std::string> targets_;
  std::vector<std::string> doubts_;
  bool blocked_ = false;
};

constexpr std::size_t most_shared_steps = 12;  // in one edit; nobody would read a longer one

using Plans = std::vector<std::vector<CachePlan>>;  // by step

// By mount target, the users that it is planned for. A cache belongs to the user of the step that makes it first, and
// others at the same place may not write to it.
using Owners = std::map<std::string, std::set<std::string>, std::less<>>;

Owners owners_of(const Plans& all) {
  Owners owners;
  for (const std::vector<CachePlan>& plans : all) {
    for (const CachePlan& plan : plans) {
      for (const PlannedMount& mount : plan.mounts) owners[mount.target].insert(mount.owner.uid);
    }
  }
  return owners;
}

// What one RUN needs.
struct Repaired {
  bool done = false;  // false: something in it would still work against the mounts
  EditList edits;
  std::vector<std::string> doubts;
};

// A repair shows up in the fix of each step that shares a cache with it.
class Repairs {
 public:
  Repairs(const StepFacts& facts, const Plans& plans) : facts_(facts), plans_(plans), whole_(plans.size()) {}

  // For those of the step's plans whose tool is one of `tools`; null when there are none.
  std::shared_ptr<const Repaired> of(StepId step, const std::vector<Tool>& tools) {
    std::vector<const CachePlan*> wanted;
    for (const CachePlan& plan : plans_[step]) {
      if (std::find(tools.begin(), tools.end(), plan.tool) != tools.end()) wanted.push_back(&plan);
    }
    if (wanted.empty()) return nullptr;
    if (wanted.size() < plans_[step].size()) return repair(step, wanted);
    if (!whole_[step]) whole_[step] = repair(step, wanted);
    return whole_[step];
  }

 private:
  std::shared_ptr<const Repaired> repair(StepId step, const std::vector<const CachePlan*>& plans) const {
    RunRepair repair(facts_, step, facts_.environment(step));
    for (const CachePlan* plan : plans) repair.add(*plan);
    auto repaired = std::make_shared<Repaired>();
    repaired->done = repair.finish(repaired->edits);
    repaired->doubts = repair.doubts();
    return repaired;
  }

  const StepFacts& facts_;
  const Plans& plans_;
  std::vector<std::shared_ptr<const Repaired>> whole_;  // by step: for all its plans
};

Fix make_fix(const StepFacts& facts, StepId step, const Plans& all, const Owners& owners, Repairs& repairs) {
  const std::vector<CachePlan>& plans = all[step];
  std::vector<Tool> tools;
  std::vector<std::string> names;
  std::vector<std::string> doubts;
  std::vector<StepId> steps{step};
  std::string obstacle;
  for (const CachePlan& plan : plans) {
    tools.push_back(plan.tool);
    add_unique(names, std::string(package_manager(plan.tool).name));
    if (!plan.obstacle.empty()) obstacle = plan.obstacle;
    for (const PlannedMount& mount : plan.mounts) {
      if (!mount.target.empty() && owners.at(mount.target).size() > 1)
        add_unique(doubts, fmt::format("that the user may write to {}, which another step mounts for another user",
                                       mount.target));
    }
    for (const StepId other : steps_sharing_cache(facts, plan)) {
      if (std::find(steps.begin(), steps.end(), other) == steps.end()) steps.push_back(other);
    }
  }
  Fix fix;
  fix.title =
      fmt::format("Add {} for {}", plans.size() == 1 && plans[0].mounts.size() == 1 ? "a cache mount" : "cache mounts",
                  list_words(names));
  if (steps.size() > most_shared_steps) {
    obstacle = fmt::format("the same mount belongs on {} steps", steps.size());
    steps = {step};
  }
  std::size_t edited = 0;
  std::sort(steps.begin(), steps.end());
  for (const StepId each : steps) {
    const std::shared_ptr<const Repaired> repaired = repairs.of(each, tools);
    if (!repaired) continue;
    ++edited;
    for (const CachePlan& plan : all[each]) {
      const bool shared = std::find(tools.begin(), tools.end(), plan.tool) != tools.end();
      if (shared && !plan.obstacle.empty()) obstacle = plan.obstacle;
    }
    if (obstacle.empty() && !(repaired->done && fix.edits.add_all(repaired->edits))) {
      obstacle = facts.instruction(each).json ? "the exec form has no room for what the command needs; write it as text"
                                              : "the command empties the cache in a way that cannot be edited safely";
    }
    for (const std::string& doubt : repaired->doubts) add_unique(doubts, doubt);
  }
  if (edited > 1) fix.title += fmt::format(" to the {} steps that share it", edited);
  if (!obstacle.empty()) {
    fix.edits = {};
    fix.safety = Safety::sketch;
    fix.unproven = obstacle;
    return fix;
  }
  fix.safety = doubts.empty() ? Safety::safe : Safety::review;
  fix.unproven = fmt::format("{}", fmt::join(doubts, "; "));
  return fix;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const auto version = frontend_version(context.tree);
  if (version && *version < std::pair(1, 2)) return;
  Plans all(context.model.steps.size());
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    if (facts.installs(step).empty()) continue;
    all[step] = plan_cache_mounts(facts, step, facts.environment(step));
  }
  const Owners owners = context.wants_fixes ? owners_of(all) : Owners();
  Repairs repairs(facts, all);
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    const std::vector<CachePlan>& plans = all[step];
    if (plans.empty()) continue;
    std::vector<std::string> commands;
    std::vector<std::string> places;
    for (const CachePlan& plan : plans) {
      for (const Install* install : plan.installs) add_unique(commands, fmt::format("`{}`", install->title));
      for (const PlannedMount& mount : plan.mounts) {
        add_unique(places,
                   mount.target.empty() ? std::string(package_manager(plan.tool).caches.front().what) : mount.target);
      }
    }
    Finding finding{.span = first_line(context.tree, context.absolute(step, plans.front().installs.front()->span))};
    finding.message =
        fmt::format("{} {} everything again when this step re-runs: no cache mount keeps {}", list_words(commands),
                    commands.size() == 1 ? "downloads" : "download", list_words(places));
    if (context.wants_fixes) finding.fixes.push_back(make_fix(facts, step, all, owners, repairs));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule missing_cache_mount;
const Rule missing_cache_mount{
    .id = "missing-cache-mount",
    .summary = "An install throws its download cache away",
    .severity = Severity::information,
    .why =
        R"(A RUN that re-runs starts from the layers above it, so everything a package manager downloaded the last time is gone:
one changed line in a lock file fetches all packages again. `RUN --mount=type=cache` keeps a directory on the builder
between runs. What lies in it never enters a cache key and never reaches the image, so the image also gets smaller.

The mount must lie where the tool really looks: that depends on its options, on variables, on the base image and on the
user. What would empty the directory again (`--no-cache-dir`, `npm cache clean`, `rm -rf /var/lib/apt/lists/*`, Debian's
`docker-clean` hook) has to go at the same time; with the mount none of it ends up in the image anyway.

Mounts stay on their builder. They are in no exported cache and empty on a fresh CI machine: there the order of the
instructions matters more.)",
    .silent = R"(- A mount covers the directory already, or one is plainly meant for the tool.
- The directory is a result, not a cache: Cargo's `target`, NuGet's packages folder, Yarn's cache with Plug'n'Play, a
  module cache that the finished image, another stage or an offline build reads.
- A settings file or a `config` command puts the cache elsewhere (`store-dir` in .npmrc, `npm config set cache`), or the
  image's tool is older than its cache (Go before 1.13, pip before 6).
- `apt-get update` and `apt-get install` stand in different steps: a mount would make that worse.
- `apk add --no-cache`, whose cache would save little, and one-off installs of installers (`pip install --upgrade pip`).
- Windows images, and a `# syntax=` older than 1.2.)",
    .unproven =
        R"(That an image which is not an official one leaves the user and the cache variables alone; for Debian's packages, that
nobody relies on `docker-clean` in the finished image. A fix that depends on such things is offered for review only.)",
    .example = {.before = R"(-- requirements.txt --
flask==3.0.3
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
)",
                .after = R"(FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
COPY . .
)"},
    .check = check,
    .changes = "mounts",
};

}  // namespace keyline::analysis
