#pragma once
// The names of a Dockerfile that a build file can use: stages for `target`, arguments for `args`.

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct DockerfileName {
  std::string name;
  std::string detail;  // the base image of a stage, the default of an argument; may be ""
  Span span;           // of its line
};

struct DockerfileNames {
  std::vector<DockerfileName> stages;     // those with a name, in order
  std::vector<DockerfileName> arguments;  // each once, where it is first declared
};

DockerfileNames names_of(const SyntaxTree& tree);
const DockerfileName* find_name(const std::vector<DockerfileName>& names, std::string_view name);

}  // namespace keyline::analysis
