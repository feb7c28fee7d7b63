#include "server/history/project_history.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "server/environment/git_history.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

}  // namespace

Result<ProjectHistory> ProjectHistories::of(const std::string& build_directory) {
  const Result<GitObjects> git = GitObjects::around(build_directory);
  if (!git) return Unexpected({fmt::format("{} is in no git repository ({})", build_directory, git.error().message)});
  auto known = known_.find(git->root());
  if (known == known_.end()) {
    Result<CommitHistory> read = read_history(*git, {"HEAD", commits_, store_file_}, progress_);
    Result<ProjectHistory> project = Unexpected({});
    if (!read) {
      project = Unexpected(read.error());
    } else if (read->tree.commits.empty()) {
      project = Unexpected({"git has no commit here with another one before it; a shallow clone has to be deepened"});
    } else {
      project = ProjectHistory{std::make_shared<const GitObjects>(*git),
                               std::make_shared<const analysis::TreeHistory>(std::move(read->tree)), ""};
    }
    known = known_.emplace(git->root(), std::move(project)).first;
  }
  if (!known->second) return known->second;
  ProjectHistory project = *known->second;
  const std::optional<std::string> directory = git->path_inside(build_directory);
  if (!directory) return Unexpected({fmt::format("{} lies outside of its git work tree", build_directory)});
  project.directory = *directory;
  return project;
}

}  // namespace keyline::server
