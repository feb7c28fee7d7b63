#include "analysis/knowledge/install_commands.h"

#include <algorithm>
#include <array>
#include <optional>

#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/shell_walk.h"

namespace keyline::analysis {

namespace {

using Option = std::pair<std::string, std::optional<std::string>>;

// The words behind the program, told apart with the help of the table row.
struct Reading {
  std::vector<Option> options;
  std::vector<ShellWord> operands;
};

bool is_assignment_operand(std::string_view text) { return text == "true" || text == "false"; }

Reading read_words(const PackageManager& manager, const std::vector<ShellWord>& words) {
  Reading reading;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& text = words[i].text;
    if (text.size() < 2 || text[0] != '-' || text == "--") {
      if (text != "--" && !is_assignment_operand(text)) reading.operands.push_back(words[i]);
      continue;
    }
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) {
      reading.options.push_back({text.substr(0, equals), text.substr(equals + 1)});
      continue;
    }
    const bool python = manager.tool == Tool::pip || manager.tool == Tool::uv;
    if (python && text.size() > 2 && (text.starts_with("-r") || text.starts_with("-c") || text.starts_with("-e"))) {
      reading.options.push_back({text.substr(0, 2), text.substr(2)});
      continue;
    }
    Option option{text, std::nullopt};
    if (lists(manager.value_options, text) && i + 1 < words.size()) option.second = words[++i].text;
    reading.options.push_back(std::move(option));
  }
  return reading;
}

// The number of leading operands that a phrase of the list covers; the longest phrase wins.
std::optional<std::size_t> match_phrase(std::string_view phrases, const std::vector<ShellWord>& operands) {
  std::optional<std::size_t> best;
  each_word(
      phrases,
      [&](std::string_view phrase) {
        if (phrase == "-") {
          if (operands.empty() && !best) best = 0;
          return;
        }
        std::size_t used = 0;
        bool matches = true;
        each_word(phrase, [&](std::string_view word) {
          matches = matches && used < operands.size() && operands[used].text == word;
          ++used;
        });
        if (matches && used > best.value_or(0)) best = used;
      },
      ',');
  return best;
}

bool names_a_path(std::string_view operand) {
  if (operand.find("://") != std::string_view::npos || operand.find("git+") != std::string_view::npos) return false;
  if (operand.starts_with('.') || operand.starts_with('/') || operand.starts_with("file:")) return true;
  if (operand.starts_with('$')) return true;
  constexpr std::array endings = {".whl", ".tgz", ".tar.gz", ".deb", ".rpm", ".zip"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return operand.ends_with(ending); });
}

bool has(const Reading& reading, std::string_view names) {
  return std::any_of(reading.options.begin(), reading.options.end(),
                     [&](const Option& option) { return lists(names, option.first); });
}

class Classifier {
 public:
  Classifier(const PackageManager& manager, Reading reading) : manager_(manager), reading_(std::move(reading)) {}

  // Fills in verb, title, operands and what is taken from where; false when the command is no install.
  bool classify(Install& install) {
    if (has(reading_, "--version -v --help -h -V") && reading_.operands.empty()) return false;
    if (!find_verb(install)) return false;
    install.operands.assign(reading_.operands.begin() + static_cast<std::ptrdiff_t>(verb_words_),
                            reading_.operands.end());
    paths_ = std::any_of(install.operands.begin(), install.operands.end(),
                         [](const ShellWord& word) { return names_a_path(word.text); });
    switch (manager_.tool) {
      case Tool::pip:
        return python(install, false);
      case Tool::uv:
        return python(install, true);
      case Tool::poetry:
        poetry(install);
        break;
      case Tool::npm:
      case Tool::yarn:
      case Tool::yarn_berry:
      case Tool::pnpm:
        javascript(install);
        break;
      case Tool::go:
        go(install);
        break;
      case Tool::cargo:
        cargo(install);
        break;
      case Tool::composer:
        composer(install);
        break;
      case Tool::bundler:
        install.keeps_manifests = has(reading_, "--deployment --frozen");
        break;
      case Tool::dotnet:
        install.keeps_manifests = true;
        break;
      default:
        break;
    }
    if (manager_.system) install.names_packages = true;
    if (install.verb == Verb::add) {
      install.names_packages = true;
      if (paths_) install.sources = SourceUse::sources;
    }
    return true;
  }

 private:
  bool find_verb(Install& install) {
    if (manager_.tool == Tool::maven) return maven(install);
    if (manager_.tool == Tool::gradle) return gradle(install);
    std::optional<std::size_t> best;
    const auto consider = [&](std::string_view phrases, Verb verb) {
      const auto used = match_phrase(phrases, reading_.operands);
      if (!used || (best && *used <= *best)) return;
      best = used;
      install.verb = verb;
    };
    consider(manager_.install, Verb::install);
    consider(manager_.add, Verb::add);
    consider(manager_.build, Verb::build);
    consider(manager_.update, Verb::update);
    if (!best) return false;
    verb_words_ = *best;
    for (std::size_t i = 0; i < verb_words_; ++i) install.title += ' ' + reading_.operands[i].text;
    return true;
  }

