#include "server/lsp/session.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "protocol/json_rpc.h"
#include "server/lsp/analyses.h"
#include "server/lsp/contexts.h"
#include "server/lsp/disk_progress.h"
#include "server/lsp/dispatch.h"
#include "server/lsp/lifecycle.h"
#include "server/lsp/pricing.h"
#include "server/lsp/workspace.h"
#include "server/lsp/workspace_diagnostics.h"

namespace keyline::server {
namespace {

// One overload an event, so that a new kind of event does not compile until somebody decided what it does.
struct EventHandler {
  Session& session;

  void operator()(FrameArrived& frame) const { dispatch(session, protocol::parse_message(frame.body)); }

  void operator()(FrameDamaged& damage) const {
    spdlog::warn("damaged input: {}", damage.message);
    session.client.reply_fault(std::nullopt, protocol::ErrorCode::parse_error, std::move(damage.message));
  }

  void operator()(InputDrained&) const { settle(session); }
  void operator()(InputEnded&) const { end(session, session.phase == Phase::shut_down ? 0 : 1); }
  void operator()(OutputBroken&) const { end(session, session.phase == Phase::shut_down ? 0 : 1); }
  void operator()(AnalysisFinished& finished) const { finish_run(session, *finished.run); }
  void operator()(AnswerReady& answer) const { finish_answer(session, std::move(answer)); }
  void operator()(ContextLoaded& loaded) const { context_loaded(session, std::move(loaded)); }
  void operator()(ContentsHashed& hashed) const { contents_hashed(session, std::move(hashed)); }
  void operator()(ProjectLoaded& loaded) const { project_loaded(session, std::move(loaded)); }

  void operator()(PricesFound& found) const { prices_found(session, std::move(found)); }

  void operator()(WorkspaceSurveyed& surveyed) const { workspace_surveyed(session, std::move(surveyed.files)); }
  void operator()(WorkspaceFileChecked& checked) const { workspace_file_checked(session, std::move(checked)); }

  void operator()(HistoryLooked& looked) const { history_looked(session, looked.stamp); }

  void operator()(TimerFired& fired) const {
    switch (fired.timer) {
      case Timer::parent_watch:
        return watch_parent(session);
      case Timer::context:
        return load_contexts(session);
      case Timer::history:
        return watch_history(session);
      case Timer::prices:
        return price_documents(session);
      case Timer::texts:
        return hash_contexts(session);
      case Timer::workspace:
        return pull_workspace_again(session);
      case Timer::progress:
        return show_disk_work(session);
      case Timer::farewell:
        return session.scheduler.stop();
    }
  }
};

}  // namespace

std::string_view event_name(const Event& event) {
  static constexpr std::string_view names[] = {"frame",           "damaged frame",  "input drained", "input ended",
                                               "output broken",   "analysis",       "answer",        "context loaded",
                                               "contents hashed", "project",        "prices",        "history",
                                               "workspace",       "workspace file", "timer"};
  static_assert(std::size(names) == std::variant_size_v<Event>);
  return names[event.index()];
}

void handle(Session& session, Event event) {
  spdlog::trace("event: {}", event_name(event));
  if (session.phase == Phase::ended && !std::holds_alternative<TimerFired>(event)) return;
  std::visit(EventHandler{session}, event);
}

void end(Session& session, int exit_code) {
  if (session.phase == Phase::ended) return;
  session.phase = Phase::ended;
  session.exit_code = exit_code;
  for (auto& [path, document] : session.documents.all()) {
    stop_run(document);
    document.disk_stop.request_stop();
  }
  session.workspace.stop.request_stop();
  if (session.workspace_pull) session.workspace_pull->stop.request_stop();
  for (const Ticket ticket : session.requests.all()) session.requests.find(ticket)->stop.request_stop();
  session.client.finish();
}

}  // namespace keyline::server
