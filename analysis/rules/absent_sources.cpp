#include "analysis/rules/absent_sources.h"

#include <algorithm>

#include "analysis/context/source_match.h"

namespace keyline::analysis {

namespace {

// The frontend from which `--parents` insists on its literal sources (cache-model 12).
constexpr std::pair parents_insist_from{1, 20};

bool may_be_absent(const StepFacts& facts, StepId step) {
  const std::vector<Flag>& flags = facts.instruction(step).flags;
  const bool parents = std::any_of(flags.begin(), flags.end(), [](const Flag& flag) {
    return flag.name() == "parents" && flag.value().value_or("true") != "false";
  });
  if (!parents) return false;
  const auto version = frontend_version(facts.context().tree);
  return !version || *version < parents_insist_from;
}

// Builds may give the argument another value than its default.
bool depends_on_default(const Model& model, const Step& step, Span span) {
  return std::any_of(step.references.begin(), step.references.end(), [&](const VariableReference& reference) {
    if (reference.span.begin < span.begin || reference.span.end > span.end || reference.definition == none)
      return false;
    const Definition::Origin origin = model.definitions[reference.definition].origin;
    return origin == Definition::Origin::argument || origin == Definition::Origin::global_argument;
  });
}

}  // namespace

std::vector<AbsentSource> absent_sources(const StepFacts& facts) {
  std::vector<AbsentSource> absent;
  const RuleContext& context = facts.context();
  if (!context.context.complete()) return absent;
  const Model& model = context.model;
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    if (step.onbuild || !step.known || !facts.is_built(step.stage) || may_be_absent(facts, id)) continue;
    for (const Origin& origin : step.origins) {
      if (origin.kind != Origin::Kind::context) continue;
      for (std::size_t i = 0; i < origin.paths.size(); ++i) {
        if (!origin.paths[i].known || depends_on_default(model, step, origin.spans[i])) continue;
        const SourceMatch& match = facts.study(match_source, origin.paths[i].text);
        if (!match.known || !match.missing) continue;
        absent.push_back({.step = id,
                          .span = first_line(context.tree, origin.spans[i]),
                          .path = clean_source(origin.paths[i].text),
                          .hidden = match.hidden_by});
      }
    }
  }
  return absent;
}

std::string asker(const StepFacts& facts, const AbsentSource& source) {
  switch (facts.model().steps[source.step].keyword) {
    case Keyword::copy:
      return "COPY";
    case Keyword::add:
      return "ADD";
    default:
      return "the mount";
  }
}

}  // namespace keyline::analysis
