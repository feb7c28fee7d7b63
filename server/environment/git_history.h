#pragma once
// What the commits of a branch changed, each against its first parent, read from git's objects (`rev-list`,
// `diff-tree`, `ls-tree`, `cat-file`): nothing is checked out, and what is in no commit does not matter. Commits that
// were read before come from a CommitStore. Blocks; errors are git's words.

#include <cstddef>
#include <functional>
#include <string>

#include "analysis/replay/tree_history.h"
#include "protocol/result.h"
#include "server/environment/git_objects.h"

namespace keyline::server {

struct HistoryRequest {
  std::string revision = "HEAD";  // what git rev-parse takes
  std::size_t commits = 200;      // no more than these; the first commit of all has nothing before it and is left out
  std::string store_file = {};    // of the CommitStore; "": everything is read
};

struct CommitHistory {
  analysis::TreeHistory tree;
  std::size_t read_anew = 0;  // commits that the store did not know
};

// `progress` hears how many of the commits that have to be read are.
protocol::Result<CommitHistory> read_history(const GitObjects& git, const HistoryRequest& request,
                                             const std::function<void(std::size_t done, std::size_t total)>& progress);

}  // namespace keyline::server
