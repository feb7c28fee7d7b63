// A cache mount that stands in the right place, and something in the same RUN that switches the cache off or empties
// it.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <set>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/cache_defeaters.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

// One thing that works against a mount.
struct Defeat {
  enum class How : std::uint8_t { option, variable, cleaner, removal };
  How how = How::option;
  std::size_t command = 0;
  std::size_t word = 0;  // of an option or a removal
  Span span;
  std::string cause;  // "`rm` empties /root/.npm"
};

// uv reads its variable as a boolean; pip takes any value, also "off", as "no cache".
bool switches_off(const PackageManager& manager, std::string_view value) {
  if (value.empty()) return false;
  return manager.tool == Tool::pip || !lists("0 false False FALSE f no n off", value);
}

class DefeatStudy {
 public:
  DefeatStudy(const StepFacts& facts, StepId step)
      : facts_(facts),
        step_(step),
        environment_(facts.environment(step)),
        uses_(mount_uses(facts, step, environment_)) {
    for (const MountUse& use : uses_) {
      look_at_install(use);
      const std::vector<ShellCommand>& commands = facts_.commands(step_);
      for (std::size_t i = 0; i < commands.size(); ++i) {
        if (!commands[i].conditional) look_at_command(i, use);
      }
    }
    std::stable_sort(defeats_.begin(), defeats_.end(),
                     [](const Defeat& a, const Defeat& b) { return a.span.begin < b.span.begin; });
  }

  bool found() const { return !defeats_.empty(); }

  Finding finding() const {
    const RuleContext& context = facts_.context();
    std::vector<std::string> causes;
    for (const Defeat& defeat : defeats_) add_unique(causes, defeat.cause);
    Finding finding{.span = first_line(context.tree, context.absolute(step_, defeats_.front().span))};
    finding.message = fmt::format("the cache {} at {} {} nothing: {}", targets_.size() == 1 ? "mount" : "mounts",
                                  list_words(targets_), targets_.size() == 1 ? "saves" : "save", list_words(causes));
    for (const std::size_t mount : mounts_) {
      finding.related.push_back(
          {first_line(context.tree, facts_.model().steps[step_].mounts[mount].span), "the mount"});
    }
    finding.fixes.push_back(make_fix());
    return finding;
  }

 private:
  void add(Defeat defeat, const MountUse& use) {
    add_unique(targets_, mount_target(facts_.model().steps[step_].mounts[use.mount]));
    if (std::find(mounts_.begin(), mounts_.end(), use.mount) == mounts_.end()) mounts_.push_back(use.mount);
    const auto same = [&](const Defeat& each) { return each.span == defeat.span && each.how == defeat.how; };
    if (std::none_of(defeats_.begin(), defeats_.end(), same)) defeats_.push_back(std::move(defeat));
  }

  void look_at_install(const MountUse& use) {
    const Install& install = *use.install;
    const PackageManager& manager = install.manager();
    const std::vector<ShellWord>& words = facts_.commands(step_)[install.command].words;
    const std::size_t found = defeats_.size();
    for (std::size_t w = 0; w < words.size(); ++w) {
      if (!lists(manager.no_cache_options, words[w].text)) continue;
      add({Defeat::How::option, install.command, w, words[w].span,
           fmt::format("`{}` switches the cache off", words[w].text)},
          use);
    }
    each_word(manager.no_cache_variables, [&](std::string_view name) {
      const auto value = find_variable(name, install, environment_);
      if (!value || !value->known || !switches_off(manager, value->text)) return;
      add({Defeat::How::variable, install.command, 0, install.span, fmt::format("`{}` switches the cache off", name)},
          use);
      const auto own = [&](const auto& each) { return each.first == name; };
      set_here_ = set_here_ || std::any_of(install.variables.begin(), install.variables.end(), own);
      if (manager.tool != Tool::pip) add_unique(doubts_, fmt::format("that an empty `{}` counts as not set", name));
    });
    // With the option gone the tool must write to the mount and nowhere else.
    if (defeats_.size() == found) return;
    if (!manager.system && !environment_.image_described)
      add_unique(doubts_, "the user and the variables of the base image, which may move the cache");
    if (!use.directory->checked)
      add_unique(doubts_, fmt::format("that {} lies at {} in this image", use.directory->what, use.path));
  }

  void look_at_command(std::size_t index, const MountUse& use) {
    const ShellCommand& command = facts_.commands(step_)[index];
    const PackageManager& manager = use.install->manager();
    const std::string_view cleaners = use.directory->cleaners.empty() ? manager.cleaners : use.directory->cleaners;
    const std::size_t wrapped = facts_.program(step_, index);
    if (is_cleaner(command, wrapped, manager, cleaners) && !is_cleaner(command, wrapped, manager, manager.trimmers)) {
      std::string title = program_name(command.words[wrapped].text);
      for (std::size_t w = wrapped + 1; w < command.words.size() && title.size() < 40; ++w)
        title += ' ' + command.words[w].text;
      add({Defeat::How::cleaner, index, 0, command.span, fmt::format("`{}` empties {}", title, use.path)}, use);
      return;
    }
    const std::size_t program = program_word(command);
    if (program >= command.words.size() || command.words[program].text != "rm") return;
    for (std::size_t w = program + 1; w < command.words.size(); ++w) {
      if (command.words[w].text.starts_with('-')) continue;
      look_at_removal(index, w, use);
    }
  }

