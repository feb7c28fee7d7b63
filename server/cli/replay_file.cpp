#include "server/cli/replay_file.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "analysis/replay/price.h"
#include "analysis/replay/priced_rules.h"
#include "analysis/replay/replay.h"
#include "server/cli/replay_parts.h"
#include "server/cli/text_file.h"
#include "server/fixing/fix_all.h"
#include "server/history/step_times.h"

namespace keyline::server {

namespace {

using analysis::Replay;
using analysis::Snapshot;
using analysis::StepId;
using analysis::TreeHistory;
using protocol::Result;

std::vector<ReplayRow> rows_of(const Snapshot& snapshot, const ProjectHistory& project,
                               const analysis::StepTimes& seconds) {
  const TreeHistory& tree = *project.tree;
  const Replay replay = analysis::replay(
      {snapshot.tree, snapshot.model, snapshot.inputs.build, snapshot.context().dockerignore(), project.directory},
      tree);
  std::vector<ReplayRow> rows;
  for (StepId step = 0; step < replay.steps.size(); ++step) {
    const analysis::ReplayedStep& replayed = replay.steps[step];
    if (!replayed.counted) continue;
    ReplayRow& row = rows.emplace_back();
    row.line = line_of_step(snapshot, step);
    row.step = analysis::step_name(snapshot.model, snapshot.tree, step);
    row.reran = replayed.reran;
    row.maybe = replayed.maybe;
    row.commits = replay.commits;
    row.seconds = seconds.of(row.step);
    row.all_paths = replayed.paths.size();
    for (const analysis::PathCount& path : replayed.paths) {
      if (row.paths.size() == most_causes) break;
      row.paths.push_back({tree.paths[path.path], path.commits});
    }
    for (const analysis::ReplayedStep::Entry& entry : replayed.entries)
      row.through.push_back({line_of_step(snapshot, entry.step), entry.commits});
    for (std::size_t i = 0; i < replay.pattern_of_commit.size(); ++i)
      row.by_commit += letter_of(replay.effect(i, step));
  }
  return rows;
}

// All other rules are switched off, so that what changes is the order alone. A proposal that spares nothing is none.
void add_proposal(analysis::Inputs inputs, const ProjectHistory& project, const analysis::StepTimes& seconds,
                  ReplayReport& report) {
  for (const analysis::Rule* rule : analysis::all_rules()) {
    if (!analysis::is_order_rule(rule->id)) inputs.rules.severities[std::string(rule->id)] = analysis::Severity::off;
  }
  const std::shared_ptr<const Snapshot> now = analysis::analyze(inputs, nullptr, {});
  for (const auto& [index, price] : analysis::price_findings(*now, *project.tree, project.directory)) {
    if (!price.after_fix || price.spared == 0) continue;
    const std::vector<analysis::Fix>& fixes = now->findings[index].fixes;
    const auto fix = std::ranges::find_if(fixes, [](const analysis::Fix& each) { return each.applicable(); });
    report.proposed_fixes.push_back(fmt::format("{}: `{}` re-runs in {} commits instead of {}", fix->title, price.title,
                                                *price.after_fix, price.reran));
  }
  if (report.proposed_fixes.empty()) return;
  const FixResult fixed = fix_all(inputs, {analysis::Safety::review, true}, {});
  report.proposed = rows_of(*fixed.snapshot, project, seconds);
}

}  // namespace

ReplayReport replay_file(const std::string& path, const Build& build, ProjectHistories& histories, bool propose) {
  ReplayReport report;
  report.file = path;
  const Result<LoadedDockerfile> loaded = load_dockerfile(path, build);
  if (!loaded) return faulty(std::move(report), loaded.error().message);
  const Result<ProjectHistory> project = histories.of(loaded->context_root);
  if (!project) return faulty(std::move(report), project.error().message);
  describe_commits(*project->tree, report);
  const analysis::StepTimes seconds = step_times(absolute_path(path));
  report.rows = rows_of(*analysis::analyze(loaded->inputs, nullptr, {}), *project, seconds);
  if (propose) add_proposal(loaded->inputs, *project, seconds, report);
  return report;
}

}  // namespace keyline::server
