#pragma once
// All mutable state of a language server session. It belongs to the main thread: whoever holds a Session& is on it.
// Plain data; what happens to it is in dispatch (messages), analyses (runs and answers), contexts (build directories),
// lifecycle and text_sync (handlers). Workers get copies and shared constants, never a Session.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/environment/listing_cache.h"
#include "server/lsp/client.h"
#include "server/lsp/client_traits.h"
#include "server/lsp/documents.h"
#include "server/lsp/event.h"
#include "server/lsp/requests.h"
#include "server/lsp/scheduler.h"
#include "server/lsp/surroundings.h"
#include "server/settings/settings.h"

namespace keyline::server {

// The one progress that a client is shown. A token is used once.
struct DiskReport {
  enum class State : std::uint8_t { hidden, waiting, asked, shown };
  State state = State::hidden;
  std::int32_t token = 0;
};

// A workspace/symbol that waits for the survey.
struct SymbolRequest {
  Ticket ticket = 0;
  std::string query;
  std::optional<protocol::lsp::ProgressToken> partial = {};
};

// The Dockerfiles below the workspace's folders, as they are on disk.
struct Workspace {
  std::shared_ptr<const WorkspaceFiles> files;  // null: nobody has looked yet
  bool stale = true;                            // something changed since
  bool surveying = false;
  std::stop_source stop = {};
  std::vector<SymbolRequest> symbol_requests = {};
};

// The one workspace/diagnostic that is being answered.
struct WorkspacePull {
  Ticket ticket = 0;
  std::optional<protocol::lsp::ProgressToken> partial = {};
  std::optional<protocol::lsp::ProgressToken> progress = {};
  std::map<std::string, std::string, std::less<>> known = {};  // result ids that the client has, by URI
  std::vector<std::string> left = {};                          // paths to check, the next one last
  std::size_t total = 0;
  std::string reports = {};  // JSON texts with commas between them, not sent yet
  bool any_news = false;
  bool again = false;                           // a round after the first: what has not changed is not worth a word
  bool is_held = false;                         // until there is something to tell
  bool is_behind = false;                       // something changed during this round
  std::uint32_t shown = 0;                      // per cent
  std::shared_ptr<ListingCache> listings = {};  // for the disk lane
  std::stop_source stop = {};
};

enum class Phase : std::uint8_t { fresh, serving, shut_down, ended };

struct Session {
  Session(Scheduler& runs_on, Output& output, Surroundings around)
      : scheduler(runs_on), client(output), surroundings(std::move(around)) {}

  Scheduler& scheduler;
  Client client;
  Surroundings surroundings;

  Phase phase = Phase::fresh;
  int exit_code = 1;  // what the process ends with; 0 only after `shutdown`
  std::shared_ptr<const ClientTraits> traits = std::make_shared<const ClientTraits>();
  std::shared_ptr<const Settings> settings = std::make_shared<const Settings>();
  std::vector<std::string> folders;  // of the workspace, as path texts
  std::optional<int> parent;         // the process to outlive by no more than a few seconds
  std::set<std::string> told;        // what the user was told once and need not hear again
  DiskReport disk_report;
  bool files_changed = false;                // since build directories were last loaded
  std::optional<std::string> history_stamp;  // of what is remembered when it was last looked at; none: not yet

  Workspace workspace;
  std::optional<WorkspacePull> workspace_pull;

  Documents documents;
  Requests requests;
};

// The one place where events come in.
void handle(Session& session, Event event);

// Ends the session: stops all work, and the loop once the last words are out.
void end(Session& session, int exit_code);

}  // namespace keyline::server
