#include "analysis/build_file_check.h"

#include <string>

namespace keyline::analysis {

std::shared_ptr<const Snapshot> check_build_file(const ProjectBuildFiles& project, const ProjectBuildFile& file,
                                                 const FindDockerfile& dockerfile, const RuleSettings& rules) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->inputs.text = std::make_shared<const std::string>(file.text);
  snapshot->lines = LineIndex(file.text);
  snapshot->findings = run_build_rules(project, file, dockerfile, rules);
  return snapshot;
}

}  // namespace keyline::analysis
