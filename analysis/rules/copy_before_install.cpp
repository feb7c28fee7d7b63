// A COPY that brings in more than the next install reads, so that any edit re-runs the install.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/manifests.h"
#include "analysis/knowledge/paths.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/install_inputs.h"

namespace keyline::analysis {

namespace {

struct FedInstall {
  StepId step = none;
  const Install* install = nullptr;
  InstallInputs inputs;
};

// A COPY and the installs that it makes re-run.
struct Cause {
  StepId copy = none;
  std::string source;            // what it copies, "." for the whole context
  std::uint64_t files = 0;       // that it brings; 0: not known
  bool feeds_manifests = false;  // also brings what the installs need
  std::vector<FedInstall> installs;
};

// Whether something in the RUN in front of the install may need the sources.
bool needs_sources_first(const StepFacts& facts, StepId step, const Install& install) {
  const std::vector<ShellCommand>& commands = facts.commands(step);
  for (std::size_t i = 0; i < install.command; ++i) {
    const auto& all = facts.installs(step);
    const bool installs = std::any_of(all.begin(), all.end(), [&](const Install& each) {
      return each.command == i && each.verb != Verb::build && each.sources == SourceUse::none;
    });
    if (!installs && !is_plain_command(commands[i])) return true;
  }
  return false;
}

// Whether the copy brings files that are no manifests. The context must be known.
bool brings_others(const StepFacts& facts, const ContextCopy& copy, const InstallInputs& inputs) {
  const std::vector<ContextEntry>& entries = facts.context().context.entries();
  return std::any_of(entries.begin(), entries.end(), [&](const ContextEntry& entry) {
    if (entry.kind == EntryKind::directory || !is_within(entry.path, copy.source)) return false;
    const bool input = std::binary_search(inputs.files.begin(), inputs.files.end(), entry.path);
    return !input && (copy.whole || !is_manifest(entry.path));
  });
}

bool provides(const ContextCopy& copy, const InstallInputs& inputs) {
  return std::any_of(inputs.files.begin(), inputs.files.end(),
                     [&](const std::string& file) { return is_within(file, copy.source); });
}

// Whether the copy is to blame for re-runs of the install.
bool feeds_too_much(const StepFacts& facts, const ContextCopy& copy, StepId run, const Install& install,
                    const InstallInputs& inputs) {
  if (!copy.directory) return false;
  const bool related = is_within(install.directory, copy.destination) || is_within(copy.destination, install.directory);
  if (!related && !copy.whole) return false;
  // A second install of the same tool is quick, and meant.
  if (facts.is_installed_above(copy.step, install.tool)) return false;
  if (inputs.known && !brings_others(facts, copy, inputs)) return false;
  if (copy.whole || provides(copy, inputs)) return true;
  // Sources beside the manifests: blamed only when nothing in the install or behind it in the RUN can want them.
  if (!inputs.known || !inputs.doubts.empty()) return false;
  const std::vector<ShellCommand>& commands = facts.commands(run);
  return std::all_of(commands.begin() + static_cast<std::ptrdiff_t>(install.command) + 1, commands.end(),
                     is_plain_command);
}

std::vector<Cause> find_causes(const StepFacts& facts, const ContextCopies& all_copies) {
  std::map<StepId, Cause> causes;
  for (StepId run = 0; run < facts.model().steps.size(); ++run) {
    for (const Install& install : facts.installs(run)) {
      if (install.verb != Verb::install || install.names_packages || install.sources == SourceUse::sources) continue;
      if (needs_sources_first(facts, run, install)) continue;
      const CopyList copies = all_copies.above(run);
      if (copies.empty()) continue;
      const InstallInputs inputs = inputs_of(facts, install, copies);
      if (inputs.reads_sources) continue;
      for (const ContextCopy* each : copies) {
        const ContextCopy& copy = *each;
        if (!feeds_too_much(facts, copy, run, install, inputs)) continue;
        Cause& cause = causes[copy.step];
        cause.copy = copy.step;
        cause.source = copy.source;
        cause.feeds_manifests = cause.feeds_manifests || copy.whole || provides(copy, inputs);
        if (inputs.known) cause.files = std::max(cause.files, match_source(facts.context().context, copy.source).files);
        if (cause.installs.empty() || cause.installs.back().install != &install)
          cause.installs.push_back({run, &install, inputs});
      }
    }
  }
  std::vector<Cause> result;
  result.reserve(causes.size());
  for (auto& [step, cause] : causes) result.push_back(std::move(cause));
  return result;
}

// Where the copy can go, and which of the installs it then no longer feeds.
class Repair {
 public:
  Repair(const StepFacts& facts, const ContextCopies& copies, const Cause& cause)
      : facts_(facts),
        sources_(copies.of(cause.copy)),
        above_(copies.above(cause.copy)),
        tree_(facts.context().tree),
        cause_(cause),
        copy_(facts.model().steps[cause.copy]),
        destination_(facts.destination(cause.copy)) {}

