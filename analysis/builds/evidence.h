#pragma once
// Which builds of a project's build files are builds of one Dockerfile. Paths count from the root of the project, where
// names are compared as they are: no link is followed.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/builds/build_file.h"
#include "analysis/context/build_evidence.h"

namespace keyline::analysis {

struct ProjectBuildFile {
  std::string path;  // from the root
  std::string text;
  BuildFile file;
};

using ProjectBuildFiles = std::vector<std::shared_ptr<const ProjectBuildFile>>;

struct DockerfileBuild {
  const ProjectBuildFile* file = nullptr;
  const Build* build = nullptr;
  std::string context;  // "." is the root; "" when it is no directory, or not known which
};

// The ones that are believed first come first: Compose, Bake, Makefiles, scripts, workflows.
std::vector<DockerfileBuild> builds_of(const ProjectBuildFiles& files, std::string_view dockerfile);

// The places of a build's Dockerfile, as builds_of() takes them: one, but for a script, whose author may have stood in
// any folder above it. Empty when it is not known.
std::vector<std::string> dockerfiles_of(const ProjectBuildFile& file, const Build& build);

// `root` stands in front of the paths that the evidence names; "" leaves them as they are.
BuildEvidence evidence_of(std::span<const DockerfileBuild> builds, std::string_view root = {});

}  // namespace keyline::analysis
