#include "server/history/git_prices.h"

#include <utility>

#include "server/history/commit_store.h"
#include "server/history/project_history.h"

namespace keyline::server {

using analysis::KnownPrices;

namespace {

// Each takes two replays, on a lane where others wait. A file that somebody wrote by hand has fewer.
constexpr std::size_t most_findings = 200;

}  // namespace

std::shared_ptr<const KnownPrices> price_by_git(
    const std::string& build_directory, const analysis::Snapshot& snapshot, std::size_t commits,
    const std::function<void(std::size_t done, std::size_t total)>& progress) {
  const auto none = [&](std::string why) {
    return std::make_shared<const KnownPrices>(snapshot, analysis::Prices(), std::move(why));
  };
  if (snapshot.findings.size() > most_findings) return none("the file has too many findings");
  ProjectHistories histories(commits, default_commit_file(), progress);
  const protocol::Result<ProjectHistory> project = histories.of(build_directory);
  if (!project) return none(project.error().message);
  const std::shared_ptr<const analysis::BuildHistory>& builds = snapshot.inputs.history;
  return std::make_shared<const KnownPrices>(
      snapshot,
      price_findings(snapshot, *project->tree, project->directory, builds ? builds->times() : analysis::StepTimes()));
}

}  // namespace keyline::server
