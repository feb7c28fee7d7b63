#include "analysis/knowledge/install_commands.h"

#include <algorithm>
#include <optional>

#include "analysis/knowledge/install_classifier.h"
#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/shell_walk.h"

namespace keyline::analysis {

namespace {

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

// What the command says by itself: neither where it runs nor with which variables.
std::optional<Install> read_install(const ShellCommand& command, std::size_t program) {
  Install install{
      .span = command.span, .title = program_name(command.words[program].text), .conditional = command.conditional};
  install.words.assign(command.words.begin() + static_cast<std::ptrdiff_t>(program), command.words.end());
  if (classify_expression(install)) return install;
  const PackageManager* const manager = find_package_manager(install.title);
  if (manager == nullptr) return std::nullopt;
  install.tool = manager->tool;
  if (!classify_install(install)) return std::nullopt;
  return install;
}

std::optional<Install> install_of(const ShellCommand& command, const ShellWalk& walk) {
  std::size_t program = wrapped_program(command);
  if (program >= command.words.size()) return std::nullopt;
  // "php composer.phar install" runs a script of that name.
  if (program_name(command.words[program].text) == "php") {
    while (program + 1 < command.words.size() && command.words[program + 1].text.starts_with('-')) ++program;
    if (++program >= command.words.size()) return std::nullopt;
  }
  std::optional<Install> found = read_install(command, program);
  // "uv run pytest" fetches by itself, whatever it runs.
  const std::size_t outer = program_word(command);
  if (!found && outer < program) {
    program = outer;
    found = read_install(command, program);
  }
  if (!found) return std::nullopt;

  Install& install = *found;
  if (install.directory.empty()) install.directory = ".";
  install.directory = resolve_path(walk.directory(), install.directory);
  for (const auto& [option, value] : install.options) {
    if (lists(install.manager().directory_options, option) && value)
      install.directory = resolve_path(install.directory, *value);
  }
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
  install.other_user =
      !install.manager().system && (walk.inside_su(command.span) || runs_as_other_user(command, program));
  return found;
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
