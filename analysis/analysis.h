#pragma once
// The front door: text, context and settings in, one immutable Snapshot out. Pure and total: the same inputs give the
// same snapshot, with or without a previous one. Everything a user sees is computed from a Snapshot.

#include <memory>
#include <stop_token>
#include <string>

#include "analysis/cache/history.h"
#include "analysis/cache/invalidation.h"
#include "analysis/cache/key.h"
#include "analysis/context/build_context.h"
#include "analysis/model/model.h"
#include "analysis/rules/context_studies.h"
#include "analysis/rules/registry.h"
#include "analysis/rules/run_text.h"
#include "analysis/syntax/parser.h"
#include "analysis/text/line_index.h"

namespace keyline::analysis {

struct Inputs {
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const BuildContext> context;  // null: nothing is known
  BuildOptions build;
  RuleSettings rules;
  NamedContexts named_contexts = {};
  std::shared_ptr<const BuildHistory> history = {};  // null: no build is known
  bool fixes = true;                                 // false: they are made when fixes_of() is asked
};

struct Snapshot {
  Inputs inputs;
  LineIndex lines;
  SyntaxTree tree;
  Model model;
  Findings findings;
  RunTexts runs;           // for the next analysis
  ContextStudies studies;  // the same, as long as the context stays
  // What BuildKit would refuse, syntax and model together, absolute spans, sorted by place.
  std::vector<Problem> problems;
  ParseCount parse_count;
  Forecast forecast;  // empty when no build is known

  std::string_view text() const { return *inputs.text; }
  const BuildContext& context() const { return inputs.context ? *inputs.context : unknown_context(); }
  BuildView build() const { return {tree, model, context(), inputs.build, inputs.named_contexts}; }
};

// Null only when `stop` was requested before the work was done.
std::shared_ptr<const Snapshot> analyze(Inputs inputs, const Snapshot* previous, std::stop_token stop);

// The fixes of one of the snapshot's findings. With `Inputs::fixes` they are those that it has already.
std::vector<Fix> fixes_of(const Snapshot& snapshot, const Finding& finding);

// The step whose lines contain `offset`, or none.
StepId step_at(const Snapshot& snapshot, Offset offset);

}  // namespace keyline::analysis
