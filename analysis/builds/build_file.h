#pragma once
// Texts of Compose, Bake, GitHub and GitLab workflows, Makefiles and scripts, read for the builds that they ask for.
// Total: what cannot be followed is left out or marked open, never guessed; sizes and depths are bounded. The forms
// are those of peers.md 4.3.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/builds/build.h"

namespace keyline::analysis {

enum class BuildFileKind : std::uint8_t { compose, bake, workflow, gitlab, makefile, script };

// By its path from the root of the project: a workflow is one only below .github/workflows.
std::optional<BuildFileKind> build_file_kind(std::string_view path);

using BuildVariables = std::map<std::string, std::string, std::less<>>;

struct BuildFile {
  BuildFileKind kind;
  std::string fault;  // why nothing could be read, with the line; "" otherwise
  std::vector<Build> builds;
};

// `variables` are what a .env beside the file sets. Paths in the result count from the file's own directory, but for
// workflows, which count from the root of the project.
BuildFile read_build_file(BuildFileKind kind, std::string_view text, const BuildVariables& variables = {});

// The lines NAME=VALUE of a .env file.
BuildVariables read_variables(std::string_view text);

}  // namespace keyline::analysis
