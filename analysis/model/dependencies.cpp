// Which stage needs which: names, COPY --from and mounts (dockerfile2llb/convert.go:toCommand), the stages that the
// target needs, and circles among them (validations.go).

#include <algorithm>

#include "analysis/model/builder.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

// validStageName of instructions/parse.go.
bool valid_stage_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

std::string stage_name(const Instruction& from) {
  const std::vector<Word>& words = from.arguments;
  if (words.size() != 3 || to_lower(words[1].text) != "as") return {};
  std::string name = to_lower(words[2].text);
  return valid_stage_name(name) ? name : std::string();
}

void ModelBuilder::name_stages() {
  for (const Item& item : tree_.items) {
    if (item.instruction->keyword != Keyword::from) continue;
    const StageId stage = static_cast<StageId>(needs_.size());
    needs_.emplace_back();
    if (std::string name = stage_name(*item.instruction); !name.empty()) final_names_[std::move(name)] = stage;
  }
}

StageId ModelBuilder::named_stage(std::string_view name) const {
  const auto found = final_names_.find(to_lower(name));
  return found == final_names_.end() ? none : found->second;
}

// The stage itself if it stands above the step's; otherwise none, and the fault is kept.
StageId ModelBuilder::depend(Step& step, StageId source, Span place, std::string fault) {
  if (source == none) return none;
  // Triggers join when circles have been looked for.
  if (!step.onbuild) needs_[step.stage].emplace_back(source, place);
  if (source < step.stage) return source;
  late_.emplace_back(step.stage, ModelProblem{place, std::move(fault)});
  step.known = false;
  return none;
}

void ModelBuilder::find_target() {
  if (model_.stages.empty()) return;
  model_.target = static_cast<StageId>(model_.stages.size() - 1);
  if (options_.target.empty()) return;
  model_.target = named_stage(options_.target);
  if (model_.target == none) {
    problem(tree_.items[model_.stages.back().item].header(),
            "target stage \"" + options_.target + "\" could not be found");
  }
}

// In rounds, as resolveStages: what triggers need is looked for when the stages that run them are known to be needed.
void ModelBuilder::mark_reachable() {
  rounds_.resize(model_.stages.size());
  std::vector<StageId> next;
  if (model_.target != none) next.push_back(model_.target);
  for (std::uint32_t round = 0; !next.empty(); ++round) {
    std::vector<StageId> todo = std::move(next);
    next.clear();
    while (!todo.empty()) {
      const StageId id = todo.back();
      Stage& stage = model_.stages[id];
      todo.pop_back();
      if (stage.reachable) continue;
      stage.reachable = true;
      rounds_[id] = round;
      if (stage.base_stage != none) todo.push_back(stage.base_stage);
      for (const StepId step : stage.steps) {
        for (const Origin& origin : model_.steps[step].origins) {
          if (origin.stage != none) (model_.steps[step].onbuild ? next : todo).push_back(origin.stage);
        }
      }
    }
  }
}

bool ModelBuilder::find_circle() {
  enum class State : std::uint8_t { fresh, on_path, done };
  std::vector<State> states(needs_.size(), State::fresh);
  std::vector<std::pair<StageId, std::size_t>> path;  // a stage, and which of its needs comes next
  for (StageId start = 0; start < needs_.size(); ++start) {
    if (states[start] != State::fresh) continue;
    path.emplace_back(start, 0);
    states[start] = State::on_path;
    while (!path.empty()) {
      auto& [stage, next] = path.back();
      if (next == needs_[stage].size()) {
        states[stage] = State::done;
        path.pop_back();
        continue;
      }
      const StageId needed = needs_[stage][next++].first;
      if (states[needed] == State::on_path) {
        const std::string& name = model_.stages[start].name;
        problem(needs_[start][path.front().second - 1].second,
                "circular dependency detected on stage: " + (name.empty() ? "stage-" + std::to_string(start) : name));
        return true;
      }
      if (states[needed] != State::fresh) continue;
      states[needed] = State::on_path;
      path.emplace_back(needed, 0);
    }
  }
  return false;
}

}  // namespace keyline::analysis
