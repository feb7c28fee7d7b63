#include "analysis/explain/graph.h"

#include <algorithm>
#include <utility>

#include "analysis/explain/hints.h"
#include "analysis/explain/influence.h"
#include "analysis/explain/words.h"
#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t longest_text = 64;

// As BuildKit prints it while it builds, on one line, but for the mounts: they say little of what a RUN does.
std::string row_text(const Snapshot& snapshot, StepId step) {
  std::string name = step_name(snapshot.model, snapshot.tree, step);
  name.erase(0, step_label(snapshot.model, step).size());
  std::string line;
  each_word(name, [&](std::string_view word) {
    if (word.starts_with("--mount=")) return;
    if (!line.empty()) line += ' ';
    line += word;
  });
  return shortened(line, longest_text);
}

bool makes_something(const Step& step) { return step.op == Op::exec || step.op == Op::file; }

StepFate fate_of(const StepForecast& forecast) {
  if (!forecast.needed) return StepFate::not_built;
  switch (forecast.outcome) {
    case Outcome::cached:
      return StepFate::cached;
    case Outcome::if_content_differs:
      return StepFate::depends;
    case Outcome::reruns:
      return StepFate::reruns;
    case Outcome::unknown:
      break;
  }
  return StepFate::unknown;
}

StepFate fate_of(const Influence& influence) {
  if (influence.readers == 0 && influence.copied == 0) return StepFate::cached;
  if (!influence.known) return StepFate::unknown;
  return influence.readers > 0 ? StepFate::reruns : StepFate::depends;
}

std::string base_text(const Model& model, const Stage& stage) {
  if (stage.base_stage != none) return stage_title(model, stage.base_stage);
  return stage.base.known ? stage.base.text : "an image that is not known";
}

class Graph {
 public:
  explicit Graph(const Snapshot& snapshot) : snapshot_(snapshot), influences_(influences(snapshot)) {
    words_.resize(snapshot.model.steps.size());
    for (Hint& hint : hints(snapshot)) words_[hint.step] = std::move(hint);
    graph_.forecast = !snapshot.forecast.steps.empty();
  }

  StageGraph run() {
    const Model& model = snapshot_.model;
    std::vector<Lens> titles = lenses(snapshot_);
    for (StageId id = 0; id < model.stages.size(); ++id) {
      const Stage& stage = model.stages[id];
      GraphStage& box = graph_.stages.emplace_back();
      box.stage = id;
      box.title = stage_title(model, id);
      box.base = base_text(model, stage);
      box.summary = std::move(titles[id].title);
      box.span = titles[id].span;
      box.needed = stage.reachable;
      box.target = id == model.target;
      if (stage.base_stage != none) add_edge({GraphEdge::Kind::base, stage.base_stage, id, none});
      for (const StepId step : stage.steps) {
        if (makes_something(model.steps[step])) add_step(step, box);
      }
    }
    return std::move(graph_);
  }

 private:
  void add_step(StepId id, GraphStage& box) {
    const Step& step = snapshot_.model.steps[id];
    GraphStep& row = box.steps.emplace_back();
    row.step = id;
    row.text = row_text(snapshot_, id);
    row.span = step.span;
    if (!box.needed)
      row.fate = StepFate::not_built;
    else
      row.fate = graph_.forecast ? fate_of(snapshot_.forecast.steps[id]) : fate_of(influences_[id]);
    row.hint = std::move(words_[id].text);
    row.detail = std::move(words_[id].tooltip);
    if (row.detail.empty() && box.needed) row.detail = forecast_text(snapshot_, id, influences_[id]);
    for (const Origin& origin : step.origins) {
      if (origin.kind != Origin::Kind::stage || origin.stage == none) continue;
      const bool mounted = origin.mount != none;
      add_edge({mounted ? GraphEdge::Kind::mount : GraphEdge::Kind::files, origin.stage, box.stage, id});
    }
  }

  void add_edge(GraphEdge edge) {
    const bool known = std::any_of(graph_.edges.begin(), graph_.edges.end(), [&](const GraphEdge& other) {
      return other.kind == edge.kind && other.from == edge.from && other.to == edge.to && other.step == edge.step;
    });
    if (!known) graph_.edges.push_back(edge);
  }

  const Snapshot& snapshot_;
  std::vector<Influence> influences_;
  std::vector<Hint> words_;  // by step
  StageGraph graph_;
};

}  // namespace

StageGraph stage_graph(const Snapshot& snapshot) { return Graph(snapshot).run(); }

std::string_view fate_name(StepFate fate) {
  switch (fate) {
    case StepFate::cached:
      return "cached";
    case StepFate::depends:
      return "depends";
    case StepFate::reruns:
      return "re-runs";
    case StepFate::unknown:
      break;
    case StepFate::not_built:
      return "not built";
  }
  return "unknown";
}

}  // namespace keyline::analysis
