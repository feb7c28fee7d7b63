#pragma once
// The language server as one call: puts scheduler, connection, session and disk together, and stays until the client
// leaves. Called once, by `keyline lsp`.

#include <optional>
#include <string>

#include "server/lsp/listen.h"
#include "server/lsp/scheduler.h"

namespace keyline::server {

struct LspOptions {
  std::optional<ListenAddress> listen;  // absent: stdin and stdout
  std::string log_file;                 // "": stderr
  std::string log_level = "warn";       // trace, debug, info, warn, error, off
  Scheduler::Mode mode = Scheduler::Mode::threads;
};

// The exit code of the process: 0 after an orderly `shutdown`, else 1.
int run_language_server(const LspOptions& options);

}  // namespace keyline::server
