#include <algorithm>

#include <nlohmann/json.hpp>

#include "analysis/explain/graph.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace {

using analysis::GraphEdge;
using nlohmann::json;

std::string_view kind_name(GraphEdge::Kind kind) {
  switch (kind) {
    case GraphEdge::Kind::base:
      return "base";
    case GraphEdge::Kind::files:
      return "files";
    case GraphEdge::Kind::mount:
      break;
  }
  return "mount";
}

json place(const View& view, analysis::Span span) {
  const protocol::lsp::Range range = to_range(view, span);
  return {{"start", {{"line", range.start.line}, {"character", range.start.character}}},
          {"end", {{"line", range.end.line}, {"character", range.end.character}}}};
}

json written(const View& view, const analysis::GraphStage& stage) {
  json steps = json::array();
  for (const analysis::GraphStep& step : stage.steps) {
    steps.push_back({{"text", step.text},
                     {"fate", analysis::fate_name(step.fate)},
                     {"hint", step.hint},
                     {"detail", step.detail},
                     {"range", place(view, step.span)}});
  }
  return {{"title", stage.title},
          {"base", stage.base},
          {"summary", stage.summary},
          {"needed", stage.needed},
          {"target", stage.target},
          {"steps", std::move(steps)},
          {"range", place(view, stage.span)}};
}

// `step` is the place in its stage's list, null for the FROM.
json written(const analysis::StageGraph& graph, const GraphEdge& edge) {
  const std::vector<analysis::GraphStep>& steps = graph.stages[edge.to].steps;
  const auto taker =
      std::find_if(steps.begin(), steps.end(), [&](const analysis::GraphStep& step) { return step.step == edge.step; });
  json step = taker == steps.end() ? json() : json(taker - steps.begin());
  return {{"kind", kind_name(edge.kind)}, {"from", edge.from}, {"to", edge.to}, {"step", std::move(step)}};
}

// `uri` is null where the Dockerfile lies outside of its build directory.
json written_context(const View& view) {
  const analysis::BuildContext& context = view.snapshot.context();
  const std::vector<protocol::lsp::Location> folder = to_locations(view, {""});
  return {{"known", context.complete()},
          {"reason", context.complete() ? "" : context.unknown_reason()},
          {"entries", context.entries().size()},
          {"hidden", context.hidden().size()},
          {"uri", folder.empty() ? json() : json(folder.front().uri)}};
}

}  // namespace

protocol::JsonValue stage_graph(const View& view) {
  const analysis::StageGraph graph = analysis::stage_graph(view.snapshot);
  json stages = json::array(), edges = json::array();
  for (const analysis::GraphStage& stage : graph.stages) stages.push_back(written(view, stage));
  for (const GraphEdge& edge : graph.edges) edges.push_back(written(graph, edge));
  return protocol::JsonValue(json{{"version", view.version},
                                  {"forecast", graph.forecast},
                                  {"context", written_context(view)},
                                  {"stages", std::move(stages)},
                                  {"edges", std::move(edges)}});
}

}  // namespace keyline::server::features
