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

void sort_by_place(Findings& findings) {
  const auto place = [](const Finding& finding) {
    return std::tuple(finding.span.begin, finding.span.end, finding.rule->id, std::string_view(finding.message));
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
}

// Whether the line of `at` or the one above names the rule behind "keyline: ignore=".
bool is_silenced(std::string_view text, Offset at, std::string_view id) {
  std::size_t begin = at;
  for (int lines = 0; lines < 2 && begin > 0; ++lines) {
    const std::size_t before = text.rfind('\n', begin - 1);
    begin = before == std::string_view::npos ? 0 : before;
  }
  const std::string_view around = text.substr(begin, std::min(text.find('\n', at), text.size()) - begin);
  const std::size_t mark = around.find("keyline: ignore=");
  if (mark == std::string_view::npos) return false;
  const std::string_view ids = around.substr(mark + 16, around.find_first_of(" \n", mark + 16) - mark - 16);
  for (std::size_t found = ids.find(id); found != std::string_view::npos; found = ids.find(id, found + 1)) {
    const std::size_t end = found + id.size();
    if ((found == 0 || ids[found - 1] == ',') && (end == ids.size() || ids[end] == ',')) return true;
  }
  return false;
}

}  // namespace

std::span<const Rule* const> all_rules() { return rules; }

const Rule* find_rule(std::string_view id) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule* rule) { return rule->id == id; });
  return found == rules.end() ? nullptr : *found;
}

Findings run_build_rules(const ProjectBuildFiles& project, const ProjectBuildFile& file,
                         const FindDockerfile& dockerfile, const RuleSettings& settings) {
  Findings all;
  for (const Build& build : file.file.builds) {
    const DockerfileView view = dockerfile(build);
    for (const Rule* rule : rules) {
      if (rule->check_build == nullptr || severity_of(*rule, settings) == Severity::off) continue;
      Findings found;
      rule->check_build({project, file, build, view.tree, view.model}, found);
      for (Finding& finding : found) {
        if (is_silenced(file.text, finding.span.begin, rule->id)) continue;
        finding.rule = rule;
        finding.severity = severity_of(*rule, settings);
        all.push_back(std::move(finding));
      }
    }
  }
  sort_by_place(all);
  // Builds of a matrix share their lines.
  const auto same = [](const Finding& a, const Finding& b) {
    return a.span == b.span && a.rule == b.rule && a.message == b.message;
  };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
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

  sort_by_place(all);
  return all;
}

}  // namespace keyline::analysis