  Fix make() && {
    find_place();
    Fix fix;
    fix.title =
        fmt::format("Copy the manifests before `{}`, and the rest after it", cause_.installs.front().install->title);
    if (obstacle_.empty()) write(fix);
    if (!obstacle_.empty()) {
      fix.edits = {};
      fix.safety = Safety::sketch;
      fix.unproven = obstacle_;
      return fix;
    }
    collect_doubts();
    fix.safety = doubts_.empty() ? Safety::safe : Safety::review;
    fix.unproven = fmt::format("{}", fmt::join(doubts_, "; "));
    return fix;
  }

 private:
  void doubt(std::string text) {
    if (std::find(doubts_.begin(), doubts_.end(), text) == doubts_.end()) doubts_.push_back(std::move(text));
  }

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
    const FedInstall* first = fed(id);
    if (first == nullptr) {
      if (!facts_.is_plain(id) || touches_destination(id)) return false;
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
    // What follows the install in the same RUN stays with it as long as it does not need the sources.
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    for (std::size_t i = last + 1; i < commands.size(); ++i) {
      const auto& installs = facts_.installs(id);
      const bool named = std::any_of(installs.begin(), installs.end(),
                                     [&](const Install& each) { return each.command == i && each.names_packages; });
      if (named || is_plain_command(commands[i])) continue;
      split_behind_ = i - 1;
      cut(id);
      return false;
    }
    return true;
  }

  void cut(StepId id) {
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    const Instruction& run = facts_.instruction(id);
    const ShellCommand& left = commands[*split_behind_];
    const ShellCommand& right = commands[*split_behind_ + 1];
    bool simple = !run.json && run.heredocs.empty() && run.script.complete && right.join == ShellJoin::and_then;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      simple = simple && commands[i].depth == 0 && !commands[i].subshell && !commands[i].conditional;
      const bool state = commands[i].words.empty() ||
                         lists("cd export set source . pushd trap umask ulimit", commands[i].words[0].text);
      simple = simple && !(i <= *split_behind_ && state);
    }
    cut_ = facts_.context().absolute(id, {left.span.end, right.span.begin});
    if (slice(*tree_.text, cut_).find('#') != std::string_view::npos) simple = false;
    if (!simple)
      obstacle_ = "the command goes on to use the sources; split it behind the install and copy the sources in between";
    else
      doubt("that the two halves of the command share nothing but files");
  }

