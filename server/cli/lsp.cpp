#include <memory>
#include <string>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/terminal.h"
#include "server/lsp/listen.h"
#include "server/lsp/run.h"

namespace keyline::server {

namespace {

struct LspFlags {
  std::string listen;
  std::string log_file;
  std::string log_level = "warn";
  std::string client_process_id;
  bool stdio = false;
  bool single_thread = false;
};

int run(const LspFlags& flags) {
  LspOptions options;
  if (!flags.listen.empty()) {
    protocol::Result<ListenAddress> address = parse_listen_address(flags.listen);
    if (!address) {
      write_error(fmt::format("keyline: --listen {}: {}\n", visible(flags.listen), address.error().message));
      return exit_could_not_run;
    }
    options.listen = *address;
  }
  options.log_file = flags.log_file;
  options.log_level = flags.log_level;
  if (flags.single_thread) options.mode = Scheduler::Mode::on_caller;
  return run_language_server(options);
}

}  // namespace

Command add_lsp(Options& declared) {
  const auto flags = std::make_shared<LspFlags>();
  declared.flag("--stdio", flags->stdio, "Speak on standard input and output (the default)");
  declared.text("--listen", flags->listen, "ADDRESS",
                "Wait for one client on this machine instead, like 127.0.0.1:4711");
  declared.exclusive("--listen", "--stdio");
  declared.text("--log-file", flags->log_file, "FILE", "Where the log goes (default: standard error)");
  declared.choice("--log-level", flags->log_level, {"trace", "debug", "info", "warn", "error", "off"}, "LEVEL",
                  "How much is logged (default: warn)");
  declared.flag("--inline", flags->single_thread, "Do everything on one thread, for debugging");
  // VS Code's client library adds this on its own; `initialize` brings the same number.
  declared.hidden("--clientProcessId", flags->client_process_id);
  declared.footer(
      "Editors start this; to people it has nothing to say. Exit code: 0 after an orderly shutdown, else 1.\n"
      "\nExample:\n"
      "  keyline lsp --stdio");
  return [flags] { return run(*flags); };
}

}  // namespace keyline::server
