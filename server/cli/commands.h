#pragma once
// The subcommands. Each function describes its options to CLI11 and returns what is to be run once the arguments are
// parsed and this command was chosen; that returns the process's exit code. Only command_line.cpp calls these.

#include <functional>

namespace CLI {
class App;
}

namespace keyline::server {

// The same for every command.
enum ExitCode : int { exit_clean = 0, exit_findings = 1, exit_could_not_run = 2 };

using Command = std::function<int()>;

Command add_lsp(CLI::App& app);
Command add_check(CLI::App& app);
Command add_explain(CLI::App& app);
Command add_fix(CLI::App& app);
Command add_diff(CLI::App& app);
Command add_record(CLI::App& app);
Command add_build(CLI::App& app);
Command add_rules(CLI::App& app);
Command add_reference(CLI::App& app);
// These two describe the other commands, so they are added last. `root` must outlive what they return.
Command add_completions(CLI::App& app, const CLI::App& root);
Command add_man(CLI::App& app, const CLI::App& root);

}  // namespace keyline::server
