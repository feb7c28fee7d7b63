#include <algorithm>
#include <climits>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/rules/registry.h"
#include "tests/conformance/compare.h"
#include "tests/conformance/steps.h"
#include "tests/conformance/truth.h"

namespace keyline::conformance {

using analysis::Finding;
using analysis::Item;
using analysis::Rule;
using analysis::SyntaxTree;
using nlohmann::json;

namespace {

using Warning = std::pair<std::string, int>;  // BuildKit's name for the check, first line of the instruction

bool is_rule(const std::string& check) {
  const auto rules = analysis::all_rules();
  return std::any_of(rules.begin(), rules.end(), [&](const Rule* rule) { return rule->buildkit_check == check; });
}

const Item* from_in(const SyntaxTree& tree, int line) {
  const auto found = std::find_if(tree.items.begin(), tree.items.end(), [&](const Item& item) {
    return item.instruction->keyword == analysis::Keyword::from && lines_of(item).first == line;
  });
  return found == tree.items.end() ? nullptr : &*found;
}

// A name without variables is no matter of defaults: it is an error, which BuildKit reports as check too.
bool is_about_constant_name(const SyntaxTree& tree, const Warning& warning) {
  if (warning.first != "InvalidDefaultArgInFrom") return false;
  const Item* from = from_in(tree, warning.second);
  return from != nullptr && from->instruction->arguments[0].text.find('$') == std::string::npos;
}

// BuildKit stops at the first error. Before it builds stage by stage it looks at all names, then at all FROMs.
bool was_looked_at(const SyntaxTree& tree, const Warning& warning, const json& truth) {
  const json& lint = truth.at("lint");
  if (!lint.contains("error")) return true;
  const json& error = lint["error"];
  // Checks that count as errors are so called when all is done.
  if (text_of(error.value("error", json())).starts_with("lint violation")) return true;
  if (!truth.contains("instructions") || !truth["instructions"].value("ok", false)) return false;
  const auto& [check, line] = warning;
  if (check == "DuplicateStageName" || check == "ReservedStageName") return true;
  if (!error.contains("at")) return false;
  int stop = INT_MAX;
  for (const json& range : error["at"]) stop = std::min(stop, range[0].get<int>());
  return line < stop && (check == "UndefinedArgInFrom" || from_in(tree, stop) == nullptr);
}

std::set<std::string> shown(const std::set<Warning>& warnings) {
  std::set<std::string> texts;
  for (const auto& [check, line] : warnings) texts.insert(fmt::format("{} in line {}", check, line));
  return texts;
}

}  // namespace

void compare_checks(const SyntaxTree& tree, const std::vector<Finding>& findings, const json& truth,
                    Agreement& agreement) {
  if (!truth.contains("lint")) return;
  std::set<Warning> theirs;
  for (const json& each : truth["lint"].value("warnings", json::array())) {
    Warning warning(each.at("rule").get<std::string>(), each.at("l")[0].get<int>());
    if (is_rule(warning.first) && !is_about_constant_name(tree, warning)) theirs.insert(std::move(warning));
  }
  std::set<Warning> ours;
  for (const Finding& finding : findings) {
    const Item* item = tree.item_at(finding.span.begin);
    if (finding.rule->buildkit_check.empty() || item == nullptr) continue;
    Warning warning(finding.rule->buildkit_check, lines_of(*item).first);
    if (theirs.contains(warning) || was_looked_at(tree, warning, truth)) ours.insert(std::move(warning));
  }
  agreement.compare("checks", ours == theirs, difference(shown(ours), shown(theirs)));
}

}  // namespace keyline::conformance
