#pragma once
// How COPY and ADD lay the context out in the image, so that a path in the image can be traced back to its file, and a
// command be asked whether it touches what a COPY brings. For copy-before-install.

#include <optional>
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

// All of them; StepFacts reads them once for all rules.
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

// The directory in the image where the context file `file` lands; nothing when the copy does not bring it.
std::optional<std::string> landing_directory(const ContextCopy& copy, std::string_view file);

// Whether something that the copy brings lies at, above or below `image_path`; "" stands for any path.
bool may_bring(const BuildContext& context, const ContextCopy& copy, std::string_view image_path);

// Where in the context the file at `image_path` came from; "" when no copy brings it.
std::string trace(const CopyList& copies, std::string_view image_path);

}  // namespace keyline::analysis
