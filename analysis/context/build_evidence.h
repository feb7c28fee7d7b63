#pragma once
// What the build files of a project say about one Dockerfile: which builds of it there are, and what they pass for its
// arguments. It travels with the build context, because both come from the same look at the disk.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/line_index.h"

namespace keyline::analysis {

struct BuildOrigin {
  std::string path;     // of the build file, as whoever read it spells it
  Position place = {};  // columns count bytes
  std::string name;     // "service api"
  friend bool operator==(const BuildOrigin&, const BuildOrigin&) = default;
};

struct PassedArgument {
  std::string name;
  std::optional<std::string> value = {};  // nothing: only whoever builds can say
  std::string per_build = {};             // the part that is another one in every build: "${{ github.sha }}"
  BuildOrigin origin = {};
  friend bool operator==(const PassedArgument&, const PassedArgument&) = default;
};

struct BuildEvidence {
  std::vector<BuildOrigin> builds;
  std::vector<PassedArgument> arguments;
  std::vector<std::string> targets = {};  // the stages that builds from the believed context ask for, each once
  bool any_target = false;                // a build asks for one that is not known, or from another context
  std::string context_reason;             // why this directory is taken as the context; "" when no build file says so
  friend bool operator==(const BuildEvidence&, const BuildEvidence&) = default;

  // The first build that passes another value for `name` in each build, or null.
  const PassedArgument* proof_that_it_differs(std::string_view name) const;
  // Whether builds pass `name`, and all of them a value that is the same in each build.
  bool is_constant(std::string_view name) const;
};

}  // namespace keyline::analysis
