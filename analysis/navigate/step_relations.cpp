#include "analysis/navigate/step_relations.h"

#include <map>

namespace keyline::analysis {

namespace {

std::string how_needed(const Input& input) {
  switch (input.kind) {
    case InputKind::parent:
      return "step above";
    case InputKind::base_image:
      return "base image";
    case InputKind::stage_files:
      return "copied files";
    case InputKind::environment:
      return "ENV " + input.label;
    case InputKind::argument:
      return "ARG " + input.label;
    case InputKind::shell:
      return "shell";
    case InputKind::user:
      return "user";
    case InputKind::workdir:
      return "working directory";
    default:
      return input.label;
  }
}

}  // namespace

std::vector<RelatedStep> needs_of(const Snapshot& snapshot, StepId id) {
  const Model& model = snapshot.model;
  std::map<StepId, std::string> found;
  const auto add = [&](StepId step, std::string how) {
    if (step != none && step != id) found.try_emplace(step, std::move(how));
  };
  const Step& step = model.steps[id];
  for (const Input& input : cache_key(model, snapshot.tree, snapshot.context(), id).inputs) {
    const bool placed = !input.source.empty();
    add(input.step != none ? input.step : placed ? step_at(snapshot, input.source.begin) : none, how_needed(input));
  }
  // A FROM has no key of its own where it stands on a stage, and a mounted stage is no input with a place.
  add(step.parent, "step above");
  for (const Origin& origin : step.origins) {
    if (origin.stage == none) continue;
    const Stage& stage = model.stages[origin.stage];
    add(stage.last_op != none ? stage.last_op : stage.steps.front(), "copied files");
  }
  std::vector<RelatedStep> needs;
  for (auto& [need, how] : found) needs.push_back({need, std::move(how)});
  return needs;
}

std::vector<RelatedStep> invalidated_by(const Snapshot& snapshot, StepId id) {
  const std::vector<StepEffect> effects = invalidate(snapshot.model, edit_of(snapshot.model, id));
  std::vector<RelatedStep> hit;
  for (StepId step = 0; step < effects.size(); ++step) {
    const Op op = snapshot.model.steps[step].op;
    if (step == id || effects[step].effect == Effect::unaffected || (op != Op::exec && op != Op::file)) continue;
    hit.push_back({step, effects[step].effect == Effect::always ? "re-runs" : "re-runs if content differs"});
  }
  return hit;
}

}  // namespace keyline::analysis
