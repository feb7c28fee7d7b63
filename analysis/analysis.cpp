#include "analysis/analysis.h"

#include <algorithm>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

// What BuildKit would refuse: syntax, then the stages, in the order of the file. Which arguments builds are given is
// not known here, so the rule `blank-base-image` speaks of a base image without them.
std::vector<Problem> all_problems(const SyntaxTree& tree, const Model& model) {
  std::vector<Problem> problems = tree.problems;
  for (const Item& item : tree.items) {
    for (const Problem& problem : item.instruction->problems)
      problems.push_back({item.absolute(problem.span), problem.message});
  }
  for (const ModelProblem& problem : model.problems)
    if (!problem.of_defaults) problems.push_back({problem.span, problem.message});
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.span.begin < b.span.begin; });
  return problems;
}

}  // namespace

std::shared_ptr<const Snapshot> analyze(Inputs inputs, const Snapshot* previous, std::stop_token stop) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->inputs = std::move(inputs);
  const BuildContext& context = snapshot->context();
  snapshot->lines = LineIndex(*snapshot->inputs.text);
  snapshot->tree =
      parse(snapshot->inputs.text, previous != nullptr ? &previous->tree : nullptr, &snapshot->parse_count);
  if (stop.stop_requested()) return nullptr;
  snapshot->model = build_model(snapshot->tree, snapshot->inputs.build);
  snapshot->problems = all_problems(snapshot->tree, snapshot->model);
  if (stop.stop_requested()) return nullptr;
  if (snapshot->inputs.history) {
    const bool same_files = previous != nullptr && previous->inputs.context == snapshot->inputs.context &&
                            previous->inputs.named_contexts == snapshot->inputs.named_contexts;
    snapshot->forecast =
        snapshot->inputs.history->forecast(snapshot->build(), same_files ? &previous->forecast.contents : nullptr);
  }
  if (stop.stop_requested()) return nullptr;
  const RuleContext rule_context{snapshot->tree, snapshot->model, context, snapshot->inputs.fixes};
  const bool same_context = previous != nullptr && previous->inputs.context == snapshot->inputs.context;
  StepFacts facts(rule_context, previous != nullptr ? previous->runs : RunTexts(),
                  same_context ? &previous->studies : nullptr);
  snapshot->findings = run_rules(facts, snapshot->inputs.rules, stop);
  snapshot->runs = facts.run_texts();
  snapshot->studies = facts.finish_studies();
  if (stop.stop_requested()) return nullptr;
  return snapshot;
}

std::vector<Fix> fixes_of(const Snapshot& snapshot, const Finding& finding) {
  if (snapshot.inputs.fixes || !finding.fixes.empty() || finding.rule->check == nullptr) return finding.fixes;
  const RuleContext rule_context{snapshot.tree, snapshot.model, snapshot.context()};
  const StepFacts facts(rule_context, snapshot.runs, &snapshot.studies);
  Findings again;
  finding.rule->check(facts, again);
  const auto same = std::find_if(again.begin(), again.end(), [&](const Finding& each) {
    return each.span == finding.span && each.message == finding.message;
  });
  return same == again.end() ? std::vector<Fix>() : std::move(same->fixes);
}

StepId step_at(const Snapshot& snapshot, Offset offset) {
  const Item* item = snapshot.tree.item_at(offset);
  if (item == nullptr) return none;
  return snapshot.model.step_of_item(static_cast<std::uint32_t>(item - snapshot.tree.items.data()));
}

}  // namespace keyline::analysis
