#include "server/environment/git_program.h"

#include <array>
#include <iterator>
#include <utility>

#include "server/environment/captured_program.h"

extern char** environ;

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

// What a hook of git or a shell has set there would lead git to another repository than the one asked for.
bool leads_elsewhere(std::string_view variable) {
  constexpr std::array names{"GIT_DIR",        "GIT_WORK_TREE",        "GIT_INDEX_FILE",
                             "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                             "GIT_NAMESPACE",  "GIT_PREFIX",           "LC_ALL"};
  const std::string_view name = variable.substr(0, variable.find('='));
  for (const std::string_view each : names) {
    if (name == each) return true;
  }
  return false;
}

std::vector<std::string> surroundings() {
  std::vector<std::string> variables{"GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
                                     "GIT_NO_REPLACE_OBJECTS=1", "LC_ALL=C"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!leads_elsewhere(*variable)) variables.emplace_back(*variable);
  }
  return variables;
}

// The reason in git's first line, without its "fatal: ".
std::string reason_in(std::string_view errors) {
  errors = errors.substr(0, errors.find('\n'));
  if (constexpr std::string_view fatal = "fatal: "; errors.starts_with(fatal)) errors.remove_prefix(fatal.size());
  return std::string(errors);
}

}  // namespace

Result<void> run_git(const std::string& directory, std::vector<std::string> arguments, std::string_view input,
                     const std::function<void(std::string_view)>& output) {
  CapturedProgram program;
  program.words = {"git", "-C", directory, "-c", "core.fsmonitor=false", "-c", "protocol.allow=never"};
  program.words.insert(program.words.end(), std::make_move_iterator(arguments.begin()),
                       std::make_move_iterator(arguments.end()));
  program.environment = surroundings();
  program.input = input;
  const CapturedEnd end = capture_program(program, output);
  if (!end.started || end.exit_code == 127) return Unexpected({"git was not found: reading a revision takes it"});
  if (end.exit_code != 0) return Unexpected({reason_in(end.errors)});
  return {};
}

Result<std::string> line_of_git(const std::string& directory, std::vector<std::string> arguments) {
  std::string line;
  const Result<void> ran =
      run_git(directory, std::move(arguments), "", [&](std::string_view bytes) { line.append(bytes); });
  if (!ran) return Unexpected(ran.error());
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

}  // namespace keyline::server
