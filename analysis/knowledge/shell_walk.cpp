#include "analysis/knowledge/shell_walk.h"

#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

// The commands that are given to it, or to the shell it starts, run as somebody else: "su app -c", "sudo -u app sh -c".
bool changes_user(const ShellCommand& command) {
  const std::string_view first = base_name(command.words[0].text);
  if (first == "su" || first == "runuser") return true;
  if (first != "sudo" && first != "doas" && first != "gosu" && first != "su-exec") return false;
  const std::size_t program = program_word(command);
  if (program >= command.words.size()) return false;
  const std::string_view name = base_name(command.words[program].text);
  return name == "sh" || name == "bash" || name == "ash" || name == "dash" || name == "zsh" || name == "su";
}

}  // namespace

void ShellWalk::enter(const ShellCommand& command) {
  while (!saved_.empty() && command.depth < saved_.back().depth) {
    directory_ = saved_.back().directory;
    saved_.pop_back();
  }
  if (command.subshell && (saved_.empty() || saved_.back().depth < command.depth)) {
    saved_.push_back({command.depth, directory_});
  }
}

void ShellWalk::leave(const ShellCommand& command) {
  if (command.words.empty()) {
    remember(variables_, command.assignments);
    return;
  }
  const std::string& program = command.words[0].text;
  if (program == "export") {
    for (const ShellWord& word : command.words) {
      const std::size_t equals = word.text.find('=');
      if (equals != std::string::npos)
        variables_.emplace_back(word.text.substr(0, equals), word.text.substr(equals + 1));
    }
  } else if (program == "cd" || program == "pushd") {
    const bool plain = command.words.size() == 2 && command.words[1].literal && !command.conditional && program == "cd";
    directory_ = plain ? resolve_path(directory_, command.words[1].text) : std::string();
  } else if (program == "popd") {
    directory_.clear();
  }
  if (changes_user(command)) su_ = command.span;
}

void ShellWalk::remember(std::vector<std::pair<std::string, std::string>>& variables,
                         const std::vector<ShellAssignment>& assignments) {
  for (const ShellAssignment& each : assignments)
    variables.emplace_back(each.name, each.value.literal ? each.value.text : "$");
}

std::vector<std::string> working_directories(const std::vector<ShellCommand>& commands, std::string_view workdir) {
  std::vector<std::string> directories;
  ShellWalk walk(workdir);
  for (const ShellCommand& command : commands) {
    walk.enter(command);
    directories.push_back(walk.directory());
    walk.leave(command);
  }
  return directories;
}

}  // namespace keyline::analysis
