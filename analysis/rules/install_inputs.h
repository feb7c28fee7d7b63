#pragma once
// Which context files an install reads, as far as its manifests tell, and what could not be told. Knows how COPY and
// ADD lay the context out in the image, so that a path in the image can be traced back. For copy-before-install.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

// One source of a COPY or ADD that takes files from the context.
struct ContextCopy {
  StepId step = none;
  std::string source;       // cleaned, "." for the whole context
  std::string destination;  // absolute and clean
  bool directory = false;   // brings a whole tree: its content lies below the destination
  bool whole = false;       // the whole context
};
using CopyList = std::vector<const ContextCopy*>;

// All of them, read once for a check.
class ContextCopies {
 public:
  explicit ContextCopies(const StepFacts& facts);

  const std::vector<ContextCopy>& of(StepId step) const { return copies_[step]; }
  // Those that `step` stands on, nearest first.
  CopyList above(StepId step) const;

 private:
  const Model& model_;
  std::vector<std::vector<ContextCopy>> copies_;
};

// Where in the context the file at `image_path` came from; "" when no copy brings it.
std::string trace(const CopyList& copies, std::string_view image_path);

struct InstallInputs {
  bool known = false;               // the context is known and holds the main manifest
  std::vector<std::string> files;   // context paths, sorted; without a known context they may be globs
  std::vector<std::string> doubts;  // why it might read more
  std::string obstacle;             // why no list can be given
  bool reads_sources = false;       // it surely reads more than manifests
  std::vector<std::string> locks;   // those of `files` that the install may rewrite
  std::string project;              // context directory of the main manifest, "." for the root
};

InstallInputs inputs_of(const StepFacts& facts, const Install& install, const CopyList& copies);

}  // namespace keyline::analysis
