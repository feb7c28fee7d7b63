#pragma once
// Everything that can make the server act. The set is closed: whoever handles events handles all of them, and the log
// of a session is the list of its events. Events are values and travel between threads.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/cache/history.h"
#include "analysis/replay/known_prices.h"
#include "server/lsp/workspace_files.h"

namespace keyline::server {

struct AnalysisRun;
struct BuildProject;

enum class Timer : std::uint8_t {
  parent_watch,  // is the editor that started us still there?
  context,       // changed files have settled: read the contexts again
  history,       // has anybody recorded a build since?
  prices,        // findings have settled: ask the history what they cost
  texts,         // an editor's text that is part of its own build directory has settled
  workspace,     // changes in the workspace have settled: whoever waits for news is told
  progress,      // a look at the disk takes long: tell how far it is
  farewell,      // the client does not read our last words: leave without
};
inline constexpr std::size_t timer_count = 8;

struct FrameArrived {
  std::string body;
};
struct FrameDamaged {
  std::string message;
};
// All frames of one read have been given: now is the time to start work, not between them.
struct InputDrained {};
struct InputEnded {};
struct OutputBroken {};

struct AnalysisFinished {
  std::shared_ptr<AnalysisRun> run;
};
struct AnswerReady {
  std::uint64_t ticket = 0;  // of the pending request; no longer there when it was cancelled
  std::string body;          // the serialised response; "": there is none yet, the text has changed
  std::string message;       // to be shown to the user besides; "": nothing
};
struct ContextLoaded {
  std::string path;           // of the Dockerfile
  std::uint64_t opening = 0;  // which opening of it asked
  std::shared_ptr<const analysis::BuildContext> context;
};
struct ContentsHashed {
  std::string path;
  std::uint64_t opening = 0;
  std::shared_ptr<const analysis::BuildContext> context;
  std::vector<std::string> sources;  // whose files were hashed
  analysis::NamedContexts named_contexts;
  std::shared_ptr<const analysis::BuildHistory> history;
};
struct ProjectLoaded {
  std::string path;  // of the build file
  std::uint64_t opening = 0;
  std::shared_ptr<const BuildProject> project;
};
struct PricesFound {
  std::string path;
  std::uint64_t opening = 0;
  std::shared_ptr<const analysis::KnownPrices> prices;
};
// What Surroundings::history_stamp says now.
struct HistoryLooked {
  std::string stamp;
};
struct WorkspaceSurveyed {
  std::shared_ptr<const WorkspaceFiles> files;
};
struct WorkspaceFileChecked {
  std::uint64_t ticket = 0;  // of the request that wants it
  std::string uri;
  std::string report;  // JSON text; "": there is nothing to report
  std::string result_id;
  bool is_full = false;
};
struct TimerFired {
  Timer timer = Timer::parent_watch;
};

using Event = std::variant<FrameArrived, FrameDamaged, InputDrained, InputEnded, OutputBroken, AnalysisFinished,
                           AnswerReady, ContextLoaded, ContentsHashed, ProjectLoaded, PricesFound, HistoryLooked,
                           WorkspaceSurveyed, WorkspaceFileChecked, TimerFired>;

std::string_view event_name(const Event& event);

}  // namespace keyline::server
