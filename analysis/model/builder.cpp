#include "analysis/model/builder.h"

#include <algorithm>
#include <set>

#include "analysis/model/reference.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view context_image_prefix = "docker-image://";

}  // namespace

Model ModelBuilder::build() {
  define_globals();
  name_stages();
  model_.steps.reserve(tree_.items.size());
  model_.definitions.reserve(tree_.items.size());
  for (std::uint32_t i = 0; i < tree_.items.size(); ++i) {
    const Item& item = tree_.items[i];
    const Instruction& instruction = *item.instruction;
    if (instruction.keyword == Keyword::from) {
      begin_stage(i);
    } else if (!model_.stages.empty()) {
      add_step(i, instruction, false);
    } else if (instruction.keyword == Keyword::arg) {
      global_argument(item);
    } else if (instruction.keyword != Keyword::unknown) {
      problem(item.header(), "no build stage in current context: a FROM has to come first");
    }
  }
  if (model_.stages.empty() && !tree_.items.empty()) {
    problem(tree_.items.back().header(), "dockerfile contains no stages to build");
  }
  find_target();
  mark_reachable();
  if (!find_circle()) std::move(late_.begin(), late_.end(), std::back_inserter(refused_));
  for (auto& [stage, fault] : refused_) {
    if (model_.stages[stage].reachable) model_.problems.push_back(std::move(fault));
  }
  number_steps();
  return std::move(model_);
}

void ModelBuilder::define_globals() {
  globals_.reserve(32);
  model_.global_arguments.reserve(16);
  const auto define = [&](std::string name, Value value) {
    if (const auto given = options_.arguments.find(name); given != options_.arguments.end())
      value = {given->second, true};
    globals_[name] = static_cast<DefinitionId>(model_.global_arguments.size());
    model_.global_arguments.push_back(
        {std::move(name), std::move(value), Definition::Origin::platform_argument, none, {}, none});
  };
  const std::string& platform = options_.platform;
  const bool known = !platform.empty();
  const std::size_t slash = std::min(platform.find('/'), platform.size());
  const std::string os = platform.substr(0, slash);
  const std::string rest = slash < platform.size() ? platform.substr(slash + 1) : "";
  const std::size_t second = std::min(rest.find('/'), rest.size());
  const std::string architecture = rest.substr(0, second);
  const std::string variant = second < rest.size() ? rest.substr(second + 1) : "";
  for (const std::string prefix : {"BUILD", "TARGET"}) {
    define(prefix + "PLATFORM", {platform, known});
    define(prefix + "OS", {os, known});
    define(prefix + "OSVERSION", {"", known});
    define(prefix + "ARCH", {architecture, known});
    define(prefix + "VARIANT", {variant, known});
  }
  std::string target = options_.target;
  for (auto item = tree_.items.rbegin(); target.empty() && item != tree_.items.rend(); ++item) {
    if (item->instruction->keyword != Keyword::from) continue;
    const auto& words = item->instruction->arguments;
    target = words.size() == 3 ? to_lower(words[2].text) : "default";
  }
  define("TARGETSTAGE", {target.empty() ? "default" : target, true});
}

VariableValue ModelBuilder::lookup_global(std::string_view name) const {
  const auto found = globals_.find(std::string(name));
  if (found == globals_.end()) return {};
  const Value& value = model_.global_arguments[found->second].value;
  return VariableValue::of(value.text, value.known);
}

// By the name's normal form: `alpine` also stands for `docker.io/library/alpine:latest` (dockerui: NamedContext).
const std::pair<const std::string, std::string>* ModelBuilder::named_context(std::string_view name) const {
  if (options_.named_contexts.empty() || name.empty()) return nullptr;
  const std::string normal = normalized_reference(name);
  const auto found = std::find_if(options_.named_contexts.begin(), options_.named_contexts.end(),
                                  [&](const auto& context) { return normalized_reference(context.first) == normal; });
  return found == options_.named_contexts.end() ? nullptr : &*found;
}

void ModelBuilder::take_named_context(Origin& origin) const {
  const auto* context = named_context(origin.name);
  if (context == nullptr) return;
  const bool image = context->second.starts_with(context_image_prefix);
  origin.kind = image ? Origin::Kind::image : Origin::Kind::named_context;
  origin.name = image ? context->second.substr(context_image_prefix.size()) : context->first;
}

void ModelBuilder::stand_on_context(Stage& stage) {
  const auto* context = named_context(stage.name);
  stage.replaced = context != nullptr;
  if (context == nullptr && stage.base.known && stage.base.text != "scratch") context = named_context(stage.base.text);
  if (context == nullptr) return;
  if (context->second.starts_with(context_image_prefix))
    stage.base = {context->second.substr(context_image_prefix.size()), true};
  else
    stage.named_context = context->first;
}

