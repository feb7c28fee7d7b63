#pragma once
// From what is remembered of earlier builds to what the analysis makes forecasts from. Blocks while it reads the store;
// for commands and the disk lane.

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "analysis/cache/history.h"
#include "server/history/store.h"

namespace keyline::server {

// A remembered build as the analysis reads it.
std::shared_ptr<const analysis::BuildState> state_of(const RecordedBuild& build);

// The builds of the same thing, so that what the builder still has from them is known; null when there are none. How it
// was named does not matter: `dockerfile` and `context` are paths as the user has them.
std::shared_ptr<const analysis::BuildHistory> known_builds(HistoryStore& store, const std::string& dockerfile,
                                                           const std::string& context,
                                                           const analysis::BuildOptions& options);

// The same again and again, for one session; reads the store only when its file has changed. Used by one thread.
class KnownBuilds {
 public:
  explicit KnownBuilds(std::string file) : file_(std::move(file)) {}
  std::shared_ptr<const analysis::BuildHistory> of(const std::string& dockerfile, const std::string& context,
                                                   const analysis::BuildOptions& options);
  // Another text whenever the store's file has changed; "" when there is none.
  std::string stamp() const;

 private:
  struct Answer {
    std::string stamp;  // of the store when it was read
    std::string context;
    analysis::BuildOptions options;
    std::shared_ptr<const analysis::BuildHistory> history;
  };
  std::string file_;
  std::map<std::string, Answer> answers_;  // by Dockerfile
};

}  // namespace keyline::server
