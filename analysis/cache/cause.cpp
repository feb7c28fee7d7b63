#include "analysis/cache/cause.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>

#include "analysis/context/source_match.h"
#include "analysis/model/reference.h"

namespace keyline::analysis {

namespace {

// The entries a source selects, directories among them, in the order of the listing.
std::vector<const ContextEntry*> selected(const BuildContext& context, std::string_view path) {
  std::vector<const ContextEntry*> found;
  const SourceMatch match = match_source(context, path);
  const std::vector<ContextEntry>& entries = context.entries();
  if (match.whole_context) {
    found.reserve(entries.size());
    for (const ContextEntry& entry : entries) found.push_back(&entry);
    return found;
  }
  for (const std::uint32_t root : match.roots) {
    found.push_back(&entries[root]);
    if (entries[root].kind != EntryKind::directory) continue;
    const auto [begin, end] = range_below(context, entries[root].path);
    for (std::size_t i = begin; i < end; ++i) found.push_back(&entries[i]);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::optional<FileChange::Kind> difference(const ContextEntry& before, const ContextEntry& after) {
  if (before.kind != after.kind) return FileChange::Kind::type;
  if (before.kind == EntryKind::symlink && before.target != after.target) return FileChange::Kind::link;
  if (before.content != after.content) return FileChange::Kind::content;
  if (before.kind != EntryKind::symlink && before.mode != after.mode) return FileChange::Kind::mode;
  return std::nullopt;
}

// The instruction without layout, as BuildKit joins it.
const std::string& joined_text(const BuildView& build, StepId step) {
  return instruction_of(build.tree, build.model.steps[step]).line.text;
}

class CauseFinder {
 public:
  CauseFinder(const BuildView& next, const std::vector<BuildView>& past, const std::vector<StepForecast>& forecasts)
      : next_(next),
        past_(past),
        forecasts_(forecasts),
        operations_(operations_of(next.model, next.tree, next.options)) {
    for (const BuildView& build : past)
      past_operations_.push_back(operations_of(build.model, build.tree, build.options));
  }

  std::vector<MissCause> find() {
    std::vector<MissCause> causes(next_.model.steps.size());
    for (StepId step = 0; step < causes.size(); ++step) {
      const StepForecast& forecast = forecasts_[step];
      if (forecast.needed && (forecast.outcome != Outcome::cached || forecast.merge != Outcome::cached))
        causes[step] = find(step);
    }
    return causes;
  }

 private:
  MissCause find(StepId id) const {
    const Step& step = next_.model.steps[id];
    if (past_.empty()) return {.kind = MissCause::Kind::first_build};
    if (step.op == Op::image) return image_cause(step);
    const bool merged = forecasts_[id].outcome == Outcome::cached;
    if (step.parent != none && (!step.independent || merged) && !is_reused(step.parent))
      return {.kind = MissCause::Kind::step_above, .step = step.parent};
    if (merged) return {.kind = MissCause::Kind::new_step, .place = step.span};
    for (const OperationInput& input : operations_.all[operations_.of_step[id]].inputs) {
      if (input.from != OperationInput::From::operation || !input.content) continue;
      const Operation& source = operations_.all[input.operation];
      if (source.step != none && !is_reused(source.step))
        return {.kind = MissCause::Kind::step_files, .step = source.step};
    }
    if (forecasts_[id].outcome == Outcome::unknown)
      return {.kind = MissCause::Kind::unknown, .label = forecasts_[id].missing};
    for (std::size_t build = past_.size(); build-- > 0;) {
      if (const StepId before = counterpart(build, id); before != none) return compare(past_[build], before, id, build);
    }
    if (step.parent != none && next_.model.steps[step.parent].op == Op::image && has_other_base(step.stage))
      return image_cause(next_.model.steps[step.parent]);
    return {.kind = MissCause::Kind::new_step, .place = step.span};
  }

  // Whether the stage of that name, or number, stood on another image in the last build.
  bool has_other_base(StageId id) const {
    const std::vector<Stage>& stages = past_.back().model.stages;
    const Stage& stage = next_.model.stages[id];
    const auto same = std::find_if(stages.begin(), stages.end(),
                                   [&](const Stage& each) { return !stage.name.empty() && each.name == stage.name; });
    const Stage* before = same != stages.end() ? &*same : id < stages.size() ? &stages[id] : nullptr;
    return before != nullptr && normalized_reference(before->base.text) != normalized_reference(stage.base.text);
  }

  // Whether what stands on the step finds its key, that is: its result, or its merge, is reused.
  bool is_reused(StepId id) const {
    return forecasts_[id].outcome == Outcome::cached && forecasts_[id].merge == Outcome::cached;
  }

  MissCause image_cause(const Step& step) const {
    const Stage& stage = next_.model.stages[step.stage];
    if (!stage.named_context.empty())
      return {.kind = MissCause::Kind::sent_anew, .label = stage.named_context, .place = stage.base_span};
    MissCause cause{.kind = MissCause::Kind::base_image, .label = stage.base.text, .place = stage.base_span};
    const std::string reference = normalized_reference(stage.base.text);
    cause.after = stage.digest.empty() ? reference : stage.digest;
    for (const BuildView& build : past_) {
      for (const Stage& other : build.model.stages) {
        if (other.base_stage != none || other.scratch) continue;
        const bool same = normalized_reference(other.base.text) == reference;
        if (same || (cause.before.empty() && !other.name.empty() && other.name == stage.name))
          cause.before = same && !other.digest.empty() ? other.digest : normalized_reference(other.base.text);
      }
    }
    return cause;
  }

  // The step of an earlier build that stood at this place: on the same result, of the same kind, and most like it.
  StepId counterpart(std::size_t build, StepId id) const {
    const Model& model = past_[build].model;
    const Step& step = next_.model.steps[id];
    StepId best = none;
    std::size_t best_score = 0;
    for (StepId other = 0; other < model.steps.size(); ++other) {
      const Step& candidate = model.steps[other];
      if (!model.stages[candidate.stage].reachable || candidate.op != step.op || candidate.keyword != step.keyword)
        continue;
      if (candidate.independent != step.independent || !same_ground(build, other, id)) continue;
      const std::size_t score = 1 + likeness(build, other, id);
      if (score <= best_score) continue;
      best = other;
      best_score = score;
    }
    return best;
  }

  // Whether both stand on the same result.
  bool same_ground(std::size_t build, StepId before, StepId after) const {
    const Step& old = past_[build].model.steps[before];
    const Step& now = next_.model.steps[after];
    if (now.independent) return true;
    if (now.parent == none || old.parent == none) return now.parent == old.parent;
    const OperationId parent = past_operations_[build].result_of_step[old.parent];
    const PastStep& reused = forecasts_[now.parent].reused;
    if (reused.build == build) return reused.operation == parent || same_operation(build, parent, now.parent);
    return same_operation(build, parent, now.parent);
  }

  bool same_operation(std::size_t build, OperationId before, StepId after) const {
    const Operation& old = past_operations_[build].all[before];
    const Operation& now = operations_.all[operations_.result_of_step[after]];
    if (old.kind != now.kind || old.own != now.own) return false;
    if (now.kind == Operation::Kind::image)
      return old.reference == now.reference || (!now.digest.empty() && old.digest == now.digest) ||
             (!now.layers.empty() && old.layers == now.layers);
    const StepId above = next_.model.steps[after].parent;
    const StepId old_above = old.step == none ? none : past_[build].model.steps[old.step].parent;
    if (above == none || old_above == none) return above == old_above;
    return same_operation(build, past_operations_[build].result_of_step[old_above], above);
  }

  std::size_t likeness(std::size_t build, StepId before, StepId after) const {
    const Operation& old = past_operations_[build].all[past_operations_[build].of_step[before]];
    const Operation& now = operations_.all[operations_.of_step[after]];
    if (old.own == now.own) return 1U << 20U;
    const std::string& a = joined_text(past_[build], before);
    const std::string& b = joined_text(next_, after);
    const auto head = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    const auto tail = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
    return static_cast<std::size_t>(head.first - a.begin()) + static_cast<std::size_t>(tail.first - a.rbegin());
  }

  MissCause compare(const BuildView& old, StepId before, StepId after, std::size_t build) const {
    const Operation& was = past_operations_[build].all[past_operations_[build].of_step[before]];
    const Operation& is = operations_.all[operations_.of_step[after]];
    if (was.own == is.own) return compare_files(old, before, after);
    const Step& past = old.model.steps[before];
    const Step& now = next_.model.steps[after];
    if (joined_text(old, before) != joined_text(next_, after) || raw_bodies(old, before) != raw_bodies(next_, after))
      return {.kind = MissCause::Kind::instruction,
              .before = joined_text(old, before),
              .after = joined_text(next_, after),
              .place = now.span};
    if (now.op == Op::exec && past.shell != now.shell)
      return {.kind = MissCause::Kind::shell, .place = place_of(now.shell_step)};
    if (auto cause = compare_variables(old, past, now)) return *cause;
    if (past.user != now.user)
      return {.kind = MissCause::Kind::user,
              .before = past.user.text,
              .after = now.user.text,
              .place = place_of(now.user_step)};
    if (past.workdir != now.workdir || past.destination != now.destination)
      return {.kind = MissCause::Kind::workdir,
              .before = past.workdir.text,
              .after = now.workdir.text,
              .place = place_of(now.workdir_step)};
    return {.kind = MissCause::Kind::options, .place = now.span};
  }

  Span place_of(StepId step) const { return step == none ? Span{} : next_.model.steps[step].span; }

  // Bodies of here-documents count to the byte.
  static std::string raw_bodies(const BuildView& build, StepId step) {
    std::string bodies;
    const Item& item = build.tree.items[build.model.steps[step].item];
    for (const Heredoc& heredoc : item.instruction->heredocs)
      bodies += heredoc.name + '\n' + std::string(slice(*build.tree.text, item.absolute(heredoc.body)));
    return bodies;
  }

  // Of a RUN everything in its environment counts, of others what they expand.
  std::optional<MissCause> compare_variables(const BuildView& old, const Step& past, const Step& now) const {
    const std::vector<const Definition*> were = environment(old.model, past.environment);
    const std::vector<const Definition*> are = environment(next_.model, now.environment);
    const auto counts = [&](const std::string& name) {
      return now.op == Op::exec ||
             std::any_of(now.references.begin(), now.references.end(),
                         [&](const VariableReference& use) { return use.name == name && !use.by_shell; });
    };
    const auto named = [](const std::vector<const Definition*>& list, const std::string& name) {
      const auto found =
          std::find_if(list.begin(), list.end(), [&](const Definition* each) { return each->name == name; });
      return found == list.end() ? nullptr : *found;
    };
    for (const Definition* is : are) {
      if (!counts(is->name)) continue;
      const Definition* was = named(were, is->name);
      if (was != nullptr && was->value == is->value) continue;
      return MissCause{.kind = MissCause::Kind::variable,
                       .label = is->name,
                       .before = was == nullptr ? std::string() : was->value.text,
                       .after = is->value.text,
                       .place = is->span};
    }
    for (const Definition* was : were) {
      if (counts(was->name) && named(are, was->name) == nullptr)
        return MissCause{.kind = MissCause::Kind::variable, .label = was->name, .before = was->value.text};
    }
    const auto same = [](const Definition* a, const Definition* b) { return a->name == b->name; };
    if (now.op == Op::exec && !std::equal(were.begin(), were.end(), are.begin(), are.end(), same)) {
      const auto [was, is] = std::mismatch(were.begin(), were.end(), are.begin(), are.end(), same);
      return MissCause{
          .kind = MissCause::Kind::order, .label = (*is)->name, .before = (*was)->name, .place = (*is)->span};
    }
    return std::nullopt;
  }

  MissCause compare_files(const BuildView& old, StepId before, StepId after) const {
    MissCause cause{.kind = MissCause::Kind::files, .place = next_.model.steps[after].span};
    std::unordered_set<std::string> seen;
    const Step& past = old.model.steps[before];
    const Step& now = next_.model.steps[after];
    for (std::size_t i = 0; i < now.origins.size() && i < past.origins.size(); ++i) {
      const Origin& origin = now.origins[i];
      if (origin.kind == Origin::Kind::image)
        return {.kind = MissCause::Kind::base_image, .label = origin.name, .place = now.span};
      if (origin.kind == Origin::Kind::remote || origin.kind == Origin::Kind::git)
        return {.kind = MissCause::Kind::remote, .label = origin.name, .place = now.span};
      const BuildContext* were = &old.context;
      const BuildContext* are = &next_.context;
      if (origin.kind == Origin::Kind::named_context) {
        const auto a = old.named_contexts.find(past.origins[i].name);
        const auto b = next_.named_contexts.find(origin.name);
        if (a == old.named_contexts.end() || b == next_.named_contexts.end()) continue;
        were = a->second.get();
        are = b->second.get();
      } else if (origin.kind != Origin::Kind::context) {
        continue;
      }
      const std::vector<Value> everything{{".", true}};
      const std::vector<Value>& paths = origin.paths.empty() ? everything : origin.paths;
      for (const Value& path : paths) {
        for (FileChange& change : changed_files(*were, *are, path.text)) {
          if (seen.insert(change.path).second) cause.files.push_back(std::move(change));
        }
      }
    }
    return cause;
  }

  const BuildView& next_;
  const std::vector<BuildView>& past_;
  const std::vector<StepForecast>& forecasts_;
  Operations operations_;
  std::vector<Operations> past_operations_;
};

}  // namespace

std::vector<MissCause> causes_of(const BuildView& next, const std::vector<BuildView>& past,
                                 const std::vector<StepForecast>& forecasts) {
  return CauseFinder(next, past, forecasts).find();
}

StepId first_step(const std::vector<MissCause>& causes, StepId step) {
  while (causes[step].step != none) step = causes[step].step;
  return step;
}

std::vector<FileChange> changed_files(const BuildContext& before, const BuildContext& after, std::string_view path) {
  const std::vector<const ContextEntry*> were = selected(before, path);
  const std::vector<const ContextEntry*> are = selected(after, path);
  std::vector<FileChange> changes;
  std::vector<FileChange> removed;
  auto was = were.begin();
  const auto leave_behind = [&] { removed.push_back({FileChange::Kind::removed, (*was++)->path}); };
  for (const ContextEntry* is : are) {
    while (was != were.end() && (*was)->path < is->path) leave_behind();
    if (was == were.end() || (*was)->path != is->path) {
      changes.push_back({FileChange::Kind::added, is->path});
    } else if (const auto kind = difference(**was++, *is)) {
      changes.push_back({*kind, is->path});
    }
  }
  while (was != were.end()) leave_behind();
  changes.insert(changes.end(), std::make_move_iterator(removed.begin()), std::make_move_iterator(removed.end()));
  return changes;
}

}  // namespace keyline::analysis