  bool touches_destination(StepId id) const {
    const std::string workdir = workdir_of(facts_.model().steps[id]);
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const auto& installs = facts_.installs(id);
      if (std::any_of(installs.begin(), installs.end(), [&](const Install& each) { return each.command == i; }))
        continue;
      std::vector<ShellWord> words = commands[i].words;
      words.insert(words.end(), commands[i].redirections.begin(), commands[i].redirections.end());
      for (std::size_t w = 1; w < words.size(); ++w) {
        const std::string& text = words[w].text;
        if (text.starts_with('-') || text.find("://") != std::string::npos) continue;
        if (words[0].text == "sed" && !words[w - 1].text.starts_with("-f") && !text.starts_with('/') &&
            text.find_first_of("|/#,") < 2)
          continue;  // its script
        const bool relative = !text.starts_with('/') && !text.starts_with('~') && !text.starts_with('$');
        if (relative && text.find_first_of("/.") == std::string::npos &&
            !lists("mkdir chmod chown rm mv cp ln touch cat tar sed", words[0].text))
          continue;
        const std::string path = resolve_path(workdir, text);
        if (path.empty() || is_within(path, destination_) || (path != "/" && is_within(destination_, path)))
          return destination_ != "/" || relative;
      }
    }
    return false;
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
        if (is_brought_above(file)) continue;
        if (lies_in_copy(file)) files.insert(file);
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
      fix.title = fmt::format("Copy {} before `{}`, and the rest after it", manifests, title());
    } else {
      fix.title = fmt::format("Move the {} below `{}`", keyword_name(copy_.keyword), title());
    }
    const std::uint32_t run = facts_.model().steps[last_install_].item;
    const bool written = split_behind_ ? replace_and_move_into(fix.edits, tree_, copy_.item, replacement, run, cut_)
                                       : replace_and_move_behind(fix.edits, tree_, copy_.item, replacement, run);
    if (!written) obstacle_ = "the lines cannot be moved without touching others";
  }

  const std::string& title() const { return handled_.front()->install->title; }

  bool is_brought_above(const std::string& file) const {
    return std::any_of(above_.begin(), above_.end(), [&](const ContextCopy* copy) {
      const bool brings =
          copy->directory ? is_within(file, copy->source) : copy->source == file || matches_glob(file, copy->source);
      return brings && copy->destination == destination_;
    });
  }

  // One COPY per directory, or one for all with --parents where the frontend surely has it.
  bool copy_lines(const std::set<std::string>& files, std::vector<std::string>& lines) const {
    std::map<std::string, std::vector<std::string>> by_directory;
    for (const std::string& file : files) {
      if (file.find_first_of(" \t\"'$\\[") != std::string::npos) return false;
      std::string_view below = directory_of(file);
      for (const ContextCopy& source : sources_) {
        if (is_within(file, source.source)) below = path_below(below.empty() ? "." : below, source.source);
      }
      by_directory[std::string(below)].push_back(file);
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
      std::string dump = fmt::format("{} composer dump-autoload", facts_.instruction(each->step).name.text);
      if (install.option("--no-dev")) dump += " --no-dev";
      if (install.option("--optimize-autoloader -o")) dump += " --optimize";
      if (install.option("--classmap-authoritative -a")) dump += " --classmap-authoritative";
      replacement.following.push_back(dump);
      doubt("that Composer's own scripts may be left out, or run when the autoloader is written");
    }
  }

  void collect_doubts() {
    const BuildContext& context = facts_.context().context;
    for (const FedInstall* each : handled_) {
      for (const std::string& text : each->inputs.doubts) doubt(text);
      for (const std::string& lock : each->inputs.locks) {
        doubt(fmt::format("that `{}` leaves {} as it is: the COPY now puts the original back", each->install->title,
                          lock));
      }
      each_word(each->install->manager().results, [&](std::string_view result) {
        const std::string_view name = base_name(result);
        for (const ContextEntry& entry : context.entries()) {
          if (base_name(entry.path) != name || !is_within(entry.path, each->inputs.project)) continue;
          if (name != result && !entry.path.ends_with(result)) continue;
          if (lies_in_copy(entry.path)) {
            doubt(fmt::format("{} is in the context, and the COPY now puts it over the installed one", entry.path));
            return;
          }
        }
      });
    }
  }

  bool lies_in_copy(std::string_view path) const {
    return std::any_of(sources_.begin(), sources_.end(),
                       [&](const ContextCopy& source) { return is_within(path, source.source); });
  }

  const StepFacts& facts_;
  const std::vector<ContextCopy>& sources_;
  CopyList above_;
  const SyntaxTree& tree_;
  const Cause& cause_;
  const Step& copy_;
  std::string destination_;
  StepId last_install_ = none;
  std::optional<std::size_t> split_behind_;
  Span cut_;
  std::vector<const FedInstall*> handled_;
  std::vector<std::string> doubts_;
  std::string obstacle_;
};

std::string quoted(const SyntaxTree& tree, Span span) {
  constexpr std::size_t longest = 60;
  std::string text(slice(*tree.text, first_line(tree, span)));
  if (text.size() > longest) text.replace(longest - 3, std::string::npos, "...");
  return fmt::format("`{}`", text);
}

std::string message_of(const RuleContext& context, const Cause& cause) {
  std::vector<std::string> titles;
  for (const FedInstall& each : cause.installs) {
    const std::string title = fmt::format("`{}`", each.install->title);
    if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
  }
  std::string fed = "every file of the context";
  if (cause.files != 0)
    fed = fmt::format("{} file{}", cause.files, cause.files == 1 ? "" : "s");
  else if (cause.source != ".")
    fed = fmt::format("everything below `{}`", cause.source);
  return fmt::format("{} {} on every source edit: {} feeds {} {}", fmt::join(titles, " and "),
                     titles.size() == 1 ? "re-runs" : "re-run",
                     quoted(context.tree, context.model.steps[cause.copy].span), titles.size() == 1 ? "it" : "them",
                     fed);
}