  void look_at_removal(std::size_t index, std::size_t w, const MountUse& use) {
    const ShellWord& word = facts_.commands(step_)[index].words[w];
    RunEnvironment here = environment_;
    here.workdir = facts_.directories(step_)[index];
    const std::string content =
        use.directory->content.empty() ? use.path : fmt::format("{}/{}", use.path, use.directory->content);
    const std::string directory = emptied_directory(word, here);
    const bool archives = directory.empty() && word.text.ends_with("/*.deb") &&
                          resolve_path(here.workdir, word.text.substr(0, word.text.size() - 6)) == content;
    if (!archives && (directory.empty() || !is_within(content, directory))) return;
    const std::string target = mount_target(facts_.model().steps[step_].mounts[use.mount]);
    if (!archives && !is_within(directory, target))
      add_unique(doubts_,
                 fmt::format("that nothing but this cache lay below {}, which is no longer emptied", directory));
    add({Defeat::How::removal, index, w, word.span, fmt::format("`rm` empties {}", archives ? content : directory)},
        use);
  }

  Fix make_fix() const {
    const RuleContext& context = facts_.context();
    RunEditor editor(context.tree, facts_.model().steps[step_].item, facts_.commands(step_));
    std::vector<std::string> words;
    std::set<std::size_t> opened;  // commands that are rid of their options
    for (const Defeat& defeat : defeats_) {
      const ShellCommand& command = facts_.commands(step_)[defeat.command];
      switch (defeat.how) {
        case Defeat::How::option:
          if (opened.insert(defeat.command).second)
            remove_no_cache_options(editor, *facts_.install_at(step_, defeat.command), command.words);
          break;
        case Defeat::How::variable: {
          const Install* install = facts_.install_at(step_, defeat.command);
          each_word(install->manager().no_cache_variables,
                    [&](std::string_view name) { editor.set_variable(defeat.command, fmt::format("{}=", name)); });
          break;
        }
        case Defeat::How::cleaner:
          editor.remove_command(defeat.command);
          break;
        case Defeat::How::removal:
          editor.remove_word(defeat.command, defeat.word);
          break;
      }
      add_unique(words, defeat.how == Defeat::How::option     ? fmt::format("`{}`", command.words[defeat.word].text)
                        : defeat.how == Defeat::How::variable ? "the variable"
                                                              : "the clean-up");
    }
    Fix fix{.title = fmt::format("Let the mount keep the cache: without {}", list_words(words)),
            .safety = doubts_.empty() ? Safety::safe : Safety::review,
            .unproven = fmt::format("{}", fmt::join(doubts_, "; "))};
    if (set_here_ || !editor.finish(fix.edits)) {
      fix.edits = {};
      fix.safety = Safety::sketch;
      fix.unproven = "the command is written in a way that cannot be edited safely";
    }
    return fix;
  }

  const StepFacts& facts_;
  StepId step_;
  const RunEnvironment& environment_;
  std::vector<MountUse> uses_;
  std::vector<Defeat> defeats_;
  std::vector<std::string> targets_, doubts_;
  std::vector<std::size_t> mounts_;
  bool set_here_ = false;  // a variable is set in the RUN itself
};

void check(const StepFacts& facts, Findings& findings) {
  for (StepId step = 0; step < facts.model().steps.size(); ++step) {
    if (facts.installs(step).empty() || facts.model().steps[step].mounts.empty()) continue;
    const DefeatStudy study(facts, step);
    if (study.found()) findings.push_back(study.finding());
  }
}

}  // namespace

extern const Rule cache_mount_defeated;
const Rule cache_mount_defeated{
    .id = "cache-mount-defeated",
    .summary = "A cache mount is emptied or bypassed by its own step",
    .severity = Severity::warning,
    .why =
        R"(A cache mount helps only if the package manager uses it and nothing empties it. Options and variables such as
`--no-cache-dir` switch the cache off; `apt-get clean`, `npm cache clean` and `rm -rf /var/lib/apt/lists/*` empty it at the
end of the step. They come from the time before mounts, when they kept caches out of the image. What lies in a mount is
never in the image, so all they do now is to make each re-run download everything again.)",
    .silent =
        R"(- What is removed is another directory, or only a part that the tool does without.
- The command runs only under a condition, or only drops what is out of date (`apt-get autoclean`, `uv cache prune`).
- Where the tool keeps its cache at this step is not known, or no cache mount covers it: see missing-cache-mount.)",
    .unproven =
        R"(On images that are not known: that they leave the user and the cache variables alone. Where the `rm` takes a directory around
the mount: that nothing else lay in it. Those fixes are offered for review only.)",
    .example = {.before = R"(-- Dockerfile --
FROM debian:bookworm
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y git && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/*
)",
                .after = R"(FROM debian:bookworm
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y git && rm -rf /tmp/*
)"},
    .check = check,
};

}  // namespace keyline::analysis
