#pragma once
// Analysing documents and answering questions about them. At most one run a document is under way; a newer text stops
// it, and whatever comes back for an older text is not shown. Questions stand in the lane behind the run that they
// need, so an answer costs no further trip over the main thread. Main thread only.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "server/lsp/build_project.h"
#include "server/lsp/session.h"

namespace keyline::server {

struct AnalysisRun {
  std::string path;  // of the document
  std::string uri;
  std::int32_t version = 0;
  std::uint64_t revision = 0;
  analysis::Inputs inputs;
  std::shared_ptr<const analysis::Snapshot> previous;
  std::shared_ptr<const ClientTraits> traits;
  std::shared_ptr<const Settings> settings;
  std::shared_ptr<const analysis::KnownPrices> prices;  // null: not known
  std::optional<analysis::IgnoreInputs> ignore_inputs;  // set: the document is a .dockerignore
  std::optional<BuildFileInputs> build_file_inputs;     // set: it is a Compose or Bake file
  std::stop_source stop;

  // Written on the analysis lane; for others to read on that lane afterwards, or once the run is finished.
  std::shared_ptr<const analysis::Snapshot> snapshot;  // null: stopped
  std::shared_ptr<const analysis::IgnoreSnapshot> ignore;
  std::set<std::string, std::less<>> dockerfiles;  // that a build file names
  std::string publication;                         // the message with its diagnostics
};

analysis::BuildOptions build_options(const Settings& settings);

// Starts whatever is due: runs for texts that changed, and questions that can now be answered.
void settle(Session& session);
void finish_run(Session& session, AnalysisRun& run);

// To be called when a document's text is another one, and when it is about to be closed.
void text_changed(Session& session, Document& document);
void forget(Session& session, Document& document);
void stop_run(Document& document);

// Takes over the request: it is answered exactly once, from here or by cancel().
void ask(Session& session, const protocol::Id& id, Question question);
void cancel(Session& session, const protocol::Id& id);
void finish_answer(Session& session, AnswerReady answer);

}  // namespace keyline::server
