#pragma once
// Builds that are known to have run, and what a builder that ran them reuses of the next one. Immutable: made once,
// away from keystrokes, and asked with every text.

#include <memory>
#include <string>
#include <vector>

#include "analysis/cache/builder_cache.h"
#include "analysis/cache/cause.h"
#include "analysis/cache/step_times.h"

namespace keyline::analysis {

// The inputs of one build, owned and read.
class BuildState {
 public:
  BuildState(std::shared_ptr<const std::string> text, std::shared_ptr<const BuildContext> context, BuildOptions options,
             NamedContexts named_contexts = {});
  BuildView view() const { return {tree_, model_, *context_, options_, named_contexts_}; }

 private:
  std::shared_ptr<const BuildContext> context_;
  BuildOptions options_;
  NamedContexts named_contexts_;
  SyntaxTree tree_;
  Model model_;
};

// One entry a step in both; empty when no build is known.
struct Forecast {
  std::vector<StepForecast> steps;
  std::vector<MissCause> causes;
  KnownContents contents;  // for the next forecast
};

class BuildHistory {
 public:
  // In the order in which they ran, and what their steps took where that is known.
  explicit BuildHistory(std::vector<std::shared_ptr<const BuildState>> builds, StepTimes times = {});
  const StepTimes& times() const { return times_; }
  // `known` is what an earlier forecast with the same context objects left; null: nothing.
  Forecast forecast(const BuildView& next, const KnownContents* known = nullptr) const;

 private:
  std::vector<std::shared_ptr<const BuildState>> builds_;
  std::vector<BuildView> views_;
  BuilderCache cache_;
  StepTimes times_;
};

}  // namespace keyline::analysis
