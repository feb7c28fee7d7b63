#include <algorithm>

#include <fmt/format.h>

#include "analysis/explain/explanation.h"
#include "analysis/explain/hints.h"
#include "analysis/explain/words.h"
#include "server/features/features.h"
#include "server/features/ignore_file.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

using analysis::StageId;

namespace {

constexpr std::string_view about_programs =
    "\n**Programs and network:** of programs only git, which is asked for objects of the repository; so neither trust "
    "in the workspace nor an engine makes a difference here\n";

std::string about_prices(const View& view) {
  if (view.settings.history_commits == 0) return "**Prices** of findings are switched off.\n";
  if (view.prices == nullptr) return "**Prices:** not known yet\n";
  if (!view.prices->fault().empty()) return fmt::format("**Prices:** none, {}\n", view.prices->fault());
  const analysis::Prices prices = view.prices->of(view.snapshot);
  const auto silent = std::ranges::count_if(prices, [](const auto& each) { return each.second.worth_nothing; });
  return fmt::format("**Prices:** {} by git's last commits; {} of them cost nothing and are not shown\n",
                     analysis::count_of(prices.size(), "finding has one", "findings have one"), silent);
}

// In front of what is silent without it.
std::string unknown_directory(const analysis::BuildContext& context) {
  return fmt::format("**Build directory:** not known: {}. ", context.unknown_reason());
}

}  // namespace

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
  std::string text = context.complete() ? fmt::format("**Build directory:** {} entries, {} hidden by .dockerignore\n",
                                                      context.entries().size(), context.hidden().size())
                                        : unknown_directory(context) + "Rules about files are silent.\n";
  text += view.snapshot.inputs.history
              ? "\n**Next build:** forecast from the builds that are remembered\n"
              : "\n**Next build:** no forecast, no build of this Dockerfile is remembered; `keyline build -- docker "
                "build ...` or the command `keyline.recordBuild` remembers one\n";
  const auto& severities = view.settings.rules.severities;
  const auto off = std::count_if(severities.begin(), severities.end(),
                                 [](const auto& each) { return each.second == analysis::Severity::off; });
  text += fmt::format("\n**Findings:** {} and {} faults that BuildKit refuses; {} rules are switched off\n",
                      view.snapshot.findings.size(), view.snapshot.problems.size(), off);
  text += '\n' + about_prices(view);
  text += about_programs;
  if (!view.settings.inlay_hints) text += "\n**Hints** are switched off.\n";
  if (!view.settings.code_lens) text += "\n**Lenses** are switched off.\n";
  return text;
}

std::string ignore_status(const IgnoreView& view) {
  const analysis::BuildContext& everything = view.snapshot.everything();
  const std::vector<analysis::Fate>& fates = view.snapshot.fates;
  std::string text = everything.complete()
                         ? fmt::format("**Build directory:** {} entries, {} of them hidden by this file\n",
                                       fates.size(), std::ranges::count(fates, true, &analysis::Fate::hidden))
                         : unknown_directory(everything) + "What the lines hide is not told.\n";
  text += "\n**Open Dockerfiles that it counts for:** ";
  for (const OpenDockerfile& dockerfile : view.dockerfiles)
    text += fmt::format("{}{}", &dockerfile == view.dockerfiles.data() ? "" : ", ", dockerfile.uri);
  if (view.dockerfiles.empty()) text += "none";
  text += fmt::format("\n\n**Findings:** {} without effect and {} that BuildKit refuses\n",
                      analysis::count_of(view.snapshot.findings.size(), "line", "lines"),
                      analysis::count_of(view.snapshot.dockerignore.problems().size(), "line", "lines"));
  const auto& severities = view.snapshot.inputs.rules.severities;
  const auto set = severities.find(analysis::dead_pattern_rule);
  if (set != severities.end() && set->second == analysis::Severity::off)
    text += fmt::format("\n**{}** is switched off.\n", analysis::dead_pattern_rule);
  return text.append(about_programs);
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