  bool maven(Install& install) {
    constexpr std::string_view phases =
        "compile test-compile test package verify install deploy spring-boot:build-image site process-classes "
        "prepare-package generate-sources";
    bool resolves = false;
    bool builds = false;
    for (const ShellWord& goal : reading_.operands) {
      if (goal.text.find("go-offline") != std::string::npos ||
          goal.text.find("dependency:resolve") != std::string::npos ||
          goal.text.find(":resolve-dependencies") != std::string::npos) {
        resolves = true;
        install.title += ' ' + goal.text;
      } else if (lists(phases, goal.text)) {
        if (!builds) install.title += ' ' + goal.text;
        builds = true;
      }
      install.publishes = install.publishes || lists("install deploy install:install-file", goal.text);
    }
    install.verb = builds ? Verb::build : Verb::install;
    verb_words_ = reading_.operands.size();
    return resolves || builds;
  }

  bool gradle(Install& install) {
    constexpr std::string_view no_tasks = "wrapper help tasks projects properties init clean --stop";
    bool resolves = false;
    bool builds = false;
    for (const ShellWord& task : reading_.operands) {
      const std::string_view name = std::string_view(task.text).substr(task.text.rfind(':') + 1);
      if (name == "dependencies" || name == "resolveDependencies" || name == "downloadDependencies" ||
          name == "resolveAllDependencies") {
        resolves = true;
      } else if (!lists(no_tasks, name)) {
        builds = true;
      } else {
        continue;
      }
      if (install.title.find(' ') == std::string::npos) install.title += ' ' + task.text;
    }
    install.verb = builds ? Verb::build : Verb::install;
    verb_words_ = reading_.operands.size();
    return resolves || builds;
  }

  bool python(Install& install, bool uv) {
    if (uv && install.title.ends_with(" sync") && verb_words_ == 1) {
      if (!has(reading_, "--no-install-project --no-install-workspace --only-group --only-dev")) {
        install.sources = SourceUse::project;
      }
      install.keeps_manifests = has(reading_, "--locked --frozen");
      return true;
    }
    install.keeps_manifests = install.title != "uv add";
    if (install.verb == Verb::add) return true;
    for (const auto& [name, value] : reading_.options) {
      if (!value) continue;
      if (lists("-r --requirement -c --constraint --requirements --constraints", name)) {
        install.requirements.push_back(*value);
      } else if ((lists("-e --editable", name) && names_a_path(*value)) ||
                 (lists("-f --find-links", name) && value->find("://") == std::string::npos)) {
        paths_ = true;
      }
    }
    if (uv && install.title.ends_with("pip sync")) {
      for (const ShellWord& word : install.operands) install.requirements.push_back(word.text);
      paths_ = false;
    }
    if (paths_) install.sources = SourceUse::sources;
    install.names_packages = install.requirements.empty() && !has(reading_, "--group");
    if (install.names_packages) install.verb = Verb::add;
    return !install.operands.empty() || !install.requirements.empty() || paths_ || has(reading_, "--group");
  }

  void poetry(Install& install) {
    if (install.verb != Verb::install) return;
    if (!has(reading_, "--no-root")) install.sources = SourceUse::project;
    install.keeps_manifests = true;
  }

  void javascript(Install& install) {
    install.scripts = !has(reading_, "--ignore-scripts");
    if (manager_.tool == Tool::pnpm && verb_words_ > 0 && reading_.operands[0].text == "fetch") {
      install.scripts = false;
      install.keeps_manifests = true;
    }
    const bool global = has(reading_, "-g --global --location");
    if (install.verb == Verb::install && global && install.operands.empty()) install.sources = SourceUse::sources;
    const bool focus = install.title.ends_with("focus");
    if (install.verb == Verb::install && !install.operands.empty() && !focus) install.verb = Verb::add;
    if (manager_.tool == Tool::yarn &&
        (focus || has(reading_, "--immutable --immutable-cache --check-cache --inline-builds --mode"))) {
      install.tool = Tool::yarn_berry;
    }
    if (lists("npm", manager_.name)) {
      install.keeps_manifests =
          lists("ci clean-install install-clean cit", verb_words_ ? reading_.operands[0].text : "");
    }
    install.keeps_manifests =
        install.keeps_manifests || global || install.title == "yarn global add" ||
        has(reading_, "--frozen-lockfile --immutable --pure-lockfile --no-lockfile --no-package-lock");
  }

