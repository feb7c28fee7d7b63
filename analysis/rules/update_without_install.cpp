// A refresh of the package lists in a step of its own: reused, it leaves later installs with lists of long ago.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <optional>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/run_facts.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

bool updates(const Install& install) { return install.tool == Tool::apt && install.verb == Verb::update; }
bool installs(const Install& install) { return install.tool == Tool::apt && install.verb == Verb::add; }

bool any(const StepFacts& facts, StepId step, bool (*wanted)(const Install&)) {
  const std::vector<Install>& found = facts.installs(step);
  return std::any_of(found.begin(), found.end(), wanted);
}

// The steps that install with the lists of `update`: no other step refreshes them in between. Lowest first.
std::vector<StepId> readers_of(const StepFacts& facts, StepId update) {
  std::vector<StepId> readers;
  std::vector<StepId> refreshed;
  for (const StepId step : facts.standing_on(update)) {
    if (any(facts, step, updates)) refreshed.push_back(step);
  }
  for (const StepId step : facts.standing_on(update)) {
    if (!any(facts, step, installs) || any(facts, step, updates)) continue;
    if (std::none_of(refreshed.begin(), refreshed.end(), [&](StepId each) { return facts.stands_on(step, each); }))
      readers.push_back(step);
  }
  std::sort(readers.begin(), readers.end());
  return readers;
}

// How the refresh can be put in front of one command of a RUN, so that its failure still ends the step: "&&", ";", or
// "" when neither does.
std::string_view joint(const std::vector<ShellCommand>& commands, std::size_t at) {
  const ShellCommand& command = commands[at];
  if (command.conditional || command.subshell || command.depth != 0) return {};
  if (command.join != ShellJoin::first && command.join != ShellJoin::sequence && command.join != ShellJoin::and_then)
    return {};
  bool stops_at_errors = false;
  for (std::size_t i = 0; i < at; ++i) {
    const std::vector<ShellWord>& words = commands[i].words;
    if (words.size() < 2 || words[0].text != "set" || commands[i].depth != 0) continue;
    stops_at_errors = words[1].text.starts_with('-') && words[1].text.find('e') != std::string::npos;
  }
  bool to_the_end = true;  // all that follows hangs on the command by &&
  for (std::size_t i = at + 1; i < commands.size(); ++i) {
    if (commands[i].depth == 0 && commands[i].join != ShellJoin::and_then) to_the_end = false;
  }
  if (to_the_end) return "&&";
  const bool followed = at + 1 < commands.size() && commands[at + 1].join == ShellJoin::sequence;
  return stops_at_errors && followed && command.join != ShellJoin::and_then ? ";" : "";
}

class Repair {
 public:
  Repair(const StepFacts& facts, StepId update, const std::vector<StepId>& readers)
      : facts_(facts), update_(update), reader_(readers.front()), readers_(readers) {}

  Fix fix() {
    Fix fix{.title = fmt::format("Run `{}` in the step that installs", command_text()), .safety = Safety::safe};
    look_between();
    if (obstacle_.empty() && !edit(fix.edits))
      obstacle_ = "the commands are written in a way that cannot be joined safely";
    if (!obstacle_.empty()) {
      fix.edits = {};
      fix.safety = Safety::sketch;
      fix.unproven = obstacle_;
    } else if (!doubts_.empty()) {
      fix.safety = Safety::review;
      fix.unproven = fmt::format("{}", fmt::join(doubts_, "; "));
    }
    return fix;
  }

 private:
  const SyntaxTree& tree() const { return facts_.context().tree; }
  const Step& step(StepId id) const { return facts_.model().steps[id]; }

  const Install& refresh() const {
    const std::vector<Install>& found = facts_.installs(update_);
    return *std::find_if(found.begin(), found.end(), updates);
  }
  std::string command_text() const {
    return std::string(slice(*tree().text, facts_.context().absolute(update_, refresh().span)));
  }

  void look_between() {
    if (step(update_).stage != step(reader_).stage) {
      obstacle_ = "the install stands in another stage";
      return;
    }
    for (const StepId other : readers_) {
      if (other != reader_ && !facts_.stands_on(other, reader_)) obstacle_ = "several stages install with these lists";
    }
    const std::vector<Flag>& flags = facts_.instruction(update_).flags;
    const std::vector<Flag>& others = facts_.instruction(reader_).flags;
    const auto same = [](const Flag& a, const Flag& b) { return a.text == b.text; };
    if (!flags.empty() && !std::equal(flags.begin(), flags.end(), others.begin(), others.end(), same))
      obstacle_ = "the two steps have different flags";
    if (step(update_).user != step(reader_).user || step(update_).shell != step(reader_).shell)
      obstacle_ = "the two steps run as different users or in different shells";
    for (const StepId each : facts_.model().stages[step(update_).stage].steps) {
      if (each > update_ && each < reader_) look_at(each);
    }
  }