// A bind mount of more than the manifests does the same without leaving a layer.
void check_bind_mounts(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId run = 0; run < context.model.steps.size(); ++run) {
    if (facts.installs(run).empty()) continue;
    for (const Origin& origin : context.model.steps[run].origins) {
      if (origin.kind != Origin::Kind::context || origin.mount == none ||
          origin.mount >= context.model.steps[run].mounts.size())
        continue;
      const bool whole =
          origin.paths.empty() || (origin.paths.front().known && clean_source(origin.paths.front().text) == ".");
      const auto& installs = facts.installs(run);
      const auto install = std::find_if(installs.begin(), installs.end(), [](const Install& each) {
        return each.verb == Verb::install && !each.names_packages && each.sources == SourceUse::none;
      });
      const auto& commands = facts.commands(run);
      if (!whole || install == installs.end()) continue;
      const bool only_installs = std::all_of(commands.begin(), commands.end(), [&](const ShellCommand& command) {
        return is_plain_command(command) || std::any_of(installs.begin(), installs.end(), [&](const Install& each) {
                 return &commands[each.command] == &command && each.verb != Verb::build &&
                        each.sources == SourceUse::none;
               });
      });
      if (!only_installs) continue;
      const std::uint64_t files = context.context.complete() ? match_source(context.context, ".").files : 0;
      Finding finding{.span = first_line(context.tree, context.model.steps[run].mounts[origin.mount].span)};
      finding.message = fmt::format("`{}` re-runs on every source edit: the bind mount feeds it {}", install->title,
                                    files == 0 ? "every file of the context" : fmt::format("{} files", files));
      Fix fix{.title = "Mount only the manifests, one bind mount for each",
              .safety = Safety::sketch,
              .unproven = "which files the install reads"};
      finding.fixes.push_back(std::move(fix));
      findings.push_back(std::move(finding));
    }
  }
}

void check(const RuleContext& context, Findings& findings) {
  const StepFacts facts(context);
  const ContextCopies copies(facts);
  for (const Cause& cause : find_causes(facts, copies)) {
    Finding finding{.span = first_line(context.tree, context.model.steps[cause.copy].span)};
    finding.message = message_of(context, cause);
    for (const FedInstall& each : cause.installs) {
      finding.related.push_back({first_line(context.tree, context.absolute(each.step, each.install->span)),
                                 fmt::format("`{}` re-runs with it", each.install->title)});
    }
    Fix fix = Repair(facts, copies, cause).make();
    // A directory beside the manifests may be wanted by a step in between: it is blamed only when it could stand below.
    if (!cause.feeds_manifests && fix.safety == Safety::sketch) continue;
    finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
  check_bind_mounts(facts, findings);
}

}  // namespace

extern const Rule copy_before_install;
const Rule copy_before_install{
    .id = "copy-before-install",
    .summary = "Sources are copied before dependencies are installed",
    .severity = Severity::warning,
    .why =
        R"(Every file a COPY matches is part of its cache key, and each later step of the stage stands on it. When the sources come
in above the install, one edited file re-runs the install, although the manifests it reads are the same as before.
Copied in the other order, first the manifests, then the install, then the rest, the install re-runs only when a manifest
changes.)",
    .silent = R"(- The COPY brings nothing but manifests, or stands below the install, or in another stage.
- The install needs the sources: `pip install .`, `-e .`, `poetry install` of the project itself, lifecycle scripts in
  package.json that run at install, commands in front of the install that read the project.
- The same tool has installed above the COPY already; the second install is quick and meant.
- A directory beside the manifests is copied and the context is not known.)",
    .unproven =
        R"(Without the context, or with manifests that include others in ways that cannot be followed: that the install reads nothing
else. That no file of the context lies where the install writes (`node_modules` without a `.dockerignore`), and that the
install leaves its lock file alone. Whatever is open is named with the fix, which is then offered for review only.)",
    .example = {.before = R"(-- package.json --
{ "dependencies": { "left-pad": "1.3.0" } }
-- package-lock.json --
{}
-- src/index.js --
console.log("hello")
-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build
)",
                .after = R"(FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
)"},
    .check = check,
};

}  // namespace keyline::analysis