  void go(Install& install) {
    install.keeps_manifests = true;
    if (install.title != "go install" && install.verb != Verb::add) return;
    const auto versioned = [](const ShellWord& word) { return word.text.find('@') != std::string::npos; };
    const bool local =
        install.operands.empty() || std::any_of(install.operands.begin(), install.operands.end(),
                                                [](const ShellWord& word) { return word.text.starts_with('.'); });
    const bool all_versioned = std::all_of(install.operands.begin(), install.operands.end(), versioned);
    if (local || (install.title == "go install" && !all_versioned))
      install.verb = Verb::build;
    else
      install.verb = Verb::add;
    paths_ = false;
  }

  void cargo(Install& install) {
    if (install.verb == Verb::add && has(reading_, "--path")) install.verb = Verb::build;
    install.keeps_manifests = install.title == "cargo install" || has(reading_, "--locked --frozen");
  }

  void composer(Install& install) {
    const std::string_view verb = verb_words_ ? std::string_view(reading_.operands[0].text) : std::string_view();
    install.keeps_manifests = lists("install i create-project global", verb);
    install.scripts = !has(reading_, "--no-scripts");
    if (install.verb == Verb::install && !install.operands.empty()) install.verb = Verb::add;
  }

  const PackageManager& manager_;
  Reading reading_;
  std::size_t verb_words_ = 0;
  bool paths_ = false;
};

const PackageManager* manager_of(std::string_view program) {
  for (const PackageManager& row : package_managers()) {
    if (lists(row.programs, program)) return &row;
  }
  return nullptr;
}

bool is_offline(const Install& install) {
  switch (install.tool) {
    case Tool::cargo:
      return install.option("--offline --frozen").has_value();
    case Tool::dotnet:
      return install.option("--no-restore").has_value();
    case Tool::maven:
      return install.option("--offline -o").has_value();
    case Tool::pip:
      return install.option("--no-index").has_value();
    case Tool::bundler:
      return install.option("--local").has_value();
    default:
      return install.option("--offline").has_value();
  }
}

bool runs_as_other_user(const ShellCommand& command, std::size_t program) {
  for (std::size_t i = 0; i < program; ++i) {
    const std::string name = program_name(command.words[i].text);
    if (name == "gosu" || name == "su-exec" || name == "runuser") return true;
    if (name == "sudo" || name == "doas") return true;
  }
  return false;
}

std::optional<Install> install_of(const ShellCommand& command, const ShellWalk& walk) {
  std::size_t program = wrapped_program(command);
  if (program >= command.words.size()) return std::nullopt;
  // "php composer.phar install" runs a script of that name.
  if (program_name(command.words[program].text) == "php") {
    while (program + 1 < command.words.size() && command.words[program + 1].text.starts_with('-')) ++program;
    if (++program >= command.words.size()) return std::nullopt;
  }
  const std::string name = program_name(command.words[program].text);
  const PackageManager* manager = manager_of(name);
  if (manager == nullptr) return std::nullopt;

  Install install{.tool = manager->tool, .span = command.span, .title = name, .conditional = command.conditional};
  install.words.assign(command.words.begin() + static_cast<std::ptrdiff_t>(program), command.words.end());
  const Reading reading = read_words(*manager, install.words);
  if (!Classifier(*manager, reading).classify(install)) return std::nullopt;

  install.directory = walk.directory();
  for (const auto& [option, value] : reading.options) {
    if (lists(manager->directory_options, option) && value) install.directory = resolve_path(install.directory, *value);
  }
  install.options = reading.options;
  install.offline = is_offline(install);
  install.variables = walk.variables();
  ShellWalk::remember(install.variables, command.assignments);
  for (std::size_t i = 0; i < program; ++i) {  // env A=1
    const std::string& text = command.words[i].text;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos && text[0] != '-') {
      install.variables.emplace_back(text.substr(0, equals), command.words[i].literal ? text.substr(equals + 1) : "$");
    }
  }
  install.other_user = walk.inside_su(command.span) || (!manager->system && runs_as_other_user(command, program));
  return install;
}

}  // namespace

std::optional<std::string> Install::option(std::string_view names) const {
  std::optional<std::string> found;
  for (const auto& [name, value] : options) {
    if (lists(names, name)) found = value.value_or("");
  }
  return found;
}

std::vector<ShellCommand> run_commands(const Instruction& run) {
  if (!run.json || !run.script.commands.empty()) return run.script.commands;
  ShellCommand command;
  for (const Word& word : run.arguments) command.words.push_back({.text = word.text, .span = word.span});
  if (command.words.empty()) return {};
  command.span = {command.words.front().span.begin, command.words.back().span.end};
  return {command};
}

std::vector<Install> find_installs(const std::vector<ShellCommand>& commands, std::string_view workdir) {
  std::vector<Install> installs;
  ShellWalk walk(workdir);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    walk.enter(commands[i]);
    if (auto install = install_of(commands[i], walk)) {
      install->command = i;
      installs.push_back(std::move(*install));
    }
    walk.leave(commands[i]);
  }
  return installs;
}

}  // namespace keyline::analysis
