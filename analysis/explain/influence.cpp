#include "analysis/explain/influence.h"

#include <fmt/format.h>
#include <memory>

#include "analysis/context/source_match.h"
#include "analysis/explain/words.h"

namespace keyline::analysis {

namespace {

// What stands on a step inherits: the influence, and which context entries it counts. Sets are shared by the steps of a
// chain and copied only where one adds to them.
struct Result {
  Influence influence;
  std::shared_ptr<const std::vector<bool>> selected;
};

class Influences {
 public:
  explicit Influences(const Snapshot& snapshot)
      : model_(snapshot.model), context_(snapshot.context()), results_(model_.steps.size()) {}

  std::vector<Influence> run() {
    std::vector<Influence> all(model_.steps.size());
    for (StepId id = 0; id < model_.steps.size(); ++id) {
      const Step& step = model_.steps[id];
      Result& result = results_[id];
      const bool chained = step.parent != none;
      if (chained && !step.independent) result = results_[step.parent];
      add_origins(id, result);
      all[id] = result.influence;
      // What follows a linked copy stands on its merge with everything above.
      if (chained && step.independent) {
        result = results_[step.parent];
        add_origins(id, result);
      }
    }
    return all;
  }

 private:
  void add_origins(StepId id, Result& result) {
    const Step& step = model_.steps[id];
    bool reads = false;
    for (const Origin& origin : step.origins) {
      if (origin.kind == Origin::Kind::context) {
        reads = true;
        add_files(origin, result);
      } else if (origin.stage != none) {
        add_stage(origin.stage, result.influence);
      }
    }
    if (!reads) return;
    Influence& influence = result.influence;
    if (influence.readers++ == 0) influence.first_reader = id;
    influence.last_reader = id;
  }

  void add_stage(StageId stage, Influence& influence) const {
    const StepId source = model_.stages[stage].last_op;
    if (source == none) return;
    const Influence& there = results_[source].influence;
    if (there.readers == 0 && there.copied == 0) return;
    influence.known = influence.known && there.known;
    if (influence.copied++ == 0) influence.first_copied = stage;
  }

  void add_files(const Origin& origin, Result& result) {
    Influence& influence = result.influence;
    influence.known = influence.known && context_.complete();
    if (!influence.known) return;
    if (origin.paths.empty()) return add_match(match_source(context_, "."), result);
    for (const Value& path : origin.paths) {
      const SourceMatch match = match_source(context_, path.text);
      influence.known = influence.known && path.known && match.known;
      add_match(match, result);
    }
  }

  void add_match(const SourceMatch& match, Result& result) const {
    const std::vector<ContextEntry>& entries = context_.entries();
    auto selected = result.selected ? std::make_shared<std::vector<bool>>(*result.selected)
                                    : std::make_shared<std::vector<bool>>(entries.size());
    const auto add = [&](std::size_t index) {
      const EntryKind kind = entries[index].kind;
      if ((*selected)[index] || (kind != EntryKind::file && kind != EntryKind::symlink)) return;
      (*selected)[index] = true;
      ++result.influence.files;
    };
    for (const std::uint32_t root : match.roots) {
      add(root);
      if (entries[root].kind != EntryKind::directory) continue;
      const auto [begin, end] = range_below(context_, entries[root].path);
      for (std::size_t index = begin; index < end; ++index) add(index);
    }
    result.selected = std::move(selected);
  }

  const Model& model_;
  const BuildContext& context_;
  std::vector<Result> results_;
};

std::uint32_t line_of(const Snapshot& snapshot, StepId step) {
  return snapshot.lines.line_at(snapshot.model.steps[step].span.begin) + 1;
}

// "this line reads", "line 4 (`COPY . .`) reads", "lines 4 and 6 read", "8 lines from 4 to 11 read"
std::string readers_text(const Snapshot& snapshot, StepId id, const Influence& influence) {
  if (influence.readers == 1) {
    return influence.first_reader == id ? "this line reads"
                                        : step_reference(snapshot, influence.first_reader) + " reads";
  }
  const std::uint32_t first = line_of(snapshot, influence.first_reader);
  const std::uint32_t last = line_of(snapshot, influence.last_reader);
  if (influence.readers == 2) return fmt::format("lines {} and {} read", first, last);
  return fmt::format("{} lines from {} to {} read", influence.readers, first, last);
}

std::string outputs_text(const Snapshot& snapshot, const Influence& influence) {
  if (influence.copied > 1) return fmt::format("the output of {} other stages", influence.copied);
  return fmt::format("the output of {}", stage_title(snapshot.model, influence.first_copied));
}

}  // namespace

std::vector<Influence> influences(const Snapshot& snapshot) { return Influences(snapshot).run(); }

std::string forecast_text(const Snapshot& snapshot, StepId id, const Influence& influence) {
  if (influence.readers == 0 && influence.copied == 0)
    return "independent of the build context: only this file, build arguments and the base image count";
  if (influence.readers == 0) return fmt::format("re-runs only if {} differs", outputs_text(snapshot, influence));
  const std::string cause = readers_text(snapshot, id, influence);
  if (!influence.known)
    return fmt::format("unknown: {} from a build context that is not known ({})", cause,
                       snapshot.context().unknown_reason());
  std::string text = influence.files == 1 ? fmt::format("re-runs when 1 file changes: {} it", cause)
                                          : fmt::format("re-runs when any of {} changes: {} them",
                                                        count_of(influence.files, "file", "files"), cause);
  if (influence.copied > 0) text += fmt::format("; also if {} differs", outputs_text(snapshot, influence));
  return text;
}

std::string hint_text(const Snapshot& snapshot, StepId id, const Influence& influence) {
  if (!influence.known || (influence.readers == 0 && influence.copied == 0)) return {};
  if (influence.readers == 0) return fmt::format("re-runs if {} differs", outputs_text(snapshot, influence));
  const std::string text = fmt::format("re-runs with {}", count_of(influence.files, "file", "files"));
  if (influence.readers > 1) return fmt::format("{} of {} lines", text, influence.readers);
  if (influence.first_reader == id) return text;
  return fmt::format("{} of line {}", text, line_of(snapshot, influence.first_reader));
}

}  // namespace keyline::analysis
