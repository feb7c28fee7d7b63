#pragma once
// "If this changes, these steps re-run" (cache-model 1.6, 1.8, 9.2). Three answers, never a guess: a step whose input
// is another step's output re-runs only if that output's content differs, and nobody can know that before it ran.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"
#include "analysis/model/model.h"

namespace keyline::analysis {

enum class Effect : std::uint8_t { unaffected, if_content_differs, always };

// What changes. Several may change at once.
struct Change {
  std::vector<StepId> steps;            // these instructions are edited so that their operation differs
  std::vector<std::string> paths;       // context files change content
  std::vector<DefinitionId> variables;  // these settings get another value
  std::vector<StageId> base_images;     // the FROM of these stages resolves to another digest
};

struct StepEffect {
  Effect effect = Effect::unaffected;
  // The first cause: the step it came through (none: changed itself), and the index of the path or variable in Change.
  StepId through = none;
  std::uint32_t path = none;
  std::uint32_t variable = none;
};

// One entry a step of the model. Steps of stages that the target does not need stay unaffected.
std::vector<StepEffect> invalidate(const Model& model, const Change& change);

// The change "this line gets other text" for one instruction: what editing a RUN, COPY, ENV, ARG, FROM, WORKDIR,
// USER or SHELL line does. Lines without effect on any key (LABEL, CMD, ...) give an empty change.
Change edit_of(const Model& model, StepId step);

// The change "a build passes another value for this argument". Empty when no step and no FROM could tell.
Change change_of_argument(const Model& model, std::string_view name);

struct Tally {
  std::uint32_t always = 0;
  std::uint32_t if_content_differs = 0;
};
Tally tally(const Model& model, const std::vector<StepEffect>& effects);  // counts steps with an op, FROM left out

}  // namespace keyline::analysis
