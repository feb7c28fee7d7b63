#include "analysis/explain/explanation.h"
#include "analysis/explain/hints.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

using analysis::StageId;

std::optional<std::string> explain(const View& view, const protocol::lsp::Position& position) {
  const std::optional<analysis::Explanation> explanation = analysis::explain(view.snapshot, to_offset(view, position));
  if (!explanation) return std::nullopt;
  return analysis::to_markdown(*explanation);
}

std::optional<std::string> invalidation(const View& view, StageId stage) {
  const analysis::Model& model = view.snapshot.model;
  if (stage >= model.stages.size()) return std::nullopt;
  std::string text;
  for (const analysis::Hint& hint : analysis::hints(view.snapshot)) {
    if (hint.step >= model.steps.size() || model.steps[hint.step].stage != stage) continue;
    text += analysis::step_name(model, view.snapshot.tree, hint.step) + ": " + hint.text + "\n";
  }
  if (text.empty()) return "Nothing is known about what re-runs the steps of this stage.";
  text.pop_back();
  return text;
}

}  // namespace keyline::server::features
