#include "server/cli/replay_parts.h"

#include <utility>

namespace keyline::server {

std::uint32_t line_of_step(const analysis::Snapshot& snapshot, analysis::StepId step) {
  return snapshot.lines.line_at(snapshot.model.steps[step].span.begin) + 1;
}

char letter_of(analysis::Effect effect) {
  switch (effect) {
    case analysis::Effect::unaffected:
      return '.';
    case analysis::Effect::if_content_differs:
      return '?';
    case analysis::Effect::always:
      return 'x';
  }
  return '.';
}

void describe_commits(const analysis::TreeHistory& tree, ReplayReport& report) {
  report.commits = static_cast<std::uint32_t>(tree.commits.size());
  report.newest = tree.commits.front().id;
  report.newest_time = tree.commits.front().time;
  report.oldest = tree.commits.back().id;
  report.oldest_time = tree.commits.back().time;
  for (const analysis::CommitChanges& commit : tree.commits) {
    report.ids.push_back(commit.id);
    report.times.push_back(commit.time);
  }
}

ReplayReport faulty(ReplayReport report, std::string fault) {
  report.fault = std::move(fault);
  return report;
}

}  // namespace keyline::server
