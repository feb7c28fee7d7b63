#include "analysis/explain/hints.h"

#include <fmt/format.h>

#include "analysis/explain/influence.h"
#include "analysis/explain/next_build.h"
#include "analysis/explain/words.h"

namespace keyline::analysis {

std::vector<Hint> hints(const Snapshot& snapshot) {
  std::vector<Hint> result;
  const std::vector<Influence> all = influences(snapshot);
  for (StepId id = 0; id < snapshot.model.steps.size(); ++id) {
    const Step& step = snapshot.model.steps[id];
    if (step.onbuild || (step.op != Op::exec && step.op != Op::file)) continue;
    if (!snapshot.model.stages[step.stage].reachable) continue;
    std::string text = next_build_hint(snapshot, id);
    std::string tooltip = next_build_text(snapshot, id);
    if (text.empty()) text = hint_text(snapshot, id, all[id]);
    if (text.empty()) continue;
    // With a known build: what happens now, and below it what makes the step re-run at all.
    tooltip += (tooltip.empty() ? "" : "\n\n") + forecast_text(snapshot, id, all[id]);
    const std::uint32_t line = snapshot.lines.line_at(step.span.begin);
    result.push_back({.at = snapshot.lines.line(snapshot.text(), line).end,
                      .text = std::move(text),
                      .tooltip = std::move(tooltip),
                      .step = id});
  }
  return result;
}

std::vector<Lens> lenses(const Snapshot& snapshot) {
  std::vector<Lens> result;
  const std::vector<Influence> all = influences(snapshot);
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
      const Influence& influence = all[step_id];
      known = known && influence.known;
      if (influence.readers > 0)
        ++fed;
      else if (influence.copied > 0)
        ++maybe;
    }
    lens.title = count_of(steps, "step", "steps");
    if (!stage.reachable) {
      lens.title += ", not needed by the target";
    } else if (const std::string now = next_build_tally(snapshot, id); !now.empty()) {
      lens.title += ", " + now;
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
