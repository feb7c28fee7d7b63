// An argument made to bust the cache that no step below can see.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/volatile_inputs.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

// Whether the stage is the one, or is built from it.
bool is_built_from(const Model& model, StageId stage, StageId from) {
  for (; stage != none; stage = model.stages[stage].base_stage) {
    if (stage == from) return true;
  }
  return false;
}

// Whether a step takes the argument that is declared at `arg` into its key: any RUN below, or one that expands it.
bool has_effect(const Model& model, StepId arg, std::string_view name) {
  for (StepId id = arg + 1; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    if (!is_built_from(model, step.stage, model.steps[arg].stage)) continue;
    if (step.keyword == Keyword::run || step.onbuild) return true;
    if (step.keyword == Keyword::onbuild) return true;
    if (std::any_of(step.references.begin(), step.references.end(),
                    [&](const VariableReference& use) { return use.name == name; }))
      return true;
  }
  return false;
}

void report(const RuleContext& context, Span place, std::string message, std::string title, Findings& findings) {
  Finding finding{.span = first_line(context.tree, place)};
  finding.message = std::move(message);
  finding.fixes.push_back({.title = std::move(title), .safety = Safety::sketch});
  findings.push_back(std::move(finding));
}

void check_global(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  for (const Definition& argument : model.global_arguments) {
    if (argument.span.empty() || !busts_the_cache(argument.name)) continue;
    const auto named = [&](const Item& item) {
      if (item.begin <= argument.span.begin) return false;
      return slice(*context.tree.text, item.span()).find(argument.name) != std::string_view::npos;
    };
    if (std::any_of(context.tree.items.begin(), context.tree.items.end(), named)) continue;
    report(context, argument.span,
           fmt::format("a new `{0}` re-runs nothing: an ARG in front of the first FROM is seen by no step unless the "
                       "stage declares it again",
                       argument.name),
           fmt::format("Move `ARG {}` above the step that is to re-run", argument.name), findings);
  }
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  check_global(facts, findings);
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    if (step.keyword != Keyword::arg || step.onbuild || !step.known) continue;
    const std::vector<Word>& words = facts.instruction(id).arguments;
    if (words.size() != 1) continue;
    const std::string name = words.front().text.substr(0, words.front().text.find('='));
    if (!busts_the_cache(name) || has_effect(model, id, name)) continue;
    report(context, step.span,
           fmt::format("a new `{}` re-runs nothing: no RUN stands below this ARG, and nothing expands it", name),
           fmt::format("Move `ARG {}` above the step that is to re-run", name), findings);
  }
}

}  // namespace

extern const Rule cachebust_without_effect;
const Rule cachebust_without_effect{
    .id = "cachebust-without-effect",
    .summary = "An argument made to bust the cache is seen by no step",
    .severity = Severity::warning,
    .why =
        R"(An ARG enters the cache keys of the RUNs below it in its stage, and of those in stages built from it; of a COPY or ADD
only when the line expands it. Above the first FROM it is seen by FROM lines alone. Declared below the step that it was
made for, it can be given a new value in every build and nothing re-runs: what was fetched once stays.)",
    .silent = R"(- A RUN stands below, in this stage or in one that is built from it.
- A line below expands it.
- The names are those of arguments that exist for nothing else: `CACHEBUST`, `CACHE_DATE`, `FORCE_REBUILD` and the like.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
ARG CACHEBUST=1
FROM alpine:3.22
RUN wget -qO /motd example.com/motd
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
