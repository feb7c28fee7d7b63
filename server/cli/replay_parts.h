#pragma once
// What both ways to replay a Dockerfile share. For replay_*.cpp only.

#include <cstddef>
#include <cstdint>
#include <string>

#include "analysis/analysis.h"
#include "analysis/replay/tree_history.h"
#include "server/cli/replay_report.h"

namespace keyline::server {

inline constexpr std::size_t most_causes = 10;

std::uint32_t line_of_step(const analysis::Snapshot& snapshot, analysis::StepId step);
// As in ReplayRow::by_commit.
char letter_of(analysis::Effect effect);
void describe_commits(const analysis::TreeHistory& tree, ReplayReport& report);
ReplayReport faulty(ReplayReport report, std::string fault);

}  // namespace keyline::server
