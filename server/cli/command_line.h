#pragma once
// argv -> subcommand -> exit code: 0 done and clean, 1 findings, 2 could not run (also for wrong arguments, which are
// explained on stderr). Called once, by main.

namespace keyline::server {

int run_command_line(int argc, const char* const* argv);

}  // namespace keyline::server
