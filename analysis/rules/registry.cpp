#include "analysis/rules/registry.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "analysis/rules/run_facts.h"
#include "analysis/rules/suppression.h"

namespace keyline::analysis {

#define KEYLINE_RULE(name) extern const Rule name;
#include "analysis/rules/all_rules.inc"
#undef KEYLINE_RULE

namespace {

constexpr std::array rules{
#define KEYLINE_RULE(name) &name,
#include "analysis/rules/all_rules.inc"
#undef KEYLINE_RULE
};

Severity severity_of(const Rule& rule, const RuleSettings& settings) {
  const auto found = settings.severities.find(rule.id);
  return found == settings.severities.end() ? rule.severity : found->second;
}

}  // namespace

std::span<const Rule* const> all_rules() { return rules; }

const Rule* find_rule(std::string_view id) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule* rule) { return rule->id == id; });
  return found == rules.end() ? nullptr : *found;
}

Findings run_rules(const StepFacts& facts, const RuleSettings& settings, std::stop_token stop) {
  const RuleContext& context = facts.context();
  Findings all;
  bool complete = true;
  const auto append = [&](const Rule& rule, Findings found) {
    for (Finding& finding : found) {
      finding.rule = &rule;
      finding.severity = severity_of(rule, settings);
      all.push_back(std::move(finding));
    }
  };
  for (const Rule* rule : rules) {
    if (stop.stop_requested()) {
      complete = false;
      break;
    }
    if (rule->check == nullptr || severity_of(*rule, settings) == Severity::off) continue;
    if (skips_check(context.tree, rule->buildkit_check)) continue;
    Findings found;
    rule->check(facts, found);
    append(*rule, std::move(found));
  }

  Suppressions suppressions(context.tree);
  std::erase_if(all, [&](const Finding& finding) { return suppressions.silences(*finding.rule, finding.span); });
  // What a partial run did not look for cannot be called unused.
  if (complete) {
    const auto ran = [&](const Rule& rule) { return severity_of(rule, settings) != Severity::off; };
    if (ran(unknown_suppression)) append(unknown_suppression, suppressions.unknown());
    if (ran(unused_suppression)) append(unused_suppression, suppressions.unused(ran));
  }

  const auto place = [](const Finding& finding) {
    return std::tuple(finding.span.begin, finding.span.end, finding.rule->id, std::string_view(finding.message));
  };
  std::stable_sort(all.begin(), all.end(), [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
  return all;
}

}  // namespace keyline::analysis