  // One instruction that will come before the refresh instead of after it.
  void look_at(StepId each) {
    const std::string line = to_lower(facts_.line(each));
    switch (step(each).keyword) {
      case Keyword::env:
      case Keyword::arg:
        if (line.find("proxy") != std::string::npos || line.find("apt") != std::string::npos)
          note("that the variables set in between are also right for the package lists");
        break;
      case Keyword::copy:
      case Keyword::add: {
        const std::string& destination = facts_.destination(each);
        if (destination.empty() || is_within("/etc/apt", destination) || is_within(destination, "/etc/apt"))
          note("that the package lists may take account of the files copied in between");
        break;
      }
      case Keyword::run:
        if (!facts_.is_plain(each) || line.find("apt") != std::string::npos || line.find("dpkg") != std::string::npos)
          note(fmt::format("that `{}` needs no package lists",
                           slice(*tree().text, first_line(tree(), step(each).span))));
        break;
      default:
        break;
    }
  }

  bool edit(EditList& edits) const {
    const std::vector<ShellCommand>& above = facts_.commands(update_);
    const std::vector<ShellCommand>& below = facts_.commands(reader_);
    const std::string text = command_text();
    if (text.find_first_of("\r\n") != std::string::npos) return false;
    const std::vector<Install>& found = facts_.installs(reader_);
    const std::size_t at = std::find_if(found.begin(), found.end(), installs)->command;
    const std::string_view joint_text = joint(below, at);
    if (joint_text.empty() || !facts_.instruction(update_).script.complete) return false;
    RunEditor editor(tree(), step(reader_).item, below);
    editor.run_before(at, fmt::format("{}{}{}", text, joint_text == ";" ? "" : " ", joint_text));
    if (!editor.finish(edits)) return false;
    return take_away(edits, above);
  }

  // The refresh leaves its step, and the step goes with it when nothing else is in there.
  bool take_away(EditList& edits, const std::vector<ShellCommand>& commands) const {
    std::size_t moved = 0;
    RunEditor editor(tree(), step(update_).item, commands);
    for (const Install& install : facts_.installs(update_)) {
      if (!updates(install)) continue;
      const ShellCommand& command = commands[install.command];
      const std::size_t next = install.command + 1;
      const bool bound = next < commands.size() && commands[next].join != ShellJoin::and_then &&
                         commands[next].join != ShellJoin::sequence;
      if (bound || command.conditional || command.subshell || command.join == ShellJoin::or_else) return false;
      editor.remove_command(install.command);
      ++moved;
    }
    const std::uint32_t item = step(update_).item;
    if (moved < commands.size()) return editor.finish(edits);
    // Comments above stay where the next instruction follows at once: then they belong to both.
    if (step(reader_).item == item + 1 && tree().items[item].span().end == tree().items[item + 1].begin)
      return edits.add({tree().items[item].span(), ""});
    return remove_block(edits, tree(), item);
  }

  void note(std::string doubt) { add_unique(doubts_, std::move(doubt)); }

  const StepFacts& facts_;
  StepId update_;
  StepId reader_;
  const std::vector<StepId>& readers_;
  std::vector<std::string> doubts_;
  std::string obstacle_;
};

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    if (!facts.uses(step, Tool::apt) || any(facts, step, installs)) continue;
    const std::vector<Install>& found = facts.installs(step);
    const auto update = std::find_if(found.begin(), found.end(), updates);
    if (update == found.end() || update->conditional) continue;
    const std::vector<StepId> readers = readers_of(facts, step);
    if (readers.empty()) continue;
    const std::vector<Install>& below = facts.installs(readers.front());
    const Install& first = *std::find_if(below.begin(), below.end(), installs);
    Finding finding{.span = first_line(context.tree, context.absolute(step, update->span))};
    finding.message = fmt::format(
        "`{}` gets old packages or none: `{}` is a step of its own, which is reused while the packages move on",
        first.title, update->title);
    finding.related.push_back(
        {first_line(context.tree, context.absolute(readers.front(), first.span)), "takes what these lists name"});
    finding.fixes.push_back(Repair(facts, step, readers).fix());
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule update_without_install;
const Rule update_without_install{
    .id = "update-without-install",
    .summary = "Package lists are refreshed in another step than the one that installs",
    .severity = Severity::warning,
    .why =
        R"(`RUN apt-get update` reads nothing of the build context, so its step is reused for as long as the lines above it stay as
they are: for months. When the install below is edited, it runs with the lists of the day on which that step last ran. It
then gets versions of that day, or none at all: the archive has deleted them, and the build fails with `404 Not Found`.
In one RUN, the lists are refreshed whenever packages are installed.)",
    .silent =
        R"(- A step below refreshes the lists itself before it installs, or none installs.
- The same RUN installs packages too.
- apk, dnf and yum, which refresh lists by themselves when these have become old.)",
    .unproven =
        R"(That commands in between need no package lists, when they are no plain ones; and where files below `/etc/apt` or variables
for apt come in between, that the refresh may take account of them.)",
    .example = {.before = R"(-- Dockerfile --
FROM debian:bookworm
RUN apt-get update
RUN apt-get install -y --no-install-recommends \
      curl \
      git \
    && rm -rf /var/lib/apt/lists/*
)",
                .after = R"(FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends \
      curl \
      git \
    && rm -rf /var/lib/apt/lists/*
)"},
    .check = check,
};

}  // namespace keyline::analysis
