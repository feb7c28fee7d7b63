#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/conformance/compare.h"
#include "tests/conformance/steps.h"
#include "tests/conformance/truth.h"

namespace keyline::conformance {

using analysis::Model;
using analysis::Step;
using analysis::StepId;
using nlohmann::json;

namespace {

std::set<int> lines_of(const json& step) {
  std::set<int> lines{step.at("l")[0].get<int>()};
  for (const json& range : step.value("also", json::array())) lines.insert(range[0].get<int>());
  return lines;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += text.empty() ? name : " or " + name;
  return text;
}

// Two FROMs of one image are one vertex of BuildKit's, which has the label of either.
std::string_view without_label_of_image(std::string_view name) {
  const std::size_t label = name.find("] FROM ");
  return label == std::string_view::npos ? name : name.substr(label);
}

bool has_name(const std::set<std::string>& ours, const std::string& name) {
  return std::any_of(ours.begin(), ours.end(), [&](const std::string& mine) {
    return without_label_of_image(mine) == without_label_of_image(name);
  });
}

}  // namespace

void compare_targets(const analysis::SyntaxTree& tree, analysis::BuildOptions options, const json& truth,
                     Agreement& agreement) {
  for (const json& target : truth.at("targets")) {
    options.target = text_of(target.at("target"));
    const Model model = analysis::build_model(tree, options);
    if (!target.contains("steps")) {
      agreement.compare("targets", !model.problems.empty(),
                        fmt::format("target {}: keyline accepts it", options.target));
      continue;
    }
    std::map<int, std::set<std::string>> names;
    for (StepId id = 0; id < model.steps.size(); ++id) {
      if (!counts(model, model.steps[id])) continue;
      names[lines_of(tree, model, model.steps[id]).first].insert(analysis::step_name(model, tree, id));
    }
    for (const json& step : target["steps"]) {
      const std::string name = step.contains("name") ? text_of(step["name"]) : "";
      // A linked copy has a second vertex that puts it in its place.
      if (!name.starts_with('[') || name.starts_with("[internal]") || name.find("] LINK ") != std::string::npos)
        continue;
      // Equal steps are one vertex of BuildKit's, which has one of their names.
      std::set<std::string> ours;
      for (const int line : lines_of(step)) ours.insert(names[line].begin(), names[line].end());
      agreement.compare("targets", has_name(ours, name),
                        fmt::format("target {}, line {}: keyline {}, BuildKit {}", options.target,
                                    *lines_of(step).begin(), ours.empty() ? "has no step" : joined(ours), name));
    }
  }
}

}  // namespace keyline::conformance
