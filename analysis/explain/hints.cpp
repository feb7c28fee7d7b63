#include "analysis/explain/hints.h"

#include <fmt/format.h>

#include "analysis/explain/words.h"

namespace keyline::analysis {

std::vector<Hint> hints(const Snapshot& snapshot) {
  std::vector<Hint> result;
  const std::vector<ContextInfluence> influences = context_influences(snapshot);
  for (StepId id = 0; id < snapshot.model.steps.size(); ++id) {
    const Step& step = snapshot.model.steps[id];
    if (step.onbuild || (step.op != Op::exec && step.op != Op::file)) continue;
    if (!snapshot.model.stages[step.stage].reachable) continue;
    const ContextInfluence& influence = influences[id];
    if (influence.step == none || !influence.known) continue;
    Hint hint;
    hint.step = id;
    const std::uint32_t line = snapshot.lines.line_at(step.span.begin);
    hint.at = snapshot.lines.line(snapshot.text(), line).end;
    const std::string files = count_of(influence.files, "file", "files");
    if (influence.through_stage) {
      hint.text = fmt::format("re-runs if what line {} builds differs",
                              snapshot.lines.line_at(snapshot.model.steps[influence.step].span.begin) + 1);
    } else if (influence.step == id) {
      hint.text = fmt::format("re-runs with {}", files);
    } else {
      hint.text = fmt::format("re-runs with {} of line {}", files,
                              snapshot.lines.line_at(snapshot.model.steps[influence.step].span.begin) + 1);
    }
    hint.tooltip = fmt::format("{}", step_reference(snapshot, influence.step));
    result.push_back(std::move(hint));
  }
  return result;
}

std::vector<Lens> lenses(const Snapshot& snapshot) {
  std::vector<Lens> result;
  const std::vector<ContextInfluence> influences = context_influences(snapshot);
  for (StageId id = 0; id < snapshot.model.stages.size(); ++id) {
    const Stage& stage = snapshot.model.stages[id];
    Lens lens;
    lens.stage = id;
    lens.span = snapshot.tree.items[stage.item].header();
    std::uint32_t steps = 0;
    std::uint32_t fed = 0;
    std::uint32_t maybe = 0;
    bool known = true;
    for (const StepId step_id : stage.steps) {
      const Step& step = snapshot.model.steps[step_id];
      if (step.op != Op::exec && step.op != Op::file) continue;
      ++steps;
      const ContextInfluence& influence = influences[step_id];
      if (influence.step == none) continue;
      known = known && influence.known;
      ++(influence.through_stage ? maybe : fed);
    }
    lens.title = count_of(steps, "step", "steps");
    if (!stage.reachable) {
      lens.title += ", not needed by the target";
    } else if (known) {
      if (fed > 0) lens.title += fmt::format(", {} re-run on context edits", fed);
      if (maybe > 0) lens.title += fmt::format(", {} if copied files differ", maybe);
      if (steps > 0 && fed + maybe == 0) lens.title += ", none reads the context";
    }
    result.push_back(std::move(lens));
  }
  return result;
}

}  // namespace keyline::analysis
