#include "server/cli/check_builds.h"

#include <utility>

#include "analysis/build_file_check.h"
#include "analysis/builds/evidence.h"
#include "analysis/text/path.h"
#include "server/cli/text_file.h"
#include "server/environment/disk_context.h"

namespace keyline::server {

void BuildFileCheck::add(const std::string& dockerfile, std::shared_ptr<const analysis::Snapshot> snapshot,
                         const FoundContext& found) {
  if (found.project.empty()) return;
  Project& project = projects_[found.root];
  for (const auto& file : found.project) project.files.emplace(file->path, file);
  for (const analysis::DockerfileBuild& each : analysis::builds_of(found.project, path_within(found.root, dockerfile)))
    project.dockerfiles[each.build] = snapshot;
}

std::vector<CheckedFile> BuildFileCheck::finish(const analysis::RuleSettings& rules) const {
  std::vector<CheckedFile> checked;
  for (const auto& [root, project] : projects_) {
    analysis::ProjectBuildFiles files;
    for (const auto& each : project.files) files.push_back(each.second);
    const auto view = [&builds = project.dockerfiles](const analysis::Build& build) {
      const auto known = builds.find(&build);
      if (known == builds.end()) return analysis::DockerfileView{};
      return analysis::DockerfileView{&known->second->tree, &known->second->model};
    };
    for (const auto& file : files) {
      auto snapshot = analysis::check_build_file(files, *file, view, rules);
      if (snapshot->findings.empty()) continue;
      checked.push_back({shown_path(analysis::join_path(root, file->path)), std::move(snapshot), ""});
    }
  }
  return checked;
}

}  // namespace keyline::server
