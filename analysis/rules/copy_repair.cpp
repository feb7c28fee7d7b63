#include "analysis/rules/copy_repair.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/run_cut.h"

namespace keyline::analysis {

namespace {

// Where the copy can go, and which of the installs it then no longer feeds.
class Mover {
 public:
  Mover(const StepFacts& facts, const ContextCopies& copies, const Cause& cause)
      : facts_(facts),
        sources_(copies.of(cause.copy)),
        above_(copies.above(cause.copy)),
        tree_(facts.context().tree),
        cause_(cause),
        copy_(facts.model().steps[cause.copy]),
        destination_(facts.destination(cause.copy)) {}

  Repair make() && {
    find_place();
    Repair made;
    Fix& fix = made.fix;
    fix.title =
        fmt::format("Copy the manifests before `{}`, and the rest after it", cause_.installs.front().install->title);
    if (obstacle_.empty()) write(fix);
    if (!obstacle_.empty()) {
      fix.edits = {};
      fix.safety = Safety::sketch;
      fix.unproven = obstacle_;
      return made;
    }
    collect_doubts();
    fix.safety = doubts_.empty() ? Safety::safe : Safety::review;
    fix.unproven = fmt::format("{}", fmt::join(doubts_, "; "));
    if (build_) {
      made.cut = last_install_;
      made.build = *build_;
    }
    return made;
  }

 private:
  void doubt(std::string text) { add_unique(doubts_, std::move(text)); }

  const FedInstall* fed(StepId step) const {
    for (const FedInstall& each : cause_.installs) {
      if (each.step == step) return &each;
    }
    return nullptr;
  }

  // Walks down from the copy as far as nothing needs it to stay above.
  void find_place() {
    for (StepId id = cause_.copy + 1; id < facts_.model().steps.size(); ++id) {
      const Step& step = facts_.model().steps[id];
      if (step.stage != copy_.stage) break;
      if (step.onbuild || !passes(id)) break;
    }
    if (last_install_ == none) {
      obstacle_ =
          "a step between the COPY and the install may need what is copied; copy the manifests, install, and then copy "
          "the rest";
    }
    for (const FedInstall* each : handled_) {
      if (!each->inputs.obstacle.empty()) obstacle_ = each->inputs.obstacle;
      if (each->install->conditional) obstacle_ = "the install runs only under a condition";
    }
  }

  // Whether the copy may stand below this step; remembers the installs it passes.
  bool passes(StepId id) {
    const Step& step = facts_.model().steps[id];
    switch (step.keyword) {
      case Keyword::env:
      case Keyword::arg:
        return std::none_of(facts_.model().definitions.begin(), facts_.model().definitions.end(),
                            [&](const Definition& each) {
                              return each.step == id &&
                                     std::any_of(copy_.references.begin(), copy_.references.end(),
                                                 [&](const VariableReference& use) { return use.name == each.name; });
                            });
      case Keyword::workdir:
        return written_destination().starts_with('/');
      case Keyword::run:
        return passes_run(id);
      case Keyword::copy:
      case Keyword::add: {
        const std::string& other = facts_.destination(id);
        return !other.empty() && !is_within(other, destination_) && !is_within(destination_, other);
      }
      default:
        return true;
    }
  }

