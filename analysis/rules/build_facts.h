#pragma once
// What a rule about build files sees: one build, the file that asks for it, the other build files of the project, and
// the Dockerfile where that is known. Findings count in the bytes of the build file. For registry.h and the rules with
// a `check_build`.

#include <string>

#include "analysis/builds/evidence.h"
#include "analysis/rules/rule.h"

namespace keyline::analysis {

struct BuildFacts {
  const ProjectBuildFiles& project;
  const ProjectBuildFile& file;
  const Build& build;
  const SyntaxTree* tree = nullptr;  // of the Dockerfile; null when it is not known which, or not read
  const Model* model = nullptr;      // the same
};

// "docker-bake.hcl line 4 (target app)"
std::string words_for(const ProjectBuildFile& file, const Build& build);
// A line of the file from the first visible byte on, for spans that must stay on one.
Span first_line_of(const ProjectBuildFile& file, Span span);

}  // namespace keyline::analysis
