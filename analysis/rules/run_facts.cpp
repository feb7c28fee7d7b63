#include "analysis/rules/run_facts.h"

#include <algorithm>
#include <charconv>

#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/shell_walk.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

// Whether a USER instruction applies to the step, in its stage or in one it is built from.
bool names_user(const Model& model, StepId step) {
  StageId stage = model.steps[step].stage;
  for (StepId before = step;; before = none) {
    for (const StepId each : model.stages[stage].steps) {
      if (each >= before) break;
      if (model.steps[each].keyword == Keyword::user) return true;
    }
    stage = model.stages[stage].base_stage;
    if (stage == none) return false;
  }
}

RunEnvironment environment_of(const StepFacts& facts, StepId step) {
  const Model& model = facts.model();
  const Step& run = model.steps[step];
  RunEnvironment result;
  const std::vector<const Definition*> variables = environment(model, run.environment);
  result.variables.reserve(variables.size());
  for (const Definition* definition : variables) {
    if (definition->origin == Definition::Origin::base_image) result.image_described = true;
    if (definition->origin == Definition::Origin::default_path) continue;
    result.variables.push_back({definition->name, definition->value.text, definition->value.known});
  }
  StageId stage = run.stage;
  while (model.stages[stage].base_stage != none) stage = model.stages[stage].base_stage;
  const Stage& root = model.stages[stage];
  if (root.base.known) result.image_reference = root.base.text;
  if (root.base.known && !root.scratch) result.image = facts.base_image(stage);
  result.image_described = result.image_described || result.image.known || root.scratch;

  // An image that is not described may name a user of its own: `image_described` says whether that is to be feared.
  result.user_known = run.user.known || !names_user(model, step);
  const std::size_t colon = run.user.text.find(':');
  result.user = run.user.text.substr(0, colon);
  if (colon != std::string::npos) result.group = run.user.text.substr(colon + 1);
  if (run.user.text.empty() && !names_user(model, step)) {
    for (const auto& [name, value] : result.image.variables) {
      if (name == "IMAGE_USER") result.user = value;
    }
  }
  if (!result.is_root()) result.accounts = facts.accounts_above(step);
  result.workdir = workdir_of(run);
  return result;
}

}  // namespace

bool is_plain_run(const RuleContext& context, StepId step) {
  const Step& run = context.model.steps[step];
  return run.keyword == Keyword::run && run.op == Op::exec && !run.onbuild && run.known;
}

std::vector<StepId> chain_above(const Model& model, StepId step) {
  std::vector<StepId> chain;
  for (StepId at = model.steps[step].parent; at != none; at = model.steps[at].parent) chain.push_back(at);
  return chain;
}

void mark_needed(const Model& model, StageId stage, std::vector<bool>& needed) {
  std::vector<StageId> todo{stage};
  while (!todo.empty()) {
    const StageId id = todo.back();
    todo.pop_back();
    if (needed[id]) continue;
    needed[id] = true;
    if (model.stages[id].base_stage != none) todo.push_back(model.stages[id].base_stage);
    for (const StepId step : model.stages[id].steps) {
      for (const Origin& origin : model.steps[step].origins) {
        if (origin.stage != none) todo.push_back(origin.stage);
      }
    }
  }
}

StepFacts::StepFacts(const RuleContext& context, const RunTexts& earlier, const ContextStudies* studies)
    : context_(context), studies_(context.context, studies) {
  const Model& model = context.model;
  const std::size_t count = model.steps.size();
  destinations_.resize(count);
  installed_above_.resize(count);
  environments_.resize(count);
  images_.resize(model.stages.size());
  find_built_stages();
  read_runs(earlier);
  for (StepId step = 0; step < count; ++step) {
    if (const StepId parent = model.steps[step].parent; parent != none)
      installed_above_[step] = installed_above_[parent] | installed_by(parent);
    if (model.steps[step].keyword == Keyword::copy || model.steps[step].keyword == Keyword::add) {
      destinations_[step] = destination_of(context, step);
      file_steps_.push_back(step);
    }
    const std::vector<Origin>& origins = model.steps[step].origins;
    if (std::any_of(origins.begin(), origins.end(), [](const Origin& each) { return each.stage != none; }))
      stage_readers_.push_back(step);
    if (run(step).names_docker_clean) docker_clean_steps_.push_back(step);
    if (run(step).asks_marks) package_mark_steps_.push_back(step);
    if (run(step).changes_settings) config_steps_.push_back(step);
  }
  arrange_steps();
}