  bool passes_run(StepId id) {
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    if (fed(id) == nullptr) {
      if (!facts_.is_plain(id)) return false;
      for (std::size_t i = 0; i < commands.size(); ++i) {
        if (touches_copy(id, i)) return false;
      }
      if (destination_ == "/") doubt("that the step in between writes nothing which the COPY brings");
      return true;
    }
    std::size_t last = 0;
    for (const FedInstall& each : cause_.installs) {
      if (each.step != id) continue;
      handled_.push_back(&each);
      last = std::max(last, each.install->command);
    }
    last_install_ = id;
    for (std::size_t i = 0; i <= last; ++i) {
      if (!touches_copy(id, i)) continue;
      obstacle_ = fmt::format("`{}` reads or changes what the COPY brings, and runs together with the install",
                              text_of(id, commands[i]));
    }
    // What follows the install in the same RUN stays with it as long as it does not need the sources.
    for (std::size_t i = last + 1; i < commands.size(); ++i) {
      const Install* other = facts_.install_at(id, i);
      const bool named = other != nullptr && other->names_packages && other->sources == SourceUse::nothing;
      if ((named || facts_.is_plain_command(id, i)) && !touches_copy(id, i)) continue;
      cut_ = cut_run(tree_, facts_.model().steps[id].item, commands, i - 1);
      if (!cut_)
        obstacle_ =
            "the command goes on to use the sources; split it behind the install and copy the sources in between";
      else
        doubt("that the two halves of the command share nothing but files");
      find_build(id, i);
      return false;
    }
    return true;
  }

  // The first command from there on that is more than file work.
  void find_build(StepId id, std::size_t from) {
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    for (std::size_t i = from; i < commands.size() && !build_; ++i) {
      if (!facts_.is_known(id, i)) build_ = facts_.context().absolute(id, commands[i].span);
    }
  }

  std::string text_of(StepId id, const ShellCommand& command) const {
    const Span span = facts_.context().absolute(id, command.span);
    return std::string(slice(*tree_.text, first_line(tree_, span)));
  }

  // Whether a command that otherwise stays above the copy meets a file of it.
  bool touches_copy(StepId id, std::size_t index) const {
    const ShellCommand& command = facts_.commands(id)[index];
    const Install* install = facts_.install_at(id, index);
    const std::string& directory = facts_.directories(id)[index];
    std::vector<std::string> paths;
    if (install != nullptr) {
      ShellCommand output;
      output.redirections = command.redirections;
      paths = touched_paths(output, directory, {});
      if (install->names_packages && !install->manager().system && !install->keeps_manifests)
        paths.push_back(install->directory);
    } else if (!enters_project(id, command, directory)) {
      const std::string_view text = slice(*tree_.text, facts_.context().absolute(id, command.span));
      const bool asks_home = text.find('~') != std::string_view::npos || text.find("HOME") != std::string_view::npos;
      paths = touched_paths(command, directory, asks_home ? home_directory(facts_.environment(id)) : std::string());
    }
    return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return std::any_of(sources_.begin(), sources_.end(),
                         [&](const ContextCopy& source) { return may_bring(facts_.context().context, source, path); });
    });
  }

  // `cd` into the directory of an install: its manifests make it.
  bool enters_project(StepId id, const ShellCommand& command, const std::string& directory) const {
    if (command.words.size() != 2 || command.words[0].text != "cd") return false;
    const std::string target = resolve_path(directory, command.words[1].text);
    return !target.empty() && std::any_of(cause_.installs.begin(), cause_.installs.end(), [&](const FedInstall& each) {
      return each.step == id && is_within(each.install->directory, target);
    });
  }

  std::string written_destination() const {
    const Instruction& instruction = facts_.instruction(cause_.copy);
    return instruction.arguments.empty() ? std::string() : instruction.arguments.back().text;
  }

  void write(Fix& fix) {
    Replacement replacement;
    std::set<std::string> files;
    for (const FedInstall* each : handled_) {
      for (const std::string& file : each->inputs.files) {
        if (!landing(file).empty() && !is_brought_above(file)) files.insert(file);
      }
    }
    if (!copy_lines(files, replacement.lines)) {
      obstacle_ = "a path would have to be quoted";
      return;
    }
    compose(fix, replacement);
    if (!replacement.lines.empty()) {
      std::vector<std::string> names(files.begin(), files.end());
      sort_as_people_do(names);
      const std::string manifests = names.size() > 3 ? fmt::format("{} manifests", names.size()) : list_words(names);
      fix.title =
          cut_ ? fmt::format("Cut the RUN behind `{}`; copy {} above it, and the rest below", last_title(), manifests)
               : fmt::format("Copy {} before `{}`, and the rest after it", manifests, title());
    } else {
      fix.title = cut_ ? fmt::format("Cut the RUN behind `{}`; move the {} in between", last_title(),
                                     keyword_name(copy_.keyword))
                       : fmt::format("Move the {} below `{}`", keyword_name(copy_.keyword), title());
    }
    const std::uint32_t run = facts_.model().steps[last_install_].item;
    const bool written = cut_ ? replace_and_move_into(fix.edits, tree_, copy_.item, replacement, run, *cut_)
                              : replace_and_move_behind(fix.edits, tree_, copy_.item, replacement, run);
    if (!written) obstacle_ = "the lines cannot be moved without touching others";
  }

