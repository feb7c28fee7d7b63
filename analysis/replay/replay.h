#pragma once
// A project's commits, replayed: what each would have re-run on a builder that had built its first parent, with one
// Dockerfile for all of them. Pure; nothing is hashed: a changed path reaches the sources that select it, and from
// there the steps behind them (invalidation.h). Effects stay what they are there: if_content_differs is never promised.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/cache/invalidation.h"
#include "analysis/context/dockerignore.h"
#include "analysis/model/model.h"
#include "analysis/replay/tree_history.h"
#include "analysis/syntax/tree.h"

namespace keyline::analysis {

struct ReplayBuild {
  const SyntaxTree& tree;
  const Model& model;
  const BuildOptions& options;
  const Dockerignore& dockerignore;
  std::string_view directory;  // the context, from the top of the tree; "" for that itself
};

struct PathCount {
  std::uint32_t path = 0;  // index into TreeHistory::paths
  std::uint32_t commits = 0;
};

struct ReplayedStep {
  bool counted = false;     // the target needs it, and it makes something
  std::uint32_t reran = 0;  // commits
  std::uint32_t maybe = 0;  // commits in which it re-runs only if what it takes from another stage differs
  // What did it, most commits first: of those in which it re-ran, or where it never did, of the others.
  std::vector<PathCount> paths;
  // The steps that those paths reached first, with the number of commits, most first; often the step itself.
  struct Entry {
    StepId step = none;
    std::uint32_t commits = 0;
  };
  std::vector<Entry> entries;
};

struct Replay {
  std::uint32_t commits = 0;
  std::vector<ReplayedStep> steps;  // one a step of the model
  // By commit: which of the patterns, the effects on all steps, it had.
  std::vector<std::uint32_t> pattern_of_commit;
  std::vector<std::vector<StepEffect>> patterns;

  Effect effect(std::size_t commit, StepId step) const { return patterns[pattern_of_commit[commit]][step].effect; }
};

Replay replay(const ReplayBuild& build, const TreeHistory& history);

// The step whose own files changed, at the end of the chain that an effect came through.
StepId entry_of(const std::vector<StepEffect>& effects, StepId step);

}  // namespace keyline::analysis
