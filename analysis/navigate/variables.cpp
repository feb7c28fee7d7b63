#include "analysis/navigate/variables.h"

#include <algorithm>
#include <map>
#include <vector>

namespace keyline::analysis {

namespace {

// Merges declarations into variables. Places are offsets of names, hence unique.
class Union {
 public:
  void add(Offset place) { parents_.try_emplace(place, place); }
  void join(Offset one, Offset other) {
    add(one), add(other);
    parents_[root(one)] = root(other);
  }
  std::set<Offset> with(Offset place) {
    add(place);
    const Offset wanted = root(place);
    std::set<Offset> members;
    for (const auto& [member, parent] : parents_) {
      if (root(member) == wanted) members.insert(member);
    }
    return members;
  }

 private:
  Offset root(Offset place) {
    while (parents_[place] != place) place = parents_[place] = parents_[parents_[place]];
    return place;
  }
  std::map<Offset, Offset> parents_;
};

// Where an ARG of the step declares `name` without a value that enters the environment.
std::optional<Offset> bare_place(const Snapshot& snapshot, const Step& step, std::string_view name) {
  if (std::find(step.bare_arguments.begin(), step.bare_arguments.end(), name) == step.bare_arguments.end())
    return std::nullopt;
  const Item& item = snapshot.tree.items[step.item];
  for (const Word& word : instruction_of(snapshot.tree, step).arguments) {
    if (word.text == name) return item.absolute(word.span).begin;
  }
  return std::nullopt;
}

// Follows one name through all stages in file order, as the scopes of the model do.
class Follower {
 public:
  Follower(const Snapshot& snapshot, std::string_view name) : snapshot_(snapshot), model_(snapshot.model), name_(name) {
    for (const Definition& definition : model_.definitions) {
      if (definition.name == name && !definition.span.empty() && definition.step != none)
        by_step_[definition.step].insert(definition.span.begin);
    }
  }

  Union follow() {
    join_globals();
    std::vector<std::optional<Offset>> at_end(model_.stages.size());
    for (StageId id = 0; id < model_.stages.size(); ++id) {
      const Stage& stage = model_.stages[id];
      seen_ = stage.base_stage == none ? std::nullopt : at_end[stage.base_stage];
      for (const StepId step : stage.steps) visit(step);
      at_end[id] = seen_;
    }
    return std::move(variables_);
  }

 private:
  void join_globals() {
    for (const Definition& argument : model_.global_arguments) {
      if (argument.name != name_ || argument.span.empty()) continue;
      if (global_) variables_.join(argument.span.begin, *global_);
      global_ = argument.span.begin;
      variables_.add(*global_);
    }
  }

  void visit(StepId id) {
    const Step& step = model_.steps[id];
    if (step.keyword != Keyword::arg && step.keyword != Keyword::env) return;
    if (const auto bare = bare_place(snapshot_, step, name_)) declare(step, *bare);
    const auto found = by_step_.find(id);
    if (found == by_step_.end()) return;
    for (const Offset place : found->second) declare(step, place);
  }

  void declare(const Step& step, Offset place) {
    variables_.add(place);
    if (seen_) variables_.join(place, *seen_);
    if (global_ && is_bare_argument(snapshot_, step.item, place)) variables_.join(place, *global_);
    seen_ = place;
  }

  const Snapshot& snapshot_;
  const Model& model_;
  std::string_view name_;
  std::map<StepId, std::set<Offset>> by_step_;
  std::optional<Offset> global_, seen_;
  Union variables_;
};

}  // namespace

bool is_bare_argument(const Snapshot& snapshot, std::uint32_t index, Offset place) {
  const Item& item = snapshot.tree.items[index];
  const Instruction& written = *item.instruction;
  const Instruction& instruction = written.trigger ? *written.trigger : written;
  if (instruction.keyword != Keyword::arg) return false;
  return std::any_of(instruction.arguments.begin(), instruction.arguments.end(), [&](const Word& word) {
    return item.absolute(word.span).begin == place && word.text.find('=') == std::string::npos;
  });
}

std::optional<Offset> declaration_seen(const Snapshot& snapshot, StepId at, DefinitionId definition,
                                       std::string_view name) {
  const Model& model = snapshot.model;
  if (definition != none) {
    const Definition& seen = model.definitions[definition];
    if (!seen.span.empty()) return seen.span.begin;
  }
  // An ARG without any value sets nothing, so the model's chain does not know it.
  for (StageId stage = at == none ? none : model.steps[at].stage; stage != none;
       stage = model.stages[stage].base_stage) {
    const std::vector<StepId>& steps = model.stages[stage].steps;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      if (*step > at || model.steps[*step].bare_arguments.empty()) continue;
      if (const auto place = bare_place(snapshot, model.steps[*step], name)) return place;
    }
  }
  return std::nullopt;
}

std::optional<Offset> global_declaration(const Snapshot& snapshot, std::string_view name, Offset before) {
  const std::vector<Definition>& all = snapshot.model.global_arguments;
  for (auto argument = all.rbegin(); argument != all.rend(); ++argument) {
    if (argument->name == name && !argument->span.empty() && argument->span.begin < before) return argument->span.begin;
  }
  return std::nullopt;
}

std::set<Offset> declarations_with(const Snapshot& snapshot, std::string_view name, Offset place) {
  return Follower(snapshot, name).follow().with(place);
}

}  // namespace keyline::analysis
