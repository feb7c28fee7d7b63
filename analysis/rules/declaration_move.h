#pragma once
// How far down an ARG or ENV could stand: past the steps that have no use for it, with the lines that only hand it on.
// For the rules about variables that are declared too early; what is volatile is theirs to say.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

struct Declaration {
  StepId step = none;              // the ARG or ENV
  std::vector<std::string> names;  // it sets, and the variables that hand them on
  std::vector<StepId> group;       // the line, and what must move with it
  std::vector<StepId> rerun;       // from the first RUN below to where it is needed
  StepId first_use = none;         // none: to the end of the stage
  StepId last_op = none;           // behind which the end of the stage begins
  std::vector<std::string> doubts;
  bool movable = true;
};

// `names` are the variables that the line declares.
Declaration study_declaration(const StepFacts& facts, StepId step, std::vector<std::string> names);

// Whether another of them is used by the first of the steps that the declaration re-runs, or above it.
bool re_runs_anyway(const Model& model, const Declaration& candidate, const std::vector<Declaration>& all);

// All that stand in one stage and go to the same place move together, so that one fix does not undo another's order.
Fix move_declarations(const StepFacts& facts, const Declaration& candidate, const std::vector<Declaration>& all);

// Whether the text holds `name` as a word of its own.
bool names_variable(std::string_view text, std::string_view name);

}  // namespace keyline::analysis