// Whoever names a target means that build alone.
void StepFacts::find_built_stages() {
  const std::vector<Stage>& stages = model().stages;
  for (const Stage& stage : stages) built_.push_back(stage.reachable);
  if (model().target != stages.size() - 1) return;
  std::vector<bool> needed(stages.size());
  for (const std::string& target : context_.context.builds().targets) {
    for (StageId id = 0; id < stages.size(); ++id) {
      if (!stages[id].name.empty() && to_lower(stages[id].name) == to_lower(target)) mark_needed(model(), id, needed);
    }
  }
  for (StageId id = 0; id < stages.size(); ++id) built_[id] = built_[id] || needed[id];
}

void StepFacts::read_runs(const RunTexts& earlier) {
  static const RunText no_run;
  const std::vector<Item>& items = context_.tree.items;
  runs_.assign(model().steps.size(), &no_run);
  run_texts_.resize(items.size());
  for (StepId step = 0; step < runs_.size(); ++step) {
    if (!is_plain_run(context_, step)) continue;
    const std::uint32_t item = model().steps[step].item;
    std::string workdir = workdir_of(model().steps[step]);
    // An edit leaves the instructions above it where they are counted from the top, and those below from the end.
    std::shared_ptr<const RunText>& text = run_texts_[item];
    for (const std::size_t at : {std::size_t{item}, item + earlier.size() - items.size()}) {
      if (at >= earlier.size() || !earlier[at] || earlier[at]->instruction != items[item].instruction) continue;
      if (earlier[at]->workdir == workdir) text = earlier[at];
    }
    if (!text) text = read_run(items[item].instruction, std::move(workdir), source(step));
    runs_[step] = text.get();
  }
}

// Root has no accounts to look up, so that what is in force at the two steps says everything.
bool StepFacts::same_environment(StepId a, StepId b) const {
  const Step& one = model().steps[a];
  const Step& other = model().steps[b];
  return one.stage == other.stage && one.environment == other.environment && one.user_step == other.user_step &&
         one.user == other.user && one.workdir == other.workdir && environments_[a]->is_root();
}

std::vector<std::pair<std::string, std::string>> StepFacts::accounts_above(StepId step) const {
  std::vector<std::pair<std::string, std::string>> accounts;
  for (StepId above = model().steps[step].parent; above != none; above = model().steps[above].parent)
    accounts.insert(accounts.end(), run(above).accounts.begin(), run(above).accounts.end());
  return accounts;
}

const BaseImage& StepFacts::base_image(StageId stage) const {
  std::optional<BaseImage>& image = images_[stage];
  if (!image) image = describe_base_image(model().stages[stage].base.text);
  return *image;
}

const RunEnvironment& StepFacts::environment(StepId step) const {
  std::shared_ptr<const RunEnvironment>& known = environments_[step];
  if (!known) {
    if (last_environment_ != none && same_environment(last_environment_, step))
      known = environments_[last_environment_];
    else
      known = std::make_shared<const RunEnvironment>(environment_of(*this, step));
    last_environment_ = step;
  }
  return *known;
}

void StepFacts::arrange_steps() {
  const std::vector<Step>& steps = context_.model.steps;
  // A step's parent has a smaller number: one pass up counts what stands on each, one pass down places it.
  std::vector<std::uint32_t> size(steps.size(), 1);
  for (StepId step = static_cast<StepId>(steps.size()); step-- > 0;) {
    if (steps[step].parent != none) size[steps[step].parent] += size[step];
  }
  order_.resize(steps.size());
  position_.resize(steps.size());
  end_.resize(steps.size());
  std::vector<std::uint32_t> free(steps.size());  // the next position among those that stand on the step
  std::uint32_t free_root = 0;
  for (StepId step = 0; step < steps.size(); ++step) {
    std::uint32_t& next = steps[step].parent == none ? free_root : free[steps[step].parent];
    position_[step] = next;
    next += size[step];
    end_[step] = next;
    free[step] = position_[step] + 1;
    order_[position_[step]] = step;
  }
}

