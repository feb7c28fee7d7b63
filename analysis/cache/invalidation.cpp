#include "analysis/cache/invalidation.h"

#include <algorithm>

#include "analysis/context/source_match.h"

namespace keyline::analysis {

namespace {

bool contains(const std::vector<std::uint32_t>& list, std::uint32_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

class Invalidation {
 public:
  Invalidation(const Model& model, const Change& change)
      : model_(model), change_(change), effects_(model.steps.size()), outcomes_(model.steps.size()) {
    find_variables();
  }

  std::vector<StepEffect> run() {
    for (StepId id = 0; id < model_.steps.size(); ++id) {
      const Step& step = model_.steps[id];
      if (!model_.stages[step.stage].reachable) continue;
      effects_[id] = own_effect(id, step);
      if (step.op == Op::nothing) continue;
      // A linked copy stands alone, but what follows stands on its merge with everything above (cache-model 1.8).
      StepEffect outcome = effects_[id];
      if (step.parent != none) raise(outcome, through_chain(step));
      if (!step.independent) effects_[id] = outcome;
      outcomes_[id] = outcome;
    }
    return std::move(effects_);
  }

 private:
  static void raise(StepEffect& effect, const StepEffect& other) {
    if (other.effect > effect.effect) effect = other;
  }

  StepEffect through_chain(const Step& step) const {
    StepEffect effect = outcomes_[step.parent];
    if (effect.effect == Effect::unaffected) return effect;
    effect.through = step.parent;
    // A root file system that is also bind-mounted is matched by content (cache-model 1.6, special case).
    for (const Origin& origin : step.origins) {
      const bool root =
          origin.mount != none && origin.stage != none && model_.stages[origin.stage].last_op == step.parent;
      if (root) effect.effect = Effect::if_content_differs;
    }
    return effect;
  }

  // The changed definitions and those whose value is made of them, by step order.
  void find_variables() {
    changed_.assign(model_.definitions.size(), none);
    for (std::uint32_t i = 0; i < change_.variables.size(); ++i) {
      if (change_.variables[i] < changed_.size()) changed_[change_.variables[i]] = i;
    }
    if (change_.variables.empty()) return;
    for (DefinitionId id = 0; id < model_.definitions.size(); ++id) {
      const Definition& definition = model_.definitions[id];
      if (changed_[id] != none || definition.step == none) continue;
      const Step& setter = model_.steps[definition.step];
      for (const VariableReference& reference : setter.references) {
        if (reference.definition != none && reference.definition < id && changed_[reference.definition] != none) {
          changed_[id] = changed_[reference.definition];
        }
      }
    }
    // A stage's copies of inherited ENV entries change with the originals.
    for (DefinitionId id = 0; id < model_.definitions.size(); ++id) {
      if (changed_[id] != none) continue;
      const Definition& copy = model_.definitions[id];
      for (DefinitionId other = copy.previous; other != none; other = model_.definitions[other].previous) {
        const Definition& original = model_.definitions[other];
        if (original.name != copy.name) continue;
        if (original.step == copy.step && original.step != none) changed_[id] = changed_[other];
        break;
      }
    }
  }

  // The first changed variable that is in the environment of a RUN, by its index in the change.
  std::uint32_t variable_in_environment(DefinitionId head) const {
    if (change_.variables.empty()) return none;
    for (const Definition* definition : environment(model_, head)) {
      const auto id = static_cast<DefinitionId>(definition - model_.definitions.data());
      if (changed_[id] != none) return changed_[id];
    }
    return none;
  }

  StepEffect own_effect(StepId id, const Step& step) const {
    StepEffect effect;
    if (step.op == Op::nothing) return effect;
    const bool first = step.parent == none || model_.steps[step.parent].stage != step.stage;
    if (contains(change_.steps, id) || (first && !step.independent && contains(change_.base_images, step.stage))) {
      effect.effect = Effect::always;
      return effect;
    }
    if (step.op == Op::exec) {
      if (const std::uint32_t variable = variable_in_environment(step.environment); variable != none) {
        return {Effect::always, none, none, variable};
      }
    }
    for (const VariableReference& reference : step.references) {
      if (!reference.by_shell && reference.definition != none && changed_[reference.definition] != none) {
        return {Effect::always, none, none, changed_[reference.definition]};
      }
    }
    for (const Origin& origin : step.origins) raise(effect, through_origin(step, origin));
    return effect;
  }

  StepEffect through_origin(const Step& step, const Origin& origin) const {
    if (origin.kind == Origin::Kind::context) {
      for (std::uint32_t i = 0; i < change_.paths.size(); ++i) {
        if (origin.paths.empty()) return {Effect::always, none, i, none};
        for (const Value& path : origin.paths) {
          if (!path.known) return {Effect::if_content_differs, none, i, none};
          if (source_selects(path.text, change_.paths[i])) return {Effect::always, none, i, none};
        }
      }
      return {};
    }
    if (origin.kind != Origin::Kind::stage || origin.stage == none) return {};
    const StepId source = model_.stages[origin.stage].last_op;
    if (source == none) return {};
    StepEffect effect = outcomes_[source];
    if (effect.effect == Effect::unaffected) return {};
    effect.through = source;
    // Copying from the very result a step stands on switches content matching off (cache-model 1.6).
    const bool same_vertex = source == step.parent && origin.mount == none && !step.independent;
    if (!same_vertex) effect.effect = Effect::if_content_differs;
    return effect;
  }

  const Model& model_;
  const Change& change_;
  std::vector<StepEffect> effects_;
  std::vector<StepEffect> outcomes_;    // of the step's result, which for a linked copy is its merge
  std::vector<std::uint32_t> changed_;  // per definition: index of the cause in the change, or none
};

}  // namespace

namespace {

// An ARG without a value sets nothing. Given one, it enters the RUNs below it, in its stage and in those built on it,
// and whatever expands its name.
void add_reach_of_bare_argument(const Model& model, StepId id, const std::string& name, std::vector<StepId>& steps) {
  const auto built_on = [&](StageId stage) {
    while (stage != none && stage != model.steps[id].stage) stage = model.stages[stage].base_stage;
    return stage != none;
  };
  for (StepId later = id + 1; later < model.steps.size(); ++later) {
    const Step& step = model.steps[later];
    if (step.op == Op::nothing || !built_on(step.stage)) continue;
    const bool expands = std::any_of(step.references.begin(), step.references.end(), [&](const VariableReference& use) {
      return !use.by_shell && use.definition == none && use.name == name;
    });
    if (step.op == Op::exec || expands) steps.push_back(later);
  }
}

}  // namespace

std::vector<StepEffect> invalidate(const Model& model, const Change& change) {
  return Invalidation(model, change).run();
}

Change edit_of(const Model& model, StepId id) {
  Change change;
  const Step& step = model.steps[id];
  if (step.keyword == Keyword::from) {
    change.base_images.push_back(step.stage);
    return change;
  }
  if (step.op != Op::nothing) change.steps.push_back(id);
  for (DefinitionId i = 0; i < model.definitions.size(); ++i) {
    if (model.definitions[i].step == id) change.variables.push_back(i);
  }
  if (step.keyword == Keyword::arg && change.variables.empty()) {
    for (const std::string& name : step.bare_arguments) add_reach_of_bare_argument(model, id, name, change.steps);
    return change;
  }
  // USER, SHELL and WORKDIR speak to later steps wherever they are still in force.
  for (StepId later = id + 1; later < model.steps.size(); ++later) {
    const Step& other = model.steps[later];
    const bool run = other.op == Op::exec;
    const bool workdir = other.keyword == Keyword::workdir && other.op == Op::file;
    const bool affected = (step.keyword == Keyword::user && other.user_step == id && (run || workdir)) ||
                          (step.keyword == Keyword::shell && other.shell_step == id && run) ||
                          (step.keyword == Keyword::workdir && other.workdir_step == id && run);
    if (affected) change.steps.push_back(later);
  }
  return change;
}

Change change_of_argument(const Model& model, std::string_view name) {
  Change change;
  // Global arguments that are made of it, in file order.
  std::vector<std::string> globals;
  for (const Definition& global : model.global_arguments) {
    if (global.name == name && globals.empty()) globals.emplace_back(name);
  }
  const auto is_one = [&](std::string_view other) {
    return std::find(globals.begin(), globals.end(), other) != globals.end();
  };
  for (const auto& [user, used] : model.global_uses) {
    if (is_one(used) && !is_one(user)) globals.push_back(user);
  }
  using Source = Definition::Origin;
  for (DefinitionId id = 0; id < model.definitions.size(); ++id) {
    const Definition& definition = model.definitions[id];
    const bool by_arg = definition.origin == Source::argument || definition.origin == Source::build_argument ||
                        definition.origin == Source::global_argument || definition.origin == Source::platform_argument;
    const bool taken_over = definition.origin == Source::global_argument && is_one(definition.name);
    if ((by_arg && definition.name == name) || taken_over) change.variables.push_back(id);
  }
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    for (const std::string& bare : step.bare_arguments) {
      if (bare == name) add_reach_of_bare_argument(model, id, bare, change.steps);
    }
    if (step.keyword != Keyword::from) continue;
    const bool named = std::any_of(step.references.begin(), step.references.end(),
                                   [&](const VariableReference& use) { return is_one(use.name); });
    if (named) change.base_images.push_back(step.stage);
  }
  return change;
}

Tally tally(const Model& model, const std::vector<StepEffect>& effects) {
  Tally result;
  for (StepId id = 0; id < effects.size(); ++id) {
    const Op op = model.steps[id].op;
    if (op != Op::exec && op != Op::file) continue;
    if (effects[id].effect == Effect::always) ++result.always;
    if (effects[id].effect == Effect::if_content_differs) ++result.if_content_differs;
  }
  return result;
}

}  // namespace keyline::analysis
