#include "analysis/knowledge/install_classifier.h"

#include <algorithm>
#include <array>
#include <optional>

#include "analysis/knowledge/paths.h"

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

bool has(const Reading& reading, std::string_view names) {
  return std::any_of(reading.options.begin(), reading.options.end(),
                     [&](const Option& option) { return lists(names, option.first); });
}

// The number of leading operands that a phrase of the list covers; the longest phrase wins.
std::optional<std::size_t> match_phrase(std::string_view phrases, const Reading& reading) {
  const std::vector<ShellWord>& operands = reading.operands;
  std::optional<std::size_t> best;
  each_word(
      phrases,
      [&](std::string_view phrase) {
        const bool option = phrase.size() > 1 && phrase.front() == '-';
        if (phrase == "-" || phrase == "*" || option) {
          const bool matches = option ? has(reading, phrase) : (phrase == "-") == operands.empty();
          if (matches && !best) best = 0;
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
      case Tool::bun:
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
      case Tool::maven:
      case Tool::gradle:
        break;
      default:
        if (!manager_.system) as_listed(install);
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
    if (manager_.tool == Tool::pacman) return pacman(install);
    if (manager_.tool == Tool::mix) return mix(install);
    if (install.title == "uvx") install.verb = Verb::add;
    if (install.title == "uvx") return !reading_.operands.empty();
    std::optional<std::size_t> best;
    const auto consider = [&](std::string_view phrases, Verb verb) {
      const auto used = match_phrase(phrases, reading_);
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

  // "-Syu curl": the letters behind S say what it does.
  bool pacman(Install& install) {
    bool refreshes = false;
    bool installs = false;
    for (const auto& [name, value] : reading_.options) {
      const bool sync =
          name == "--sync" || (name.starts_with("-S") && name.find_first_of("csilg") == std::string::npos);
      const bool upgrade = name == "--sysupgrade" || (sync && name.find('u') != std::string::npos);
      refreshes = refreshes || name == "--refresh" || (sync && name.find('y') != std::string::npos);
      installs = installs || upgrade || name.starts_with("-U") || (sync && !reading_.operands.empty());
      if (sync || name.starts_with("-U")) install.title += ' ' + name;
    }
    install.verb = installs ? Verb::add : Verb::update;
    return installs || refreshes;
  }

  // "mix deps.get", "mix do deps.get, deps.compile"
  bool mix(Install& install) {
    bool builds = false;
    for (const ShellWord& operand : reading_.operands) {
      const std::string_view task = std::string_view(operand.text).substr(0, operand.text.find(','));
      if (task == "deps.get") install.title += " deps.get";
      builds = builds || lists("compile deps.compile release", task);
    }
    verb_words_ = reading_.operands.size();
    if (builds) install.sources = SourceUse::project;
    return install.title != "mix";
  }

  // What the table row says, for tools that need no more than that.
  void as_listed(Install& install) {
    for (const auto& [name, value] : reading_.options) {
      if (value && lists(manager_.manifest_options, name)) install.requirements.push_back(*value);
    }
    const bool entry = manager_.tool == Tool::deno && has(reading_, "--entrypoint -e");
    const bool chosen = !manager_.dependency_options.empty() && has(reading_, manager_.dependency_options);
    const bool named = std::any_of(install.operands.begin(), install.operands.end(), [&](const ShellWord& word) {
      return !manager_.path_is_project || !names_a_path(word.text);
    });
    if (chosen || (install.verb == Verb::add && !install.requirements.empty() && !named)) install.verb = Verb::install;
    if (install.verb == Verb::install && named && !chosen && !entry) install.verb = Verb::add;
    const bool whole = install.verb == Verb::install && !manager_.dependency_options.empty() && !chosen;
    if (whole || manager_.runs_project) install.sources = SourceUse::project;
    if (entry) install.sources = SourceUse::sources;
    if (manager_.tool == Tool::pipenv && has(reading_, "-e --editable")) install.sources = SourceUse::sources;
    if (manager_.path_is_project) find_project(install);
    if (install.verb == Verb::install) paths_ = false;
    install.keeps_manifests =
        manager_.frozen_options == "-" || has(reading_, manager_.frozen_options) || install.title.ends_with(" sync");
  }

  // "conan install ..", "opam install ./app.opam --deps-only"
  static void find_project(Install& install) {
    for (const ShellWord& word : install.operands) {
      if (!names_a_path(word.text)) continue;
      const bool file = base_name(word.text).find_last_not_of('.') != std::string_view::npos &&
                        base_name(word.text).find('.', 1) != std::string_view::npos;
      install.directory = file ? directory_of(word.text) : std::string_view(word.text);
    }
    std::erase_if(install.operands, [](const ShellWord& word) { return names_a_path(word.text); });
  }

  bool python(Install& install, bool uv) {
    if (install.verb == Verb::build) {
      install.sources = SourceUse::project;
      return !has(reading_, "--no-sync --no-project --isolated");
    }
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
    if (manager_.tool == Tool::npm || manager_.tool == Tool::bun) {
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

// What an expression calls that R or Julia is given with -e.
struct Call {
  std::string_view programs;
  std::string_view text;
  Tool tool;
  Verb verb;
};
constexpr Call calls[] = {{"R Rscript r", "renv::restore", Tool::renv, Verb::install},
                          {"R Rscript r", "renv::install", Tool::renv, Verb::add},
                          {"R Rscript r", "install.packages", Tool::r, Verb::add},
                          {"R Rscript r", "remotes::install_", Tool::r, Verb::add},
                          {"R Rscript r", "devtools::install_", Tool::r, Verb::add},
                          {"R Rscript r", "BiocManager::install", Tool::r, Verb::add},
                          {"R Rscript r", "pak::", Tool::r, Verb::add},
                          {"julia", "Pkg.instantiate", Tool::julia, Verb::install},
                          {"julia", "Pkg.add", Tool::julia, Verb::add}};

}  // namespace

bool classify_install(Install& install) {
  const PackageManager& manager = install.manager();
  const Reading reading = read_words(manager, install.words);
  if (!Classifier(manager, reading).classify(install)) return false;
  install.options = reading.options;
  return true;
}

bool classify_expression(Install& install) {
  for (std::size_t i = 1; i < install.words.size(); ++i) {
    const std::string& before = install.words[i - 1].text;
    if (before != "-e" && before != "--eval" && !install.words[i].text.starts_with("-e")) continue;
    for (const Call& call : calls) {
      if (!lists(call.programs, install.title) || install.words[i].text.find(call.text) == std::string::npos) continue;
      install.tool = call.tool;
      install.verb = call.verb;
      install.title = call.text;
      while (install.title.ends_with('_') || install.title.ends_with(':')) install.title.pop_back();
      install.names_packages = call.verb == Verb::add;
      install.keeps_manifests = true;
      // Both read a profile of the directory that they start in.
      if (call.tool != Tool::renv) install.sources = SourceUse::project;
      return true;
    }
  }
  return false;
}

}  // namespace keyline::analysis
