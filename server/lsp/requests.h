#pragma once
// The requests that wait for an answer. Whoever takes an entry out answers it, and nobody else can: that is why each
// request gets exactly one answer, whatever crosses what. Main thread only.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "protocol/json_rpc.h"
#include "server/features/view.h"
#include "server/lsp/scheduler.h"

namespace keyline::server {

struct Answer {
  protocol::Result<protocol::JsonText> result;  // or why there is none, in words for the user
  std::string message = {};                     // to be shown to the user besides
};

// A question about one document, with its parameters read.
struct Question {
  std::string uri;
  std::function<Answer(const View&)> ask;  // runs on a worker
  // The same about a .dockerignore; none: it is answered as if the document were not open.
  std::function<Answer(const IgnoreView&)> ask_ignore = {};
  bool ignore_needs_context = false;
  // The same about a build file; runs on the main thread, since it looks at that text alone.
  std::function<Answer(const BuildFileView&)> ask_build_file = {};
  bool covers_build_files = false;           // `ask` also takes the snapshot of a build file
  protocol::JsonText without_document = {};  // the answer when the document is not open
  bool needs_context = false;                // not to be answered before the build directory was looked at
  bool follows_text = false;                 // about whatever the text is when the answer is made
  Lane lane = Lane::analysis;                // disk: its answer is found there, or left there
};

struct PendingRequest {
  protocol::Id id;
  Question question;
  std::string path;  // of the document
  std::stop_source stop;
  bool is_running = false;  // on its way to a worker
};

using Ticket = std::uint64_t;

class Requests {
 public:
  bool holds(const protocol::Id& id) const { return tickets_.contains(id); }
  // The id must not be held.
  Ticket add(PendingRequest request);

  std::optional<PendingRequest> take(Ticket ticket);
  std::optional<PendingRequest> take(const protocol::Id& id);
  // Those about one document that nobody works on yet, oldest first.
  std::vector<Ticket> waiting_for(const std::string& path) const;
  std::vector<Ticket> all_for(const std::string& path) const;
  std::vector<Ticket> all() const;
  PendingRequest* find(Ticket ticket);

 private:
  std::map<Ticket, PendingRequest> pending_;
  std::map<protocol::Id, Ticket> tickets_;
  Ticket next_ = 1;
};

}  // namespace keyline::server