  const std::string& title() const { return handled_.front()->install->title; }
  const std::string& last_title() const { return handled_.back()->install->title; }

  // The directory in the image where this COPY puts a file of the context; "" when it does not bring it.
  std::string landing(std::string_view file) const {
    for (const ContextCopy& source : sources_) {
      if (const auto directory = landing_directory(source, file)) return *directory;
    }
    return {};
  }

  bool is_brought_above(const std::string& file) const {
    return std::any_of(above_.begin(), above_.end(),
                       [&](const ContextCopy* copy) { return landing_directory(*copy, file) == landing(file); });
  }

  // One COPY per directory, or one for all with --parents where the frontend surely has it.
  bool copy_lines(const std::set<std::string>& files, std::vector<std::string>& lines) const {
    std::map<std::string, std::vector<std::string>> by_directory;
    for (const std::string& file : files) {
      if (file.find_first_of(" \t\"'$\\[") != std::string::npos) return false;
      by_directory[std::string(path_below(landing(file), destination_))].push_back(file);
    }
    for (auto& [directory, names] : by_directory) sort_as_people_do(names);
    const auto version = frontend_version(tree_);
    const bool floating = version && version->second == 999;
    const bool whole =
        std::any_of(sources_.begin(), sources_.end(), [](const ContextCopy& source) { return source.whole; });
    const std::string head = keyword_and_flags();
    if (by_directory.size() > 1 && whole && version && !floating && *version >= std::pair(1, 20)) {
      std::vector<std::string> all(files.begin(), files.end());
      sort_as_people_do(all);
      lines.push_back(fmt::format("{} --parents {} {}", head, fmt::join(all, " "), directory_form("", true)));
      return true;
    }
    for (const auto& [directory, names] : by_directory) {
      const bool one = names.size() == 1 && names.front().find('*') == std::string::npos;
      lines.push_back(fmt::format("{} {} {}", head, fmt::join(names, " "), directory_form(directory, !one)));
    }
    return true;
  }

  // The nearest directory first, and in it package.json before its lock file.
  void sort_as_people_do(std::vector<std::string>& files) const {
    const auto key = [&](const std::string& file) {
      return std::tuple(std::count(file.begin(), file.end(), '/'), directory_of(file), rank(file));
    };
    std::stable_sort(files.begin(), files.end(),
                     [&](const std::string& a, const std::string& b) { return key(a) < key(b); });
  }

  std::size_t rank(std::string_view file) const {
    constexpr std::size_t last = 1000;
    std::size_t position = 0;
    std::size_t found = last;
    for (const FedInstall* each : handled_) {
      each_word(each->install->manager().manifests, [&](std::string_view name) {
        ++position;
        if (found == last && matches_glob(base_name(file), name)) found = position;
      });
    }
    return found;
  }

  std::string keyword_and_flags() const {
    const Instruction& instruction = facts_.instruction(cause_.copy);
    const bool lower = !instruction.name.text.empty() && instruction.name.text[0] >= 'a';
    std::string head = lower ? "copy" : "COPY";
    for (const Flag& flag : instruction.flags) {
      if (flag.name() == "chown" || flag.name() == "chmod" || flag.name() == "link")
        head += fmt::format(" {}", slice(*tree_.text, tree_.items[copy_.item].absolute(flag.span)));
    }
    return head;
  }