bool ModelBuilder::lacks_build_argument(const std::vector<VariableReference>& uses) const {
  std::set<std::string> names;
  for (const VariableReference& use : uses) names.insert(use.name);
  // Values are made of arguments above them.
  for (auto use = model_.global_uses.rbegin(); use != model_.global_uses.rend(); ++use) {
    if (names.contains(use->first)) names.insert(use->second);
  }
  return std::any_of(model_.global_arguments.begin(), model_.global_arguments.end(), [&](const Definition& argument) {
    return argument.origin == Definition::Origin::global_argument && argument.value.known &&
           argument.value.text.empty() && names.contains(argument.name);
  });
}

void ModelBuilder::global_argument(const Item& item) {
  for (const Word& word : item.instruction->arguments) {
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(0, equals);
    const Span place = item.absolute(
        {word.span.begin, word.span.begin + static_cast<Offset>(std::min<std::size_t>(name.size(), word.span.size()))});
    if (name.empty()) {
      problem(item.absolute(word.span), "ARG names can not be blank");
      continue;
    }
    Definition definition{name, {}, Definition::Origin::global_argument, none, place, none};
    if (const auto given = options_.arguments.find(name); given != options_.arguments.end()) {
      definition.value = {given->second, true};
      definition.origin = Definition::Origin::build_argument;
    } else if (equals != std::string::npos) {
      const Expansion value = expand(std::string_view(word.text).substr(equals + 1),
                                     [&](std::string_view n) { return lookup_global(n); }, {.escape = tree_.escape});
      if (value.error) problem(item.absolute(word.span), *value.error);
      for (const VariableUse& use : value.uses) model_.global_uses.emplace_back(name, use.name);
      definition.value = {value.text, value.known};
    } else {
      model_.global_arguments.push_back(std::move(definition));  // declared without value: nothing is set
      continue;
    }
    globals_[name] = static_cast<DefinitionId>(model_.global_arguments.size());
    model_.global_arguments.push_back(std::move(definition));
  }
  if (item.instruction->arguments.empty()) problem(item.header(), "ARG requires at least one argument");
}

void ModelBuilder::name_stage(Stage& stage, const Item& item) {
  const std::vector<Word>& words = item.instruction->arguments;
  if (words.size() != 1 && words.size() != 3) problem(item.header(), "FROM requires either one or three arguments");
  if (words.size() != 3) return;
  stage.name = stage_name(*item.instruction);
  if (!stage.name.empty()) {
    stage.name_span = item.absolute(words[2].span);
  } else if (to_lower(words[1].text) != "as") {
    problem(item.absolute(words[1].span), "second argument to FROM must be \"AS\"");
  } else {
    problem(item.absolute(words[2].span), "invalid name for build stage: \"" + words[2].text +
                                              "\", name can't start with a number or contain symbols");
  }
}

