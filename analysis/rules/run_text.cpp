#include "analysis/rules/run_text.h"

#include <algorithm>
#include <utility>

#include "analysis/knowledge/plain_commands.h"
#include "analysis/knowledge/programs.h"
#include "analysis/knowledge/shell_walk.h"

namespace keyline::analysis {

namespace {

bool sets_something(const ShellCommand& command) {
  return std::any_of(command.words.begin(), command.words.end(),
                     [](const ShellWord& word) { return lists("config env", word.text); });
}

void add_account(const ShellCommand& command, std::vector<std::pair<std::string, std::string>>& accounts) {
  const std::size_t program = program_word(command);
  if (program >= command.words.size()) return;
  const std::string& name = command.words[program].text;
  if (name != "useradd" && name != "adduser") return;
  std::string uid;
  std::string user;
  for (std::size_t i = program + 1; i < command.words.size(); ++i) {
    const std::string& word = command.words[i].text;
    if (word.starts_with("--uid=")) uid = word.substr(6);
    if ((word == "-u" || word == "--uid") && i + 1 < command.words.size()) uid = command.words[i + 1].text;
    if (command.words[i].literal && !word.starts_with('-')) {
      // The last word is the name, except for "adduser NAME GROUP", which creates nothing.
      user = word;
    }
  }
  if (!uid.empty() && uid.find_first_not_of("0123456789") == std::string::npos && user != uid)
    accounts.emplace_back(user, uid);
}

bool has_only_plain_commands(const RunText& run) {
  auto install = run.installs.begin();
  for (std::size_t i = 0; i < run.commands.size(); ++i) {
    while (install != run.installs.end() && install->command < i) ++install;
    if (install == run.installs.end() || install->command != i) {
      if (!run.plain[i]) return false;
    } else if (!(install->names_packages || install->verb == Verb::update) || install->sources != SourceUse::nothing) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::shared_ptr<const RunText> read_run(std::shared_ptr<const Instruction> instruction, std::string workdir,
                                        std::string_view source) {
  auto run = std::make_shared<RunText>();
  run->commands = run_commands(*instruction);
  run->directories = working_directories(run->commands, workdir);
  run->installs = find_installs(run->commands, workdir);
  run->plain.reserve(run->commands.size());
  run->programs.reserve(run->commands.size());
  for (const ShellCommand& command : run->commands) {
    run->plain.push_back(is_plain_command(command));
    run->programs.push_back(wrapped_program(command));
    add_account(command, run->accounts);
  }
  run->only_plain = instruction->script.complete && has_only_plain_commands(*run);
  const auto mentions = [&](std::string_view word) { return source.find(word) != std::string_view::npos; };
  run->names_docker_clean = mentions("docker-clean");
  run->asks_marks = mentions("apt-mark") || mentions("autoremove") || mentions("auto-remove");
  run->changes_settings = std::any_of(run->commands.begin(), run->commands.end(), sets_something);
  run->instruction = std::move(instruction);
  run->workdir = std::move(workdir);
  return run;
}

}  // namespace keyline::analysis
