#include "server/lsp/run.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "analysis/text/check.h"
#include "server/environment/clock.h"
#include "server/history/build_inputs.h"
#include "server/history/git_prices.h"
#include "server/history/known_builds.h"
#include "server/history/store.h"
#include "server/lsp/build_project.h"
#include "server/lsp/connection.h"
#include "server/lsp/context_loader.h"
#include "server/lsp/session.h"

namespace keyline::server {
namespace {

Surroundings surroundings_on_disk() {
  Surroundings around;
  around.load_context = load_context_from_disk;
  around.hash_context = hash_context_on_disk;
  around.named_contexts = load_named_contexts;
  around.load_shared_context = load_shared_context_from_disk;
  around.find_dockerfiles = find_workspace_dockerfiles;
  around.read_text = read_workspace_file;
  around.load_project = load_project_from_disk;
  around.price = [](const ContextQuery& query, const analysis::Snapshot& snapshot, std::size_t commits,
                    DiskProgress& progress) {
    return price_by_git(context_directory(query), snapshot, commits, [&](std::size_t done, std::size_t total) {
      progress.files_done = done;
      progress.files = total;
    });
  };
  around.is_alive = [](int process_id) { return ::kill(process_id, 0) == 0 || errno == EPERM; };
  const std::optional<std::string> file = default_history_file();
  if (!file) return around;
  // Reads the store again only when somebody wrote to it.
  const auto known = std::make_shared<KnownBuilds>(*file);
  around.known_builds = [known](const ContextQuery& query) {
    return known->of(query.dockerfile, context_directory(query), query.build);
  };
  around.history_stamp = [known] { return known->stamp(); };
  around.record_build = [file](const ContextQuery& query) { return record_build_now(*file, query); };
  return around;
}

// stdout belongs to the protocol. A log that cannot be written is no reason not to serve.
void start_log(const LspOptions& options) {
  std::string fault;
  std::shared_ptr<spdlog::logger> logger;
  if (!options.log_file.empty()) {
    try {
      logger = std::make_shared<spdlog::logger>("keyline",
                                                std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.log_file));
      logger->flush_on(spdlog::level::warn);
    } catch (const spdlog::spdlog_ex& error) { fault = error.what(); }
  }
  if (!logger) logger = std::make_shared<spdlog::logger>("keyline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::from_str(options.log_level));
  spdlog::set_default_logger(std::move(logger));
  if (!fault.empty()) spdlog::warn("{}", fault);
  analysis::set_never_hook([](const char* condition, const char* file, int line) {
    spdlog::error("{}:{}: this should never hold: {}", file, line, condition);
  });
}

int serve(Scheduler& scheduler, int input, int output) {
  // The connection is needed by the session and gives events to it: it learns of the session a moment later.
  Session* receiver = nullptr;
  const auto deliver = [&receiver](Event event) { handle(*receiver, std::move(event)); };
  Connection connection(scheduler, input, output, deliver);
  Session session(scheduler, connection, surroundings_on_disk());
  receiver = &session;
  scheduler.on_event(deliver);
  connection.start();
  scheduler.run_loop();
  return session.exit_code;
}

}  // namespace

int run_language_server(const LspOptions& options) {
  start_log(options);
  std::signal(SIGPIPE, SIG_IGN);  // a client that is gone is noticed by the write that fails
  const SystemClock clock;
  Scheduler scheduler(clock, options.mode);
  if (!options.listen) return serve(scheduler, STDIN_FILENO, STDOUT_FILENO);
  const protocol::Result<int> socket = accept_one(scheduler, *options.listen, [&](std::uint16_t port) {
    std::fprintf(stderr, "keyline: waiting for a client on %s port %d\n", options.listen->host.c_str(), port);
  });
  if (!socket) {
    spdlog::error("{}", socket.error().message);
    return 1;
  }
  const int code = serve(scheduler, *socket, *socket);
  ::close(*socket);
  return code;
}

}  // namespace keyline::server
