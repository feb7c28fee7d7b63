#pragma once
// What the text of one RUN says wherever it stands: its commands and the installs among them. Immutable, and shared by
// the snapshots of a file that is being typed in, so that only the RUN under the cursor is studied again. For
// run_facts.h and the Snapshot.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/knowledge/install_commands.h"
#include "analysis/syntax/tree.h"

namespace keyline::analysis {

struct RunText {
  std::shared_ptr<const Instruction> instruction;
  std::string workdir;  // where it starts; "" when not known
  std::vector<ShellCommand> commands;
  std::vector<Install> installs;
  std::vector<std::string> directories;  // where each command runs; "" when not known
  std::vector<std::size_t> programs;     // by command: the word that is the program, see wrapped_program()
  std::vector<bool> plain;               // by command, see is_plain_command()
  std::vector<std::pair<std::string, std::string>> accounts;  // that it creates with a numeric id: name and id
  bool only_plain = false;          // plain commands, and installs of packages named on the command line
  bool names_docker_clean = false;  // apt's hook
  bool asks_marks = false;          // which packages were installed automatically
  bool changes_settings = false;    // of a tool: "npm config set ...", "go env -w ..."
};

// `source` is all its lines, heredoc bodies included.
std::shared_ptr<const RunText> read_run(std::shared_ptr<const Instruction> instruction, std::string workdir,
                                        std::string_view source);

// By item of a tree; null for what is no plain RUN.
using RunTexts = std::vector<std::shared_ptr<const RunText>>;

}  // namespace keyline::analysis
