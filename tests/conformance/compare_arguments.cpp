#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/cache/key.h"
#include "analysis/cache/operations.h"
#include "tests/conformance/compare.h"
#include "tests/conformance/steps.h"
#include "tests/conformance/truth.h"

namespace keyline::conformance {

using analysis::Model;
using analysis::StepId;
using analysis::SyntaxTree;
using nlohmann::json;

namespace {

// The lines whose digests differ between two models, and those that only one of them builds.
struct Rekeyed {
  std::set<int> changed, added, removed;
};

std::map<int, std::multiset<std::string>> digests_by_line(const SyntaxTree& tree, const Model& model) {
  const std::vector<std::string> digests = analysis::definition_digests(model, tree);
  std::map<int, std::multiset<std::string>> lines;
  for (StepId id = 0; id < model.steps.size(); ++id)
    if (counts(model, model.steps[id])) lines[lines_of(tree, model, model.steps[id]).first].insert(digests[id]);
  return lines;
}

Rekeyed rekeyed(const std::map<int, std::multiset<std::string>>& before,
                const std::map<int, std::multiset<std::string>>& after) {
  Rekeyed result;
  for (const auto& [line, digests] : after) {
    const auto old = before.find(line);
    if (old == before.end())
      result.added.insert(line);
    else if (old->second != digests)
      result.changed.insert(line);
  }
  for (const auto& [line, digests] : before)
    if (!after.contains(line)) result.removed.insert(line);
  return result;
}

std::set<int> numbers(const json& entry, const char* key) {
  std::set<int> values;
  for (const json& value : entry.value(key, json::array())) values.insert(value.get<int>());
  return values;
}

std::string line_difference(const std::set<int>& ours, const std::set<int>& theirs) {
  std::set<std::string> left, right;
  for (const int line : ours) left.insert(std::to_string(line));
  for (const int line : theirs) right.insert(std::to_string(line));
  return difference(left, right);
}

}  // namespace

void compare_arguments(const SyntaxTree& tree, const analysis::BuildOptions& options, const json& sensitivity,
                       Agreement& agreement) {
  const auto before = digests_by_line(tree, analysis::build_model(tree, options));
  for (const json& entry : sensitivity) {
    if (!entry.contains("key")) continue;
    const std::string name = text_of(entry.at("arg"));
    auto arguments = options.arguments;
    arguments[name] = "keyline-probe";
    const analysis::BuildOptions probed = options_of_truth(tree, arguments);
    Rekeyed ours = rekeyed(before, digests_by_line(tree, analysis::build_model(tree, probed)));
    // Where only the merge of a COPY --link changes, either answer about the line is right.
    for (const int line : numbers(entry, "link_only")) ours.changed.insert(line);
    const std::string text = line_difference(ours.changed, numbers(entry, "key")) +
                             line_difference(ours.added, numbers(entry, "added")) +
                             line_difference(ours.removed, numbers(entry, "removed"));
    agreement.compare("build arguments", text.empty(), fmt::format("ARG {}: {}", name, text));
  }
}

}  // namespace keyline::conformance