  // The destination as its author writes it, as a directory.
  std::string directory_form(const std::string& below, bool several) const {
    std::string text = written_destination();
    if (text == "." && below.empty()) return several ? "./" : ".";
    if (text == "." || text == "./") return below.empty() ? "./" : below + '/';
    if (!text.ends_with('/')) text += '/';
    return below.empty() ? text : text + below + '/';
  }

  // Composer runs scripts and writes an autoloader that lists the project's classes: both have to wait for the sources.
  void compose(Fix& fix, Replacement& replacement) {
    for (const FedInstall* each : handled_) {
      const Install& install = *each->install;
      if (install.tool != Tool::composer || install.option("--no-autoloader")) continue;
      RunEditor editor(tree_, facts_.model().steps[each->step].item, facts_.commands(each->step));
      const Span last = install.words.back().span;
      if (install.scripts) editor.add_word(install.command, last, "--no-scripts");
      editor.add_word(install.command, last, "--no-autoloader");
      if (facts_.instruction(each->step).json || !editor.finish(fix.edits)) obstacle_ = "the command cannot be edited";
      doubt("that Composer's own scripts may be left out, or run when the autoloader is written");
      if (facts_.source(each->step).find("dump-autoload") != std::string_view::npos) continue;
      std::string dump = fmt::format("{} composer dump-autoload", facts_.instruction(each->step).name.text);
      if (install.option("--no-dev")) dump += " --no-dev";
      if (install.option("--optimize-autoloader -o")) dump += " --optimize";
      if (install.option("--classmap-authoritative -a")) dump += " --classmap-authoritative";
      replacement.following.push_back(dump);
    }
  }

  void collect_doubts() {
    for (const FedInstall* each : handled_) {
      for (const std::string& text : each->inputs.doubts) doubt(text);
      for (const std::string& lock : each->inputs.locks) {
        doubt(fmt::format("that `{}` leaves {} as it is: the COPY now puts the original back", each->install->title,
                          lock));
      }
      if (each->install->requirements.empty()) doubt_results(*each);
    }
  }

  // What the install writes beside the manifests must not come with the COPY, neither now nor after a local install.
  void doubt_results(const FedInstall& each) {
    const BuildContext& context = facts_.context().context;
    const std::string_view results = each.install->manager().results;
    const std::size_t before = doubts_.size();
    each_word(results, [&](std::string_view result) {
      const std::string_view name = base_name(result);
      for (const ContextEntry& entry : context.entries()) {
        if (base_name(entry.path) != name || !is_within(entry.path, each.inputs.project)) continue;
        if (name != result && !entry.path.ends_with(result)) continue;
        if (!landing(entry.path).empty()) {
          doubt(fmt::format("{} is in the context, and the COPY now puts it over the installed one", entry.path));
          return;
        }
      }
    });
    const std::string_view main = results.substr(0, results.find(' '));
    if (doubts_.size() != before || main.empty() || main.find('/') != std::string_view::npos) return;
    const std::string path = resolve_path(each.inputs.project.empty() ? "." : each.inputs.project, main);
    if (!landing(path).empty() && !context.dockerignore().match(path).ignored)
      doubt(
          fmt::format("that {} never lies in the context, where no .dockerignore hides it: the COPY would put it over "
                      "the installed one",
                      path));
  }

  const StepFacts& facts_;
  const std::vector<ContextCopy>& sources_;
  CopyList above_;
  const SyntaxTree& tree_;
  const Cause& cause_;
  const Step& copy_;
  std::string destination_;
  StepId last_install_ = none;
  std::optional<RunCut> cut_;
  std::optional<Span> build_;
  std::vector<const FedInstall*> handled_;
  std::vector<std::string> doubts_;
  std::string obstacle_;
};

}  // namespace

Repair repair(const StepFacts& facts, const ContextCopies& copies, const Cause& cause) {
  return Mover(facts, copies, cause).make();
}

}  // namespace keyline::analysis
