#pragma once
// The commits behind a build directory, for commands: each repository is read once a run, whatever number of
// Dockerfiles it has. Blocks; the errors are for the user.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "analysis/replay/tree_history.h"
#include "protocol/result.h"
#include "server/environment/git_objects.h"

namespace keyline::server {

struct ProjectHistory {
  std::shared_ptr<const GitObjects> git;
  std::shared_ptr<const analysis::TreeHistory> tree;
  std::string directory;  // the build directory, from the root of the repository
};

class ProjectHistories {
 public:
  using Progress = std::function<void(std::size_t done, std::size_t total)>;
  ProjectHistories(std::size_t commits, std::string store_file, Progress progress)
      : commits_(commits), store_file_(std::move(store_file)), progress_(std::move(progress)) {}

  protocol::Result<ProjectHistory> of(const std::string& build_directory);

 private:
  std::size_t commits_;
  std::string store_file_;
  Progress progress_;
  std::map<std::string, protocol::Result<ProjectHistory>> known_;  // by repository, without a directory
};

}  // namespace keyline::server
