#pragma once
// The build files that speak of the Dockerfiles of one run, checked after those. Each is reported once, and only when
// there is something to say about it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/cli/report.h"
#include "server/environment/find_context.h"

namespace keyline::server {

class BuildFileCheck {
 public:
  // `dockerfile` is absolute; `found` is how its context was found.
  void add(const std::string& dockerfile, std::shared_ptr<const analysis::Snapshot> snapshot,
           const FoundContext& found);

  std::vector<CheckedFile> finish(const analysis::RuleSettings& rules) const;

 private:
  struct Project {
    std::map<std::string, std::shared_ptr<const analysis::ProjectBuildFile>> files;  // by path from the root
    std::map<const analysis::Build*, std::shared_ptr<const analysis::Snapshot>> dockerfiles;
  };
  std::map<std::string, Project> projects_;  // by root
};

}  // namespace keyline::server