bool StepFacts::uses(StepId step, Tool tool) const {
  const std::vector<Install>& found = installs(step);
  return std::any_of(found.begin(), found.end(), [&](const Install& each) { return each.tool == tool; });
}

const Install* StepFacts::install_at(StepId step, std::size_t command) const {
  for (const Install& each : installs(step)) {
    if (each.command == command) return &each;
  }
  return nullptr;
}

bool StepFacts::is_known(StepId step, std::size_t command) const {
  const Install* install = install_at(step, command);
  if (install == nullptr) return is_plain_command(step, command);
  return install->verb != Verb::build && install->sources == SourceUse::nothing;
}

bool StepFacts::has_known_commands(StepId step) const {
  if (is_plain(step)) return true;
  if (!instruction(step).script.complete) return false;
  for (std::size_t i = 0; i < commands(step).size(); ++i) {
    if (!is_known(step, i)) return false;
  }
  return true;
}

std::uint64_t StepFacts::installed_by(StepId step) const {
  static_assert(tool_count <= 64);
  std::uint64_t tools = 0;
  for (const Install& install : installs(step)) {
    if (install.verb == Verb::install && !install.names_packages)
      tools |= std::uint64_t{1} << static_cast<unsigned>(install.tool);
  }
  return tools;
}

bool StepFacts::is_installed_above(StepId step, Tool tool) const {
  return (installed_above_[step] >> static_cast<unsigned>(tool) & 1U) != 0;
}

bool StepFacts::stands_on(StepId step, StepId below) const {
  return position_[below] < position_[step] && position_[step] < end_[below];
}

std::span<const StepId> StepFacts::standing_on(StepId step) const {
  return std::span(order_).subspan(position_[step] + 1, end_[step] - position_[step] - 1);
}

void add_unique(std::vector<std::string>& texts, std::string text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
}

std::string list_words(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::optional<std::pair<int, int>> frontend_version(const SyntaxTree& tree) {
  const Directive* syntax = tree.directive("syntax");
  if (syntax == nullptr) return std::nullopt;
  const std::string_view reference = std::string_view(syntax->value).substr(0, syntax->value.find('@'));
  constexpr std::string_view name = "docker/dockerfile:";
  const std::size_t at = reference.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view tag = reference.substr(at + name.size());
  std::pair<int, int> version{0, 999};
  auto read = std::from_chars(tag.data(), tag.data() + tag.size(), version.first);
  if (read.ec != std::errc()) return std::nullopt;
  tag.remove_prefix(static_cast<std::size_t>(read.ptr - tag.data()));
  if (tag.starts_with('.')) {
    version.second = 0;
    std::from_chars(tag.data() + 1, tag.data() + tag.size(), version.second);
  }
  return version;
}

std::vector<std::uint32_t> entries_named(const BuildContext& context, std::string_view name) {
  std::vector<std::uint32_t> found;
  const std::vector<ContextEntry>& entries = context.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (base_name(entries[i].path) == name) found.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

Span first_line(const SyntaxTree& tree, Span span) {
  const std::string_view text = slice(*tree.text, span);
  std::size_t end = std::min(text.find('\n'), text.size());
  end = std::min(text.substr(0, end).find('\r'), end);
  if (end < text.size()) {  // leave out the continuation
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\t' || text[end - 1] == tree.escape)) --end;
  }
  return {span.begin, span.begin + static_cast<Offset>(end)};
}

std::string workdir_of(const Step& step) {
  // Where nothing was said the image decides. Relative paths still compare among themselves.
  if (!step.workdir.known && step.workdir.text != "/") return {};
  return resolve_path("/", step.workdir.text);
}

std::string destination_of(const RuleContext& context, StepId id) {
  const Step& step = context.model.steps[id];
  const Instruction& instruction = context.instruction(id);
  if (instruction.arguments.empty()) return {};
  const bool variable = instruction.arguments.back().text.find('$') != std::string::npos;
  if (!step.destination.known && (variable || workdir_of(step).empty())) return {};
  return resolve_path(workdir_of(step), step.destination.text);
}

}  // namespace keyline::analysis
