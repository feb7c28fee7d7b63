#pragma once
// All rules, in the order of all_rules.inc, and how they are run over one snapshot.

#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "analysis/rules/build_facts.h"
#include "analysis/rules/rule.h"

namespace keyline::analysis {

std::span<const Rule* const> all_rules();
const Rule* find_rule(std::string_view id);

struct RuleSettings {
  std::map<std::string, Severity, std::less<>> severities;  // by rule id; absent: the rule's own
  friend bool operator==(const RuleSettings&, const RuleSettings&) = default;
};

struct DockerfileView {
  const SyntaxTree* tree = nullptr;  // null: not known
  const Model* model = nullptr;
};
using FindDockerfile = std::function<DockerfileView(const Build& build)>;

// What the rules about build files find in one of a project's, sorted by place. A comment `keyline: ignore=<id>` on the
// line or the one above silences.
Findings run_build_rules(const ProjectBuildFiles& project, const ProjectBuildFile& file,
                         const FindDockerfile& dockerfile, const RuleSettings& settings);

// Findings sorted by place, suppressed ones removed ("# keyline: ignore=<id> reason"), useless or unknown suppressions
// reported as findings of their own. Stops between rules when asked to; the result is then partial.
Findings run_rules(const StepFacts& facts, const RuleSettings& settings, std::stop_token stop);

}  // namespace keyline::analysis