void ModelBuilder::begin_stage(std::uint32_t index) {
  const Item& item = tree_.items[index];
  const Instruction& from = *item.instruction;
  Stage stage;
  stage.item = index;
  name_stage(stage, item);
  const StageId id = static_cast<StageId>(model_.stages.size());

  Step step;
  step.item = index;
  step.stage = id;
  step.keyword = Keyword::from;
  step.span = item.header();
  const auto expand_global = [&](std::string_view text, Span span) {
    const Expansion result =
        expand(text, [&](std::string_view name) { return lookup_global(name); }, {.escape = tree_.escape});
    if (result.error) problem(span, *result.error);
    for (const VariableUse& use : result.uses) {
      const bool exact = span.size() == text.size();
      step.references.push_back({use.name, exact ? use.span.shifted(span.begin) : span, none, false});
    }
    return Value{result.text, result.known && !result.error};
  };
  if (!from.arguments.empty()) {
    stage.base_span = item.absolute(from.arguments[0].span);
    stage.base = expand_global(from.arguments[0].text, stage.base_span);
    if (stage.base.known && stage.base.text.empty()) {
      problem(stage.base_span, "base name (" + from.arguments[0].text + ") should not be blank",
              lacks_build_argument(step.references));
      stage.base.known = false;
    }
  } else {
    stage.base.known = false;
  }
  for (const Flag& flag : from.flags) {
    if (flag.name() == "platform") {
      const Span span = item.absolute(flag.span);
      const std::string_view value = flag.value().value_or("");
      stage.platform = expand_global(
          value, {span.end - static_cast<Offset>(std::min<std::size_t>(value.size(), span.size())), span.end});
      if (stage.platform.known && stage.platform.text.empty())
        problem(span, "empty platform value from expression " + std::string(value));
    } else {
      problem(item.absolute(flag.span), "unknown flag: --" + std::string(flag.name()));
    }
  }

  const auto base = stage.base.known ? names_.find(stage.base.text) : names_.end();
  // A stage's name is the context's that replaces it, so a base that is a stage has been looked up already.
  if (base == names_.end() || named_context(stage.name) != nullptr) stand_on_context(stage);
  if (!stage.named_context.empty()) {
    scopes_.push_back(Scope::from_scratch(model_));
    step.op = Op::image;
  } else if (base != names_.end() && !stage.replaced) {
    stage.base_stage = base->second;
    stage.environment_known = model_.stages[base->second].environment_known;
    scopes_.push_back(Scope::from_stage(scopes_[base->second]));
    step.parent = model_.stages[base->second].last_op;
  } else if (stage.base.known && stage.base.text == "scratch") {
    stage.scratch = true;
    scopes_.push_back(Scope::from_scratch(model_));
  } else {
    const auto config = options_.images.find(stage.base.text);
    const bool found = stage.base.known && config != options_.images.end();
    scopes_.push_back(Scope::from_image(model_, found ? &config->second : nullptr));
    stage.environment_known = found;
    step.op = Op::image;
    if (stage.base.known) {
      if (const std::string fault = reference_fault(stage.base.text); !fault.empty()) {
        problem(stage.base_span, "failed to parse stage name \"" + stage.base.text + "\": " + fault,
                lacks_build_argument(step.references));
      }
      if (found) stage.digest = config->second.digest;
      if (const auto known = options_.digests.find(normalized_reference(stage.base.text));
          known != options_.digests.end() && stage.digest.empty())
        stage.digest = known->second;
      if (std::string pinned = pinned_digest(stage.base.text); !pinned.empty()) stage.digest = std::move(pinned);
    }
  }
  const StepId step_id = static_cast<StepId>(model_.steps.size());
  stage.last_op = step.op == Op::image ? step_id : step.parent;
  stage.steps.push_back(step_id);
  step.environment = scope().head();
  scope().describe(step);
  if (!stage.name.empty()) names_[stage.name] = id;
  const StageId base_stage = stage.base_stage;
  model_.steps.push_back(std::move(step));
  model_.stages.push_back(std::move(stage));
  if (base_stage != none) run_triggers(Stage(model_.stages[base_stage]));
}

// ONBUILD instructions of the base stage run directly behind the FROM (cache-model 1.2).
void ModelBuilder::run_triggers(const Stage& base) {
  for (const StepId id : base.steps) {
    const Step& step = model_.steps[id];
    const Instruction& instruction = *tree_.items[step.item].instruction;
    if (step.onbuild || step.keyword != Keyword::onbuild || !instruction.trigger) continue;
    add_step(step.item, *instruction.trigger, true);
  }
}

// [stage i/m] as dispatchState.cmdTotal and prefixCommand count (cache-model 11.3).
void ModelBuilder::number_steps() {
  for (StageId id = 0; id < model_.stages.size(); ++id) {
    Stage& stage = model_.stages[id];
    const bool image = stage.base_stage == none && !stage.scratch;
    stage.total = image ? 1 : 0;
    // BuildKit counts the FROM anew in every round of looking for what triggers need, until the stage is needed.
    std::uint32_t number = image ? rounds_[id] : 0;
    for (const StepId each : stage.steps) {
      Step& step = model_.steps[each];
      const bool counts = step.keyword == Keyword::run || step.keyword == Keyword::copy ||
                          step.keyword == Keyword::add || step.keyword == Keyword::workdir;
      // BuildKit counts every trigger, also those that make no step.
      if (counts || step.onbuild) ++stage.total;
      if (step.op != Op::nothing) step.number = ++number;
    }
  }
  model_.by_item.assign(tree_.items.size(), none);
  for (StepId id = 0; id < model_.steps.size(); ++id) {
    if (!model_.steps[id].onbuild) model_.by_item[model_.steps[id].item] = id;
  }
  model_.single_stage = model_.stages.size() == 1 && !extra_nodes_;
}

Model build_model(const SyntaxTree& tree, const BuildOptions& options) { return ModelBuilder(tree, options).build(); }

bool operator==(const BuildOptions& a, const BuildOptions& b) {
  const auto same_image = [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.environment == y.second.environment && x.second.user == y.second.user &&
           x.second.workdir == y.second.workdir && x.second.digest == y.second.digest &&
           x.second.layers == y.second.layers && x.second.shell == y.second.shell &&
           x.second.onbuild == y.second.onbuild;
  };
  return a.target == b.target && a.arguments == b.arguments && a.platform == b.platform &&
         a.named_contexts == b.named_contexts && a.digests == b.digests &&
         std::equal(a.images.begin(), a.images.end(), b.images.begin(), b.images.end(), same_image);
}

}  // namespace keyline::analysis
