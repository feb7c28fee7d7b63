#include "server/history/git_prices.h"

#include "server/history/commit_store.h"
#include "server/history/project_history.h"

namespace keyline::server {

using analysis::KnownPrices;

std::shared_ptr<const KnownPrices> price_by_git(
    const std::string& build_directory, const analysis::Snapshot& snapshot, std::size_t commits,
    const std::function<void(std::size_t done, std::size_t total)>& progress) {
  ProjectHistories histories(commits, default_commit_file(), progress);
  const protocol::Result<ProjectHistory> project = histories.of(build_directory);
  if (!project) return std::make_shared<const KnownPrices>(snapshot, analysis::Prices(), project.error().message);
  const std::shared_ptr<const analysis::BuildHistory>& builds = snapshot.inputs.history;
  return std::make_shared<const KnownPrices>(
      snapshot,
      price_findings(snapshot, *project->tree, project->directory, builds ? builds->times() : analysis::StepTimes()));
}

}  // namespace keyline::server
