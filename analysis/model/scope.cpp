#include "analysis/model/scope.h"

#include <algorithm>
#include <unordered_set>

namespace keyline::analysis {

DefinitionId Scope::add(Definition definition) {
  const DefinitionId id = static_cast<DefinitionId>(model_->definitions.size());
  definition.previous = head_;
  current_[definition.name] = id;
  model_->definitions.push_back(std::move(definition));
  head_ = id;
  return id;
}

DefinitionId Scope::set_argument(Definition definition) { return add(std::move(definition)); }

DefinitionId Scope::set_environment(Definition definition) {
  const DefinitionId id = add(std::move(definition));
  const std::string& name = model_->definitions[id].name;
  const auto same = std::find_if(image_environment_.begin(), image_environment_.end(),
                                 [&](DefinitionId other) { return model_->definitions[other].name == name; });
  if (same != image_environment_.end())
    *same = id;
  else
    image_environment_.push_back(id);
  return id;
}

// Every stage starts by setting what its image config holds, in that order: behind inherited arguments, over those of
// the same name.
void Scope::enter_environment() {
  // A file made to hurt can multiply stages by variables; past this no order is kept any more.
  constexpr std::size_t most_definitions = 1'000'000;
  if (model_->definitions.size() > most_definitions) return;
  for (DefinitionId& entry : image_environment_) {
    Definition copy = model_->definitions[entry];
    entry = add(std::move(copy));
  }
}

Scope Scope::from_image(Model& model, const ImageConfig* config) {
  Scope scope(model);
  if (config == nullptr) {
    scope.image_unknown_ = true;
    scope.workdir = {"/", false};
    scope.user = {"", false};
    return scope;
  }
  for (const auto& [name, value] : config->environment) {
    scope.set_environment({name, {value, true}, Definition::Origin::base_image, none, {}, none});
  }
  if (scope.definition("PATH") == none) {
    scope.set_environment(
        {"PATH", {std::string(default_path), true}, Definition::Origin::default_path, none, {}, none});
  }
  scope.workdir = {config->workdir.empty() ? "/" : config->workdir, true};
  scope.user = {config->user, true};
  scope.shell = config->shell;
  return scope;
}

Scope Scope::from_scratch(Model& model) {
  static const ImageConfig empty;
  return from_image(model, &empty);
}

Scope Scope::from_stage(const Scope& parent) {
  Scope scope = parent;
  scope.enter_environment();
  return scope;
}

void Scope::describe(Step& step) const {
  step.workdir = workdir;
  step.user = user;
  step.shell = shell;
  step.workdir_step = workdir_step;
  step.user_step = user_step;
  step.shell_step = shell_step;
}

VariableValue Scope::lookup(std::string_view name) const {
  const DefinitionId id = definition(name);
  if (id == none) return {image_unknown_ ? VariableValue::State::unknown : VariableValue::State::unset, {}};
  const Value& value = model_->definitions[id].value;
  return VariableValue::of(value.text, value.known);
}

DefinitionId Scope::definition(std::string_view name) const {
  const auto found = current_.find(std::string(name));
  return found == current_.end() ? none : found->second;
}

std::vector<const Definition*> environment(const Model& model, DefinitionId head) {
  std::vector<const Definition*> result;
  std::unordered_set<std::string_view> seen;
  seen.reserve(32);
  for (DefinitionId id = head; id != none; id = model.definitions[id].previous) {
    if (seen.insert(model.definitions[id].name).second) result.push_back(&model.definitions[id]);
  }
  std::reverse(result.begin(), result.end());
  return result;
}

const Definition* find_variable(const Model& model, DefinitionId head, std::string_view name) {
  for (DefinitionId id = head; id != none; id = model.definitions[id].previous) {
    if (model.definitions[id].name == name) return &model.definitions[id];
  }
  return nullptr;
}

}  // namespace keyline::analysis
