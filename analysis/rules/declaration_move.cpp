#include "analysis/rules/declaration_move.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <set>

#include "analysis/rules/edits.h"

namespace keyline::analysis {

namespace {

bool is_name_character(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Instructions that make no step; of these only LABEL expands variables and is worth moving.
bool ignores_variables(Keyword keyword) {
  return keyword == Keyword::cmd || keyword == Keyword::entrypoint || keyword == Keyword::healthcheck ||
         keyword == Keyword::maintainer || keyword == Keyword::shell;
}

class DeclarationStudy {
 public:
  DeclarationStudy(const StepFacts& facts, StepId step, std::vector<std::string> names)
      : facts_(facts), model_(facts.model()) {
    found_.step = step;
    found_.names = std::move(names);
  }

  Declaration study() && {
    const std::vector<StepId>& steps = model_.stages[model_.steps[found_.step].stage].steps;
    found_.group.push_back(found_.step);
    only_labels_ = feeds_only_labels(steps);
    // Steps are looked at one after the other until one needs the variable; what only hands it on moves along.
    for (auto it = std::upper_bound(steps.begin(), steps.end(), found_.step); it != steps.end(); ++it) {
      if (uses(*it)) {
        found_.first_use = *it;
        break;
      }
      const Step& step = model_.steps[*it];
      if (step.op != Op::nothing) found_.last_op = *it;
      const bool run = step.keyword == Keyword::run && step.op == Op::exec;
      if (run || (step.op != Op::nothing && !step.independent && !found_.rerun.empty())) found_.rerun.push_back(*it);
    }
    judge();
    return std::move(found_);
  }

 private:
  bool is_carried(std::string_view text) const {
    return std::any_of(found_.names.begin(), found_.names.end(),
                       [&](const std::string& name) { return names_variable(text, name); });
  }

  // An argument that feeds labels was declared for them. Any other may be meant for programs that read it unnamed.
  bool feeds_only_labels(const std::vector<StepId>& steps) const {
    bool labels = false;
    for (const StepId id : steps) {
      if (id <= found_.step || !is_carried(facts_.line(id)) || ignores_variables(model_.steps[id].keyword)) continue;
      if (model_.steps[id].keyword != Keyword::label) return false;
      labels = true;
    }
    return labels;
  }

  // Whether the step needs the argument where it stands. LABEL, ENV and ARG lines that hand it on join the group.
  bool uses(StepId id) {
    const Step& step = model_.steps[id];
    if (ignores_variables(step.keyword) || step.keyword == Keyword::from) return false;
    if (step.keyword == Keyword::run && prints_environment(id)) return true;
    if (step.keyword == Keyword::run && !only_labels_ && !facts_.has_known_commands(id)) return true;
    if (!is_carried(facts_.source(id))) return false;
    if (step.keyword == Keyword::label) {
      found_.group.push_back(id);
      return false;
    }
    if (step.keyword != Keyword::env && step.keyword != Keyword::arg) return true;
    if (step.keyword == Keyword::arg && redeclares(id)) return true;
    found_.group.push_back(id);
    for (const Definition& definition : model_.definitions) {
      if (definition.step == id) found_.names.push_back(definition.name);
    }
    // What else the line sets would move with it.
    const std::vector<Word>& words = facts_.instruction(id).arguments;
    for (std::size_t i = 0; step.keyword == Keyword::env && i + 1 < words.size(); i += 3) {
      found_.movable = found_.movable && is_carried(words[i + 1].text);
    }
    found_.doubts.push_back(fmt::format("that no step in between reads what the {} in line {} sets",
                                        keyword_name(step.keyword), line_number(id)));
    return false;
  }

  std::uint32_t line_number(StepId id) const { return facts_.context().tree.items[model_.steps[id].item].line + 1; }

  bool redeclares(StepId id) const {
    return std::any_of(model_.definitions.begin(), model_.definitions.end(), [&](const Definition& definition) {
      return definition.step == id &&
             std::find(found_.names.begin(), found_.names.end(), definition.name) != found_.names.end();
    });
  }

  void judge() {
    for (const StepId id : found_.rerun) {
      if (model_.steps[id].keyword == Keyword::run && !facts_.has_known_commands(id)) {
        found_.doubts.push_back(fmt::format("that the step in line {} does not read `{}` from its environment",
                                            line_number(id), found_.names.front()));
        break;
      }
    }
    // What moves must mean the same below: none of its other variables may be set again in between.
    const StepId end = found_.first_use == none ? static_cast<StepId>(model_.steps.size()) : found_.first_use;
    for (const StepId mover : found_.group) {
      for (const VariableReference& reference : model_.steps[mover].references) {
        for (const Definition& definition : model_.definitions) {
          const bool between = definition.step != none && definition.step > mover && definition.step < end &&
                               model_.steps[definition.step].stage == model_.steps[mover].stage;
          const bool moves = std::find(found_.group.begin(), found_.group.end(), definition.step) != found_.group.end();
          if (between && !moves && definition.name == reference.name) found_.movable = false;
        }
      }
      if (model_.steps[mover].keyword == Keyword::label && label_is_overwritten(mover, end)) found_.movable = false;
    }
    for (const Step& step : model_.steps)
      found_.movable = found_.movable && !(step.onbuild && is_carried(facts_.line(step_id(step))));
  }

  StepId step_id(const Step& step) const { return static_cast<StepId>(&step - model_.steps.data()); }

  bool prints_environment(StepId id) const {
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    return std::any_of(commands.begin(), commands.end(), keyline::analysis::prints_environment);
  }

  // Another LABEL of the same key in between would win where it lost before.
  bool label_is_overwritten(StepId mover, StepId end) const {
    const std::vector<Word>& moved = facts_.instruction(mover).arguments;
    for (StepId id = mover + 1; id < end && id < model_.steps.size(); ++id) {
      if (model_.steps[id].keyword != Keyword::label || model_.steps[id].stage != model_.steps[mover].stage) continue;
      if (std::find(found_.group.begin(), found_.group.end(), id) != found_.group.end()) continue;
      const std::vector<Word>& other = facts_.instruction(id).arguments;
      for (std::size_t i = 0; i < moved.size(); i += 3) {
        for (std::size_t j = 0; j < other.size(); j += 3) {
          if (moved[i].text == other[j].text) return true;
        }
      }
    }
    return false;
  }

  const StepFacts& facts_;
  const Model& model_;
  Declaration found_;
  bool only_labels_ = false;
};

}  // namespace

bool names_variable(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool open = at == 0 || !is_name_character(text[at - 1]);
    const std::size_t end = at + name.size();
    if (open && (end >= text.size() || !is_name_character(text[end]))) return true;
  }
  return false;
}

Declaration study_declaration(const StepFacts& facts, StepId step, std::vector<std::string> names) {
  return DeclarationStudy(facts, step, std::move(names)).study();
}

Fix move_declarations(const StepFacts& facts, const Declaration& candidate, const std::vector<Declaration>& all) {
  const Model& model = facts.model();
  std::set<StepId> steps;
  std::vector<std::string> moved_names;
  std::vector<std::string> doubts;
  bool movable = true;
  for (const Declaration& each : all) {
    if (model.steps[each.step].stage != model.steps[candidate.step].stage || each.first_use != candidate.first_use ||
        each.rerun.empty())
      continue;
    steps.insert(each.group.begin(), each.group.end());
    moved_names.push_back(fmt::format("`{} {}`", keyword_name(model.steps[each.step].keyword), each.names.front()));
    movable = movable && each.movable;
    for (const std::string& doubt : each.doubts) add_unique(doubts, doubt);
  }
  std::vector<std::uint32_t> items;
  for (const StepId step : steps) {
    if (items.empty() || items.back() != model.steps[step].item) items.push_back(model.steps[step].item);
  }
  const bool to_use = candidate.first_use != none;
  Fix fix;
  const bool is_named = to_use && names_variable(facts.line(candidate.first_use), candidate.names.front());
  fix.title = fmt::format("Move {}{} {}", list_words(moved_names),
                          steps.size() == moved_names.size() ? ""
                          : moved_names.size() == 1          ? ", with the lines fed by it,"
                                                             : ", with the lines fed by them,",
                          !to_use    ? "below the last step"
                          : is_named ? "down to its first use"
                                     : "down to the first step that may read it");
  const std::uint32_t target = model.steps[to_use ? candidate.first_use : candidate.last_op].item;
  if (!movable ||
      !move_blocks(fix.edits, facts.context().tree, items, to_use ? Place::in_front : Place::behind, target)) {
    fix.edits = {};
    fix.safety = Safety::sketch;
    fix.unproven = "a variable or label it touches is set again in between, or a trigger uses it";
    return fix;
  }
  fix.safety = doubts.empty() ? Safety::safe : Safety::review;
  fix.unproven = fmt::format("{}", fmt::join(doubts, "; "));
  return fix;
}

bool re_runs_anyway(const Model& model, const Declaration& candidate, const std::vector<Declaration>& all) {
  return std::any_of(all.begin(), all.end(), [&](const Declaration& each) {
    return model.steps[each.step].stage == model.steps[candidate.step].stage && each.first_use != none &&
           each.first_use <= candidate.rerun.front();
  });
}

}  // namespace keyline::analysis
