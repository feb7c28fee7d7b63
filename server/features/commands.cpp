#include <algorithm>

#include <fmt/format.h>

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

std::string what_if(const View& view, const std::vector<std::string>& paths,
                    const std::vector<std::string>& arguments) {
  return analysis::to_markdown(analysis::explain_change(view.snapshot, paths, arguments));
}

std::string status(const View& view) {
  const analysis::BuildContext& context = view.snapshot.context();
  std::string text = "**Build directory:** ";
  if (context.complete())
    text += fmt::format("{} entries, {} hidden by .dockerignore\n", context.entries().size(), context.hidden().size());
  else
    text += fmt::format("not known: {}. Rules about files are silent.\n", context.unknown_reason());
  text += view.snapshot.inputs.history
              ? "\n**Next build:** forecast from the builds that are remembered\n"
              : "\n**Next build:** no forecast, no build of this Dockerfile is remembered; `keyline build -- docker "
                "build ...` or the command `keyline.recordBuild` remembers one\n";
  const auto& severities = view.settings.rules.severities;
  const auto off = std::count_if(severities.begin(), severities.end(),
                                 [](const auto& each) { return each.second == analysis::Severity::off; });
  text += fmt::format("\n**Findings:** {} and {} faults that BuildKit refuses; {} rules are switched off\n",
                      view.snapshot.findings.size(), view.snapshot.problems.size(), off);
  text +=
      "\n**Programs and network:** none are used, so neither trust in the workspace nor an engine makes a difference "
      "here\n";
  if (!view.settings.inlay_hints) text += "\n**Hints** are switched off.\n";
  if (!view.settings.code_lens) text += "\n**Lenses** are switched off.\n";
  return text;
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
