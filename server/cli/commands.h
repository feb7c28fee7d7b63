#pragma once
// The subcommands. Each function declares its options and returns what is to be run once the arguments are
// parsed and this command was chosen; that returns the process's exit code. Only command_line.cpp calls these.

#include <functional>

#include "server/cli/options.h"

namespace keyline::server {

// The same for every command.
enum ExitCode : int { exit_clean = 0, exit_findings = 1, exit_could_not_run = 2 };

using Command = std::function<int()>;

Command add_lsp(Options& declared);
Command add_check(Options& declared);
Command add_explain(Options& declared);
Command add_fix(Options& declared);
Command add_diff(Options& declared);
Command add_replay(Options& declared);
Command add_record(Options& declared);
Command add_build(Options& declared);
Command add_rules(Options& declared);
Command add_reference(Options& declared);
// These two describe the other commands, so they are added last. `root` must outlive what they return.
Command add_completions(Options& declared, const CLI::App& root);
Command add_man(Options& declared, const CLI::App& root);

}  // namespace keyline::server
